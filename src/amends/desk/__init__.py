"""Desk: the one Django app."""
