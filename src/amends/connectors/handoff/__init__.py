"""The private page that a hand-off link opens."""

from amends.connectors.handoff.connector import HandoffConnector

__all__ = ["HandoffConnector"]
