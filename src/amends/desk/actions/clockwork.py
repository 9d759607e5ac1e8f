"""The clocks of cases: wound at each change, heard by a worker when they run out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max

from amends.casework import LIVE, Action, CaseState, Role, permitted
from amends.casework.clocks import Clock, Run
from amends.casework.sla import SlaPolicy, dues
from amends.casework.waiting import Waiting, rank_of
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.triggers import note_triggers
from amends.desk.models import Case, CaseEvent, Responder
from amends.desk.queries.clocks import OLD, due_alarms, load_policies, policy_for, times_of

WOUND: Final = ("pauses", "due_at", "clock", "alarm_at", "rank", "snoozed_until", "route_at")
"""What winding writes; whoever saves a case that was changed saves these too."""
TO_ROUTE: Final = frozenset({CaseState.NEW, CaseState.OPEN})
"""A case in another state waits for nobody of ours."""
BATCH: Final = 50_000
Due = dict[Clock, tuple[Run, datetime]]


def wind(cases: Sequence[Case]) -> None:
    """Set from the cases' facts when their clocks are due and where they stand in the inbox."""
    policies = load_policies() if cases else []
    for case in cases:
        _set(case, dues(times_of(case), policy_for(case, policies)))


def _set(case: Case, due: Due) -> None:
    first = min(due, key=lambda clock: due[clock][1], default=None)
    case.clock = str(first or "")
    case.due_at = due[first][1] if first else None
    told = case.told or {}
    untold = (at for clock, (run, at) in due.items() if told.get(clock) != run.since.isoformat())
    case.alarm_at = min(untold, default=None)
    case.rank = None
    if case.state in LIVE and case.snoozed_until is None:
        case.rank = rank_of(Waiting(case.priority, case.due_at, case.spread))
    if case.state not in TO_ROUTE:
        case.route_at = None
    elif case.owner_id is None:
        case.route_at = case.route_at or case.touched_at


def sound_alarms(*, now: datetime, most: int = 200) -> int:
    """Tell of clocks that ran out; how many cases were looked at."""
    pks = due_alarms(now=now, most=most)
    policies = load_policies() if pks else []
    for pk in pks:
        with transaction.atomic():
            case = Case.objects.select_for_update(of=("self",)).filter(pk=pk).first()
            if case is not None and case.alarm_at is not None and case.alarm_at <= now:
                _sound(case, policy_for(case, policies), now=now)
    return len(pks)


def _sound(case: Case, policy: SlaPolicy, *, now: datetime) -> None:
    """Write down which clocks were missed, once for each run, and hand the case up if so decided."""
    due, told = dues(times_of(case), policy), dict(case.told or {})
    events: list[CaseEvent] = []
    for clock, (run, at) in due.items():
        since = run.since.isoformat()
        if at > now or told.get(clock) == since:
            continue
        told[clock] = since
        if at > now - OLD:
            events.append(
                make_event(case, "sla.breached", at=now, clock=str(clock), due=at.isoformat())
            )
    case.told = told
    if events and case.snoozed_until is not None:
        case.snoozed_until = None
        events.append(make_event(case, "case.woken", at=now, why="breach"))
    if events and policy.escalate_to is not None:
        events += _hand_up(case, policy.escalate_to, now=now)
    _set(case, due)
    fields = ("owner", "escalated", "told", "events", "head", "touched_at")
    case.save(update_fields=[*WOUND, *fields])
    for event in events:
        event.save()
    note_triggers(events)


def _hand_up(case: Case, to: int, *, now: datetime) -> list[CaseEvent]:
    """To somebody who may work on it; nothing where they have it or have left."""
    person = Responder.objects.filter(pk=to, is_active=True).first()
    if person is None or case.owner_id == to or Action.WORK not in permitted(Role(person.role)):
        return []
    if case.legal and Action.LEGAL not in permitted(Role(person.role)):
        return []
    case.owner, case.escalated = person, case.escalated + 1
    return [make_event(case, "case.escalated", at=now, to=to, why="breach")]


def wind_all(*, now: datetime) -> None:
    """Have the clocks of all cases that are not over computed anew, as what is promised changed."""
    last = Case.objects.aggregate(last=Max("pk"))["last"] or 0
    for start in range(0, last, BATCH):
        some = Case.objects.filter(pk__gt=start, pk__lte=start + BATCH)
        some.filter(state__in=[*LIVE, CaseState.RESOLVED]).update(alarm_at=now)
