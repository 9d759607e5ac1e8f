"""Outbound: the one HTTP client; every way out of the building."""

from amends.outbound.client import Outbound
from amends.outbound.dialing import Resolver
from amends.outbound.errors import OutboundError, Refused, TooLarge, Unreachable
from amends.outbound.response import Response

__all__ = [
    "Outbound",
    "OutboundError",
    "Refused",
    "Resolver",
    "Response",
    "TooLarge",
    "Unreachable",
]
