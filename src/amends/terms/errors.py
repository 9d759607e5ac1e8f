"""The family of errors. Each message is one sentence that says what to do next.

AmendsError
├── BadInput           what was given cannot be read
├── NotAllowed         this person may not do that
├── Stale              somebody changed it since this page was drawn
└── ConnectorError     a network said no
    ├── TryLater       … for now: ``retry_at`` says when
    ├── AuthError      … until somebody signs in again
    ├── DeliveryUnknown  … or yes: the answer was lost, look it up before sending again
    └── OnlyByHand     … to applications: a person may send it there
"""

from datetime import datetime


class AmendsError(Exception):
    """Anything Amends raises on purpose. ``str(error)`` is fit for a screen."""


class BadInput(AmendsError):
    """What was given cannot be read; the sentence names the place and the remedy."""


class NotAllowed(AmendsError):
    """The person may not do this, or the rules of the case do not."""


class Stale(AmendsError):
    """Somebody changed the row since it was read; read it again."""


class ConnectorError(AmendsError):
    """A network refused for good: trying the same again will not help."""

    retry_at: datetime | None = None

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TryLater(ConnectorError):
    """A network refused for now. ``retry_at`` is when to ask again; nothing was published."""

    def __init__(self, reason: str, retry_at: datetime) -> None:
        super().__init__(reason)
        self.retry_at = retry_at


class AuthError(ConnectorError):
    """The account's token is expired or revoked; a person must connect the channel again."""


class DeliveryUnknown(ConnectorError):
    """The request went out and no answer came: it may have been published."""


class OnlyByHand(ConnectorError):
    """The network takes this from a person, not from an application.

    ``url`` opens the network with the reply begun, ``text`` is what to send there.
    """

    def __init__(self, reason: str, *, url: str, text: str) -> None:
        super().__init__(reason)
        self.url = url
        self.text = text
