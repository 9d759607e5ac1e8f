"""A connector to copy: a made-up network, the Board, with an HTTP API of five calls."""

from tests.connectors.template.connector import BoardConnector

__all__ = ["BoardConnector"]
