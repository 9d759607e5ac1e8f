"""Mastodon, and every server that speaks its client API."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amends.connectors.mastodon.connector import MastodonConnector

__all__ = ["MastodonConnector"]


def __getattr__(name: str) -> Any:
    """Who only reads what it sends, as ``amends listen``, loads nothing that answers it."""
    if name != "MastodonConnector":
        raise AttributeError(name)
    from amends.connectors.mastodon.connector import MastodonConnector

    return MastodonConnector
