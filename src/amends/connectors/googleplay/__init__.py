"""Google Play: what people write about an Android application, read and answered."""

from amends.connectors.googleplay.connector import GooglePlayConnector

__all__ = ["GooglePlayConnector"]
