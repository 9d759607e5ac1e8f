"""X, by its API v2."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amends.connectors.x.connector import XConnector

__all__ = ["XConnector"]


def __getattr__(name: str) -> Any:
    """Who only reads what it sends, as ``amends listen``, loads nothing that answers it."""
    if name != "XConnector":
        raise AttributeError(name)
    from amends.connectors.x.connector import XConnector

    return XConnector
