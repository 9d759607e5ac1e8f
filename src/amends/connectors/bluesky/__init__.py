"""Bluesky, and any other network of the AT Protocol, through the ``atproto`` SDK."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amends.connectors.bluesky.connector import BlueskyConnector

__all__ = ["BlueskyConnector"]


def __getattr__(name: str) -> Any:
    """Who only reads what it sends, as ``amends listen``, loads nothing that answers it."""
    if name != "BlueskyConnector":
        raise AttributeError(name)
    from amends.connectors.bluesky.connector import BlueskyConnector

    return BlueskyConnector
