"""Insight: roll-ups of what was heard."""
