"""Connectors: one folder a network."""
