"""Snoozing: a case put off comes back at its time, when the customer writes, or when a clock runs out.

Its clocks run on: the customer waits all the same.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from amends.casework import LIVE
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.models import Case, CaseEvent, Responder
from amends.desk.queries.prepared import prepared
from amends.terms import BadInput, NotAllowed

LONGEST: Final = timedelta(days=90)


def snooze_case(case: Case, *, until: datetime, by: Responder, now: datetime) -> Case:
    """Put a case off. Raises ``BadInput``, ``NotAllowed`` for one that is not live."""
    with held(case, by=by, verb="snooze") as row:
        write(row, [snoozing(row, until=until, at=now, by=by)])
    return row


def snoozing(
    row: Case, *, until: datetime, at: datetime, by: Responder | None, **data: object
) -> CaseEvent:
    """The event of putting a case off, for whoever holds its row and writes it."""
    if row.state not in LIVE:
        raise NotAllowed(f"This case is {row.state}, so there is nothing to put off.")
    if not at < until <= at + LONGEST:
        raise BadInput(f"A case is snoozed for {LONGEST.days} days at most, to a time to come.")
    row.snoozed_until = until
    return make_event(row, "case.snoozed", at=at, by=by, until=until.isoformat(), **data)


def wake_case(case: Case, *, by: Responder, now: datetime) -> Case:
    """Bring a snoozed case back; one that is awake stays as it is."""
    with held(case, by=by, verb="wake") as row:
        if row.snoozed_until is not None:
            row.snoozed_until = None
            write(row, [make_event(row, "case.woken", at=now, by=by, why="by_hand")])
    return row


def wake_cases(*, now: datetime, most: int = 100) -> int:
    """Bring back the cases whose time has come; how many were looked at."""
    cases = _to_wake(now, most=most)
    for case in cases:
        with held(case, by=None, action=None) as row:
            if row.snoozed_until is not None and row.snoozed_until <= now:
                row.snoozed_until = None
                write(row, [make_event(row, "case.woken", at=now, why="time")])
    return len(cases)


@prepared
def _to_wake(now: datetime, *, most: int) -> QuerySet[Case]:
    due = Case.objects.filter(snoozed_until__isnull=False, snoozed_until__lte=now)
    return due.order_by("snoozed_until", "id")[:most]
