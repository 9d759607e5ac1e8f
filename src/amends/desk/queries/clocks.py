"""What is promised for a case and what its clocks show; the rota and its gaps."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import QuerySet

from amends.casework import CaseState, Priority
from amends.casework.clocks import CaseTimes, Clock, Pause, Standing
from amends.casework.hours import ALWAYS, Hours, Window
from amends.casework.rota import Absence, Duty, Span, Turn, gaps
from amends.casework.sla import SlaPolicy, choose_policy, standings
from amends.desk.models import Case, HoursRow, RotaAbsence, RotaTurn, SlaPolicyRow
from amends.desk.queries.prepared import prepared
from amends.desk.queries.there import ALL, Part, Parts
from amends.terms import BadInput

log = logging.getLogger(__name__)

AHEAD: Final = timedelta(days=28)
OLD: Final = timedelta(days=30)
"""A clock that ran out longer ago rings for nobody: a history that was read in, a desk put away."""


def hours_of(row: HoursRow) -> Hours:
    windows = (
        Window(day, time.fromisoformat(opens), time.fromisoformat(closes))
        for day, opens, closes in row.windows
    )
    return Hours(
        zone=row.zone,
        windows=tuple(windows),
        country=row.country,
        region=row.region,
        closed=frozenset(date.fromisoformat(day) for day in row.closed),
    )


def policy_of(row: SlaPolicyRow) -> SlaPolicy:
    given = {clock: row.times[clock] for clock in Clock if clock in row.times}
    policy = SlaPolicy(
        name=row.name,
        times={clock: timedelta(minutes=minutes) for clock, minutes in given.items()},
        priority=Priority(row.priority) if row.priority is not None else None,
        network=row.network,
        customer=row.customer_id,
        escalate_to=row.escalate_to_id,
    )
    return policy if row.hours is None else policy.within(_hours_or_always(row.hours))


def _hours_or_always(row: HoursRow) -> Hours:
    """What was saved can be read; a later release may know a zone or a region no more. Then clocks
    run day and night rather than that no case can be written."""
    try:
        return hours_of(row)
    except BadInput as error:
        log.warning("The hours %s cannot be read, so they are day and night: %s", row, error)
        return ALWAYS


def load_policies() -> list[SlaPolicy]:
    """Every SLA policy that somebody set up, in their order."""
    return [policy_of(row) for row in _policies()]


@prepared
def _policies() -> QuerySet[SlaPolicyRow]:
    return SlaPolicyRow.objects.select_related("hours").order_by("pk")


def policy_for(case: Case, policies: Iterable[SlaPolicy]) -> SlaPolicy:
    customer = case.customer_id
    return choose_policy(policies, priority=case.priority, network=case.network, customer=customer)


def times_of(case: Case) -> CaseTimes:
    """The dated facts that clocks go by."""
    return CaseTimes(
        state=CaseState(case.state),
        opened_at=case.opened_at,
        unanswered_since=case.unanswered_since,
        answered_at=case.answered_at,
        acknowledged_at=case.acknowledged_at,
        resolved_at=case.resolved_at,
        closed_out_at=case.closed_out_at,
        closed_at=case.closed_at,
        began_private=case.private and case.taken_private_at is None,
        pauses=tuple(_pause(*one) for one in case.pauses or ()),
    )


def _pause(since: str, till: str | None) -> Pause:
    return Pause(datetime.fromisoformat(since), datetime.fromisoformat(till) if till else None)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of a case in their order, under the policy that holds for it."""

    policy: SlaPolicy
    shown: dict[Clock, Standing]


def clocks_of(case: Case, *, now: datetime, there: Parts = ALL) -> Clocks:
    policy = policy_for(case, load_policies() if Part.SLA in there else ())
    return Clocks(policy, standings(times_of(case), policy, now=now))


def due_alarms(*, now: datetime, most: int) -> list[int]:
    """Cases with a clock that ran out and of which nobody was told, by their primary keys."""
    return _late(now, now - OLD, most=most)


@prepared
def _late(now: datetime, old: datetime, *, most: int) -> QuerySet[Case, int]:
    late = Case.objects.filter(alarm_at__lte=now, alarm_at__gt=old)
    return late.order_by("alarm_at", "id").values_list("pk", flat=True)[:most]


def turn_of(row: RotaTurn) -> Turn:
    window = Window(row.day, row.opens, row.closes)
    return Turn(row.person_id, Duty(row.duty), row.zone, window, row.first, row.last)


@dataclass(frozen=True, slots=True)
class Gap:
    """When the rota has nobody though ``hours`` say that somebody is there."""

    hours: HoursRow
    span: Span


def rota_gaps(*, now: datetime, ahead: timedelta = AHEAD) -> list[Gap]:
    """Gaps in coverage from now on, in their order (R36)."""
    rows = HoursRow.objects.exclude(cover="").order_by("pk")
    turns, away = rota_now()
    found = [
        Gap(row, span)
        for row in rows
        for span in gaps(
            hours_of(row), turns, away, start=now, end=now + ahead, round_the_clock=row.cover == "always"
        )
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.span)


def rota_now() -> tuple[Sequence[Turn], Sequence[Absence]]:
    """The turns and absences of those who work here."""
    turns = RotaTurn.objects.filter(person__is_active=True).order_by("pk")
    away = RotaAbsence.objects.filter(person__is_active=True).order_by("pk")
    return (
        [turn_of(row) for row in turns],
        [Absence(row.person_id, row.first, row.last, row.zone) for row in away],
    )
