"""Reddit."""

from amends.connectors.reddit.connector import RedditConnector

__all__ = ["RedditConnector"]
