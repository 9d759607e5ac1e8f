"""What was taken private, in words: hand-off links and what the customer left on their page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.casework.calls import CallStatus
from amends.casework.entry import no_public_place
from amends.casework.handoff import Standing
from amends.casework.scheduling import said_there
from amends.desk.models import Call, Case
from amends.desk.queries.handoffs import PageFacts, handoffs_of, page_of
from amends.desk.queries.there import ALL, Part, Parts


@dataclass(frozen=True, slots=True)
class PageLine:
    """A hand-off with how it stands; ``open`` where its link can be given and closed."""

    facts: PageFacts
    words: str
    tone: str
    open: bool


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call that is planned, in words; ``over``: its time has come."""

    row: Call
    name: str
    at: str
    over: bool


WAYS = {"phone": "Telephone call", "video": "Video call", "meeting": "Meeting"}


def private_facts(case: Case, *, now: datetime, zone: str, there: Parts = ALL) -> dict[str, Any]:
    """What the private part of the case page shows."""
    return {
        "pages": [_line(one) for one in handoffs_of(case, now=now)]
        if Part.HANDOFFS in there
        else [],
        "calls": [
            CallLine(one, WAYS[one.way], said_there(one.starts_at, zone), one.starts_at <= now)
            for one in case.calls.filter(status=CallStatus.PLANNED).order_by("starts_at", "pk")
        ]
        if Part.CALLS in there
        else [],
        "ways": WAYS,
        "no_public_place": no_public_place(case.network),
    }


def _line(one: PageFacts) -> PageLine:
    row = one.row
    if one.standing is Standing.ENDED:
        return PageLine(one, "closed", "", False)
    if one.standing is Standing.EXPIRED:
        return PageLine(one, "expired", "", row.claimed_at is not None)
    if row.claimed_at is None:
        return PageLine(one, "nobody wrote there so far" if row.sent_at else "not sent", "", True)
    if one.proven:
        return PageLine(one, "proven to be them", "good", True)
    return PageLine(one, "not proven so far", "warn", True)


def invitation(case: Case, link: str) -> str:
    """What stands in a reply around the link."""
    words = page_of(case.brand).invitation.strip()
    return f"{words or 'Please tell us more here, where only we can read it:'} {link}"
