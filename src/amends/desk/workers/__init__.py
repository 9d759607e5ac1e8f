"""Desk workers."""
