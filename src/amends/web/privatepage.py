"""What was taken private, in words: hand-off links and what the customer left on their page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.casework.handoff import Standing
from amends.desk.models import Case
from amends.desk.queries.handoffs import PageFacts, handoffs_of, page_of


@dataclass(frozen=True, slots=True)
class PageLine:
    """A hand-off with how it stands; ``open`` where its link can be given and closed."""

    facts: PageFacts
    words: str
    tone: str
    open: bool


def private_facts(case: Case, *, now: datetime) -> dict[str, Any]:
    """What the private part of the case page shows."""
    return {"pages": [_line(one) for one in handoffs_of(case, now=now)]}


def _line(one: PageFacts) -> PageLine:
    row = one.row
    if one.standing is Standing.ENDED:
        return PageLine(one, "closed", "", False)
    if one.standing is Standing.EXPIRED:
        return PageLine(one, "expired", "", row.claimed_at is not None)
    if row.claimed_at is None:
        return PageLine(one, "nobody wrote there so far" if row.sent_at else "not sent", "", True)
    if one.proven:
        return PageLine(one, "proven to be the customer", "good", True)
    return PageLine(one, "not proven to be the customer", "warn", True)


def invitation(case: Case, link: str) -> str:
    """What stands in a reply around the link."""
    words = page_of(case.brand).invitation.strip()
    return f"{words or 'Please tell us more here, where only we can read it:'} {link}"
