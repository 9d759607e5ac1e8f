"""File drop: a folder into which others put lines of JSON or CSV."""

from amends.connectors.filedrop.connector import FiledropConnector

__all__ = ["FiledropConnector"]
