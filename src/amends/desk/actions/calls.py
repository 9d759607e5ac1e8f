"""Calls and meetings: planned, moved, called off, and written down once they were held (R48)."""

import secrets
from collections.abc import Callable
from datetime import datetime

from amends.casework.calls import (
    Began,
    CallStatus,
    CallWay,
    call_place,
    check_call_move,
    check_held,
    check_minutes,
    check_planned,
)
from amends.desk.actions.cases import held, taking_up, write
from amends.desk.actions.chronicle import make_event
from amends.desk.models import Call, Case, CaseEvent, Responder
from amends.terms import BadInput

LONGEST = 5_000
_SPOKEN = (
    "owner", "state", "private", "answered_at", "acknowledged_at", "unanswered_since",
    "taken_private_at",
)  # fmt: skip


def new_name() -> str:
    return secrets.token_hex(12)


def plan_call(
    case: Case,
    *,
    way: CallWay,
    starts_at: datetime,
    minutes: int,
    place: str = "",
    about: str = "",
    by: Responder,
    now: datetime,
    new_name: Callable[[], str] = new_name,
) -> Call:
    """Plan a call or meeting with the customer. Raises ``BadInput``."""
    check_planned(starts_at, now=now)
    check_minutes(minutes)
    where = call_place(way, place)
    with held(case, by=by, verb="call") as row:
        made = Call.objects.create(
            case=row, name=new_name(), way=way, status=CallStatus.PLANNED, starts_at=starts_at,
            minutes=minutes, place=where, about=_short(about), by=by, at=now,
        )  # fmt: skip
        told = {"call": made.pk, "way": str(way), "starts": starts_at.isoformat()}
        write(row, [make_event(row, "call.planned", at=now, by=by, **told)])
    return made


def move_call(call: Call, *, starts_at: datetime, by: Responder, now: datetime) -> Call:
    """Plan it for another time; calendars learn of it by the next file they are given."""
    check_planned(starts_at, now=now)
    with held(call.case, by=by, verb="call-decide") as case:
        row = Call.objects.select_for_update().get(pk=call.pk)
        check_call_move(CallStatus(row.status), CallStatus.CANCELLED)
        row.starts_at, row.at, row.revision = starts_at, now, row.revision + 1
        row.save(update_fields=["starts_at", "at", "revision"])
        told = {"call": row.pk, "starts": starts_at.isoformat()}
        write(case, [make_event(case, "call.moved", at=now, by=by, **told)])
    return row


def cancel_call(call: Call, *, by: Responder, now: datetime) -> Call:
    return _end(call, CallStatus.CANCELLED, "call.cancelled", by=by, now=now)


def miss_call(call: Call, *, by: Responder, now: datetime) -> Call:
    """Its time came, and one side was not there."""
    return _end(call, CallStatus.MISSED, "call.missed", by=by, now=now)


def _end(call: Call, status: CallStatus, kind: str, *, by: Responder, now: datetime) -> Call:
    with held(call.case, by=by, verb="call-decide") as case:
        row = Call.objects.select_for_update().get(pk=call.pk)
        check_call_move(CallStatus(row.status), status)
        row.status, row.at, row.revision = status, now, row.revision + 1
        row.save(update_fields=["status", "at", "revision"])
        write(case, [make_event(case, kind, at=now, by=by, call=row.pk)])
    return row


def log_call(
    case: Case,
    *,
    said: str,
    at: datetime,
    minutes: int,
    way: CallWay = CallWay.PHONE,
    began: Began = Began.US,
    call: Call | None = None,
    by: Responder,
    now: datetime,
    new_name: Callable[[], str] = new_name,
) -> Call:
    """Write down a call that was held: when, who called, and what was said. It is our answer, as any
    private message is. ``call``: the one that was planned. Raises ``BadInput``."""
    check_held(at, now=now)
    check_minutes(minutes)
    if not said.strip():
        raise BadInput("Write down what was said.")
    with held(case, by=by, verb="call-log") as row:
        one = _planned(call) if call is not None else Call(case=row, name=new_name(), way=way)
        one.status, one.starts_at, one.minutes = CallStatus.HELD, at, minutes
        one.said, one.began, one.by, one.at = _short(said), began, by, now
        one.revision += 1
        one.save()
        events = [*taking_up(row, by=by, now=now), *_spoken(row, one, now=now, by=by)]
        write(row, events, *_SPOKEN)
    return one


def _planned(call: Call) -> Call:
    row = Call.objects.select_for_update().get(pk=call.pk)
    check_call_move(CallStatus(row.status), CallStatus.HELD)
    return row


def _spoken(case: Case, call: Call, *, now: datetime, by: Responder) -> list[CaseEvent]:
    """What it means for the case that a person of ours spoke with the customer."""
    at = max(call.starts_at, case.opened_at)
    case.answered_at = case.answered_at or at
    wrote = case.customer_wrote_at
    if case.unanswered_since is not None and (wrote is None or wrote <= call.starts_at):
        case.unanswered_since = None
    told = {"call": call.pk, "way": call.way, "began": call.began, "minutes": call.minutes}
    events = [make_event(case, "call.held", at=now, by=by, **told)]
    case.private = True
    if case.taken_private_at is None and not case.first_post.private:
        case.taken_private_at = at
        events.append(make_event(case, "case.taken_private", at=now, by=by, call=call.pk))
    return events


def _short(text: str) -> str:
    if len(text) > LONGEST:
        raise BadInput(f"That is longer than {LONGEST:,} characters. Shorten it.")
    return text.strip()
