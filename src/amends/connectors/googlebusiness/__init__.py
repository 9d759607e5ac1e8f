"""Google Business Profile: what people write about places on the map, read and answered."""

from amends.connectors.googlebusiness.connector import GoogleBusinessConnector

__all__ = ["GoogleBusinessConnector"]
