"""The demo network: a small social network with people in it, and the connector to it."""

from amends.connectors.demo.connector import DemoConnector
from amends.connectors.demo.network import DemoNetwork

__all__ = ["DemoConnector", "DemoNetwork"]
