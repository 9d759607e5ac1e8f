"""Outbound: the one HTTP client, and every other way out of the building."""

from amends.outbound.client import Outbound
from amends.outbound.dialing import Resolver
from amends.outbound.errors import OutboundError, Refused, TooLarge, Unreachable
from amends.outbound.recording import Exchange, recorded
from amends.outbound.response import Response
from amends.outbound.streaming import Stream
from amends.outbound.wires import Wire

__all__ = [
    "Exchange",
    "Outbound",
    "OutboundError",
    "Refused",
    "Resolver",
    "Response",
    "Stream",
    "TooLarge",
    "Unreachable",
    "Wire",
    "recorded",
]
