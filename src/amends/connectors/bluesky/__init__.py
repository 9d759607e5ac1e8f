"""Bluesky, and any other network of the AT Protocol, through the ``atproto`` SDK."""

from amends.connectors.bluesky.connector import BlueskyConnector

__all__ = ["BlueskyConnector"]
