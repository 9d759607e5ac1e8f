"""Mastodon, and every server that speaks its client API."""

from amends.connectors.mastodon.connector import MastodonConnector

__all__ = ["MastodonConnector"]
