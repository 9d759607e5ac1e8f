"""Outbound: the one HTTP client; every way out of the building."""
