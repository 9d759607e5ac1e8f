"""The networks that journeys walk on."""

from tests.support.atproto.fixtures import at_network

__all__ = ["at_network"]
