"""Matching: which watches a text satisfies, and why."""
