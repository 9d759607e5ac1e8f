"""Promises: what we said we would do is kept as a row with a due date, and a broken one alarms."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from amends.casework.hours import zone_named
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.models import Case, CaseEvent, OutgoingReply, Promise, Responder
from amends.desk.queries.clocks import load_policies, policy_for
from amends.desk.queries.ledger import broken_promises
from amends.guard import due_of, promises
from amends.terms import BadInput, NotAllowed

UNSAID: Final = timedelta(days=1)
"""When a promise that names no time is due until somebody says otherwise."""
LONGEST: Final = 500


def make_promise(
    case: Case, *, words: str, due_at: datetime, by: Responder, now: datetime
) -> Promise:
    """Keep what was promised, in whatever way it was said. Raises ``BadInput``."""
    words = " ".join(words.split())
    if not 0 < len(words) <= LONGEST:
        raise BadInput(f"Write what was promised, in 1 to {LONGEST} characters.")
    if due_at <= now:
        raise BadInput("A promise is due at a time to come.")
    with held(case, by=by, verb="promise") as row:
        made = Promise.objects.create(case=row, words=words, due_at=due_at, by=by, at=now)
        event = make_event(
            row, "promise.made", at=now, by=by, promise=made.pk, due=due_at.isoformat()
        )
        write(row, [event])
    return made


def promises_of(row: OutgoingReply, case: Case, *, now: datetime) -> list[CaseEvent]:
    """Keep what a reply that went out promises; its events, for whoever holds the case."""
    found = {" ".join(one.words.split())[:LONGEST]: one.when for one in promises(row.text)}
    local = now.astimezone(_zone(case)) if found else now
    events = []
    for words, when in found.items():
        due_at = due_of(when, local) or now + UNSAID
        made = Promise.objects.create(
            case=case, reply=row, words=words, due_at=due_at, by=row.by, at=now
        )
        due = made.due_at.isoformat()
        events.append(make_event(case, "promise.made", at=now, by=row.by, promise=made.pk, due=due))
    return events


def _zone(case: Case) -> ZoneInfo:
    """By whose clock we mean what we say: that of the hours that hold for the case."""
    return zone_named(policy_for(case, load_policies()).hours.zone)


def move_promise(promise: Promise, *, due_at: datetime, by: Responder, now: datetime) -> Promise:
    """Say when it is really due. Moving it is in the history, so that it is not done in silence."""
    if due_at <= now:
        raise BadInput("A promise is due at a time to come.")
    with held(promise.case, by=by, verb="promise-decide") as case:
        row = _open(promise)
        row.due_at, row.told_at = due_at, None
        row.save(update_fields=["due_at", "told_at"])
        event = make_event(
            case, "promise.moved", at=now, by=by, promise=row.pk, due=due_at.isoformat()
        )
        write(case, [event])
    return row


def keep_promise(promise: Promise, *, by: Responder, now: datetime) -> Promise:
    """It was done."""
    with held(promise.case, by=by, verb="promise-decide") as case:
        row = _open(promise)
        row.kept_at = now
        row.save(update_fields=["kept_at"])
        write(case, [make_event(case, "promise.kept", at=now, by=by, promise=row.pk)])
    return row


def drop_promise(promise: Promise, *, by: Responder, now: datetime) -> Promise:
    """It was no promise, or the customer no longer wants it."""
    with held(promise.case, by=by, verb="promise-decide") as case:
        row = _open(promise)
        row.dropped_at = now
        row.save(update_fields=["dropped_at"])
        write(case, [make_event(case, "promise.dropped", at=now, by=by, promise=row.pk)])
    return row


def _open(promise: Promise) -> Promise:
    row = Promise.objects.select_for_update().get(pk=promise.pk)
    if row.kept_at or row.dropped_at:
        raise NotAllowed("That promise is settled already.")
    return row


def tell_of_broken(*, now: datetime, most: int = 100) -> int:
    """Write down which promises were broken, each once; how many were looked at."""
    pks = broken_promises(now=now, most=most)
    for pk in pks:
        with transaction.atomic():
            promise = Promise.objects.select_related("case").get(pk=pk)
            with held(promise.case, by=None, action=None) as case:
                still = Promise.objects.filter(
                    pk=pk, kept_at=None, dropped_at=None, told_at=None, due_at__lte=now
                )
                if still.update(told_at=now):
                    write(case, [make_event(case, "promise.broken", at=now, promise=pk)])
    return len(pks)
