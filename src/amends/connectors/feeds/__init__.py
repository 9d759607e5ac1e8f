"""Feeds: blogs, review sites and whatever else tells its news as RSS, Atom or JSON Feed."""

from amends.connectors.feeds.connector import FeedsConnector

__all__ = ["FeedsConnector"]
