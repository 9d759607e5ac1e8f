"""Desk queries."""
