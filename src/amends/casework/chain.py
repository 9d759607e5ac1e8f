"""The event log of a case as a hash chain: what was written stays provable after an erasure.

Each event carries the hash of the one before; the case row keeps the count and the last hash, so a
cut tail is noticed too. Names and texts never enter an event, so erasing them breaks nothing.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

GENESIS = "0" * 64
_CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Link:
    """One event as the chain sees it. ``actor`` is a responder's id, None for the system."""

    case: str
    seq: int
    kind: str
    actor: int | None
    at: datetime
    data: Mapping[str, object]
    before: str
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """``whole`` and, where it is not, the first event that does not hold and why."""

    whole: bool
    seq: int | None = None
    reason: str = ""


def event_hash(
    *,
    case: str,
    seq: int,
    kind: str,
    actor: int | None,
    at: datetime,
    data: Mapping[str, object],
    before: str,
) -> str:
    """SHA-256 in hex over the canonical JSON of the event and the hash before it."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    body = [before, case, seq, kind, actor, moment, data]
    return hashlib.sha256(_CANONICAL.encode(body).encode()).hexdigest()


def verify(links: Iterable[Link], *, count: int, head: str) -> Verdict:
    """Walk a case's events in order and hold them against its count and last hash."""
    before, seq = GENESIS, 0
    for seq, link in enumerate(links, start=1):
        if link.seq != seq:
            return Verdict(False, seq, f"event {seq} is missing")
        if link.before != before:
            return Verdict(False, seq, f"event {seq} does not follow the one before it")
        made = event_hash(
            case=link.case,
            seq=seq,
            kind=link.kind,
            actor=link.actor,
            at=link.at,
            data=link.data,
            before=before,
        )
        if made != link.hash:
            return Verdict(False, seq, f"event {seq} was changed")
        before = link.hash
    if seq != count or before != head:
        return Verdict(False, seq + 1, f"events after {seq} were cut off")
    return Verdict(True)
