"""X, by its API v2."""

from amends.connectors.x.connector import XConnector

__all__ = ["XConnector"]
