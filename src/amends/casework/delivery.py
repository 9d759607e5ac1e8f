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
    PAUSED = "paused"
    CANCELLED = "cancelled"


_S = ReplyStatus

REPLY_MOVES: dict[ReplyStatus, frozenset[ReplyStatus]] = {
    _S.HELD: frozenset({_S.READY, _S.CANCELLED}),  # approved by somebody else, or not
    # held: its writer may not speak now; paused: nothing goes out now
    _S.READY: frozenset({_S.SENDING, _S.CANCELLED, _S.HELD, _S.PAUSED}),
    _S.SENDING: frozenset({_S.SENT, _S.READY, _S.FAILED, _S.NOT_KNOWN, _S.PAUSED}),
    _S.PAUSED: frozenset({_S.READY, _S.CANCELLED}),  # held back by a stop; a person confirms it
    _S.NOT_KNOWN: frozenset({_S.SENT, _S.READY, _S.FAILED}),  # found, not found, given up
    _S.FAILED: frozenset({_S.READY, _S.CANCELLED}),
    _S.SENT: frozenset(),
    _S.CANCELLED: frozenset(),
}


class ReplyDecision(StrEnum):
    """What a person decides about a reply on its way; each value is its address."""

    CALL_BACK = "call-back"
    SEND_AGAIN = "send-again"
    CHECK_AGAIN = "check-again"
    NOT_OUT = "not-out"
    APPROVE = "approve"
    REFUSE = "refuse"
    RELEASE = "release"
    RETIME = "time"


_D = ReplyDecision

# What else a worker may do is none of a person's: a reply on the wire is out of everybody's hands.
DECIDED_FROM: dict[ReplyDecision, frozenset[ReplyStatus]] = {
    _D.CALL_BACK: frozenset({_S.HELD, _S.READY, _S.FAILED, _S.PAUSED}),
    _D.SEND_AGAIN: frozenset({_S.FAILED}),  # and one that is held as its writer lapsed
    _D.CHECK_AGAIN: frozenset({_S.NOT_KNOWN}),
    _D.NOT_OUT: frozenset({_S.NOT_KNOWN}),
    _D.APPROVE: frozenset({_S.HELD}),
    _D.REFUSE: frozenset({_S.HELD}),
    _D.RELEASE: frozenset({_S.PAUSED}),
    _D.RETIME: frozenset({_S.HELD, _S.READY}),
}
_DECIDED = {
    _D.CALL_BACK: "called back",
    _D.SEND_AGAIN: "sent again",
    _D.CHECK_AGAIN: "looked up",
    _D.NOT_OUT: "given up",
    _D.APPROVE: "approved",
    _D.REFUSE: "refused",
    _D.RELEASE: "confirmed",
    _D.RETIME: "given another time",
}

HELD_BACK = "Sending was stopped; somebody has to confirm that it still goes out."
MOST_TRIES = 12
LONGEST_WAIT = timedelta(minutes=15)


def check_delivery(old: ReplyStatus, new: ReplyStatus) -> None:
    """Raise ``NotAllowed`` unless a reply that is ``old`` may become ``new``."""
    if new not in REPLY_MOVES[old]:
        raise NotAllowed(f"A reply that is {old} cannot become {new}.")


def check_decision(decision: ReplyDecision, status: ReplyStatus, *, lapsed: bool = False) -> None:
    """Raise ``NotAllowed`` unless a person may decide this of a reply that is ``status``.

    ``lapsed``: it is held for nothing but that its writer could not speak at the time.
    """
    again = decision is ReplyDecision.SEND_AGAIN and status is ReplyStatus.HELD and lapsed
    if not again and status not in DECIDED_FROM[decision]:
        raise NotAllowed(f"A reply that is {status} cannot be {_DECIDED[decision]}.")


def next_try(*, tries: int, now: datetime, retry_at: datetime) -> datetime | None:
    """When a refused reply is tried again; None: give up and show it as failed.

    Never before ``retry_at``, what the network asked for; otherwise 2, 4, 8 … seconds after
    ``now``, at most 15 minutes, for twelve tries (about an hour in all).
    """
    if tries >= MOST_TRIES:
        return None
    wait = min(timedelta(seconds=2 ** min(tries, 20)), LONGEST_WAIT)
    return max(retry_at, now + wait)
