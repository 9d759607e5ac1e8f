"""What customers made of it: silence by the clock, and what a person knows better (R45)."""

from datetime import datetime

from django.db.models import QuerySet

from amends.casework import Outcome
from amends.casework.outcomes import check_correction
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.models import Case, Responder
from amends.desk.queries.prepared import prepared


def note_silence(*, now: datetime, most: int = 100) -> int:
    """Write down which customers said nothing since our last word; how many cases were looked at."""
    cases = _silent(now, most=most)
    for case in cases:
        with held(case, by=None, action=None) as row:
            if row.silent_at is None or row.silent_at > now:
                continue
            row.silent_at, row.outcome, row.outcome_at = None, Outcome.SILENT, now
            event = make_event(row, "outcome.noted", at=now, outcome=str(Outcome.SILENT))
            write(row, [event], "silent_at", "outcome", "outcome_at")
    return len(cases)


@prepared
def _silent(now: datetime, *, most: int) -> QuerySet[Case]:
    due = Case.objects.filter(silent_at__isnull=False, silent_at__lte=now)
    return due.order_by("silent_at", "pk").only("pk")[:most]


def correct_outcome(case: Case, *, outcome: Outcome | None, by: Responder, now: datetime) -> Case:
    """Say what the customer really made of it; None: it does not show. What they write later counts
    again. Raises ``BadInput`` where that stands there already."""
    with held(case, by=by, verb="outcome") as row:
        old = Outcome(row.outcome) if row.outcome else None
        check_correction(old, outcome)
        row.outcome, row.silent_at = outcome or "", None
        row.outcome_at = now if outcome else None
        event = make_event(
            row, "outcome.corrected", at=now, by=by,
            was=str(old or ""), became=str(outcome or ""),
        )  # fmt: skip
        write(row, [event], "outcome", "outcome_at", "silent_at")
    return row
