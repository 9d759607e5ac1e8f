"""The App Store: what people write about an application for Apple's systems, read and answered."""

from amends.connectors.appstore.connector import AppStoreConnector

__all__ = ["AppStoreConnector"]
