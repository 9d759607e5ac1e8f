"""The delivery of a reply: its statuses, their moves, and when it is tried again."""

from datetime import datetime, timedelta
from enum import StrEnum

from amends.terms import NotAllowed


class ReplyStatus(StrEnum):
    HELD = "held"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    NOT_KNOWN = "not known"
    CANCELLED = "cancelled"


_S = ReplyStatus

REPLY_MOVES: dict[ReplyStatus, frozenset[ReplyStatus]] = {
    _S.HELD: frozenset({_S.READY, _S.CANCELLED}),  # approved by somebody else, or not
    _S.READY: frozenset({_S.SENDING, _S.CANCELLED}),
    _S.SENDING: frozenset({_S.SENT, _S.READY, _S.FAILED, _S.NOT_KNOWN}),
    _S.NOT_KNOWN: frozenset({_S.SENT, _S.READY, _S.FAILED}),  # found, not found, given up
    _S.FAILED: frozenset({_S.READY, _S.CANCELLED}),
    _S.SENT: frozenset(),
    _S.CANCELLED: frozenset(),
}

MOST_TRIES = 12
LONGEST_WAIT = timedelta(minutes=15)


def check_delivery(old: ReplyStatus, new: ReplyStatus) -> None:
    """Raise ``NotAllowed`` unless a reply that is ``old`` may become ``new``."""
    if new not in REPLY_MOVES[old]:
        raise NotAllowed(f"A reply that is {old} cannot become {new}.")


def next_try(*, tries: int, now: datetime, retry_at: datetime) -> datetime | None:
    """When a refused reply is tried again; None: give up and show it as failed.

    Never before ``retry_at``, what the network asked for; otherwise 2, 4, 8 … seconds after
    ``now``, at most 15 minutes, for twelve tries (about an hour in all).
    """
    if tries >= MOST_TRIES:
        return None
    wait = min(timedelta(seconds=2 ** min(tries, 20)), LONGEST_WAIT)
    return max(retry_at, now + wait)
