"""Amends: the open, self-hosted desk for customers who are unhappy in public."""

__version__ = "0.1.0"
