"""What can go wrong on the way out.

ConnectorError
└── OutboundError    ``sent`` says whether the request may have reached a server
    ├── Refused      we do not go there
    ├── TooLarge     the answer is larger than we take
    └── Unreachable  no answer, or half of one
"""

from amends.terms import ConnectorError


class OutboundError(ConnectorError):
    """A request that brought no usable answer.

    ``sent`` is False only where it is certain that no server saw the request; what publishes must
    look itself up again where it is True.
    """

    def __init__(self, reason: str, *, sent: bool = False) -> None:
        super().__init__(reason)
        self.sent = sent


class Refused(OutboundError):
    """The address is one we do not go to; the operator may allow it by AMENDS_ALLOW_HOSTS."""


class TooLarge(OutboundError):
    """The answer is larger than the limit, counted after decompression."""


class Unreachable(OutboundError):
    """The server could not be reached, hung up or took too long."""
