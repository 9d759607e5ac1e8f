"""Bench: what Amends costs, measured."""
