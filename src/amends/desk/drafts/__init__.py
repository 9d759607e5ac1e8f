"""Desk drafts."""
