"""One thing done to many cases, through the same functions as to one; and undone again."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from amends.casework import Action, CaseState, Priority, Role, check_may
from amends.casework.bulk import MOST, UNDO_WITHIN, Bulk, back_to, check_bulk
from amends.desk.actions.cases import (
    assign_case,
    close_case,
    dismiss_case,
    held,
    prioritise_case,
    reopen_case,
    resolve_case,
    wait_for_customer,
)
from amends.desk.actions.labels import label_case, unlabel_case
from amends.desk.actions.snoozing import snooze_case, wake_case
from amends.desk.models import Case, CaseBatch, CaseBatchItem, Responder
from amends.terms import AmendsError, BadInput, NotAllowed

AT_ONCE: Final = 50
"""Cases in one transaction, so that others can write in between."""


@dataclass(frozen=True, slots=True)
class Done:
    """How many were changed, or brought back; and why the others were not, by reason."""

    batch: CaseBatch
    changed: int
    left: list[tuple[str, int]]


def do_to_many(
    cases: Sequence[Case], *, kind: Bulk, value: str, by: Responder, now: datetime
) -> Done:
    """Do one thing to each case that takes it; the others are left as they are, with the reason.

    Raises ``BadInput``, and ``NotAllowed`` where this person may not do it at all.
    """
    check_may(Role(by.role), Action.WORK)
    value = check_bulk(kind, value)
    if not cases or len(cases) > MOST:
        raise BadInput(f"Choose 1 to {MOST} cases.")
    act = _act(kind, value, by, now)
    batch = CaseBatch.objects.create(kind=kind, value=value, by=by, at=now)
    left: Counter[str] = Counter()
    for start in range(0, len(cases), AT_ONCE):
        with transaction.atomic():
            for case in cases[start : start + AT_ONCE]:
                try:
                    _one(batch, case, act)
                except AmendsError as error:
                    left[str(error)] += 1
    return Done(batch, batch.items.count(), left.most_common())


def _one(batch: CaseBatch, case: Case, act: Callable[[Case], object]) -> None:
    """In a savepoint of its own, so that one that is refused spoils no other."""
    with held(case, by=None) as row:
        before = _before(row)
        act(case)
        events = Case.objects.values_list("events", flat=True).get(pk=case.pk)
        if events != row.events:
            CaseBatchItem.objects.create(batch=batch, case=case, events=events, before=before)


def _before(row: Case) -> dict[str, Any]:
    until = row.snoozed_until
    return {
        "state": row.state,
        "owner": row.owner_id,
        "priority": row.priority,
        "snoozed_until": until.isoformat() if until is not None else None,
    }


def _act(kind: Bulk, value: str, by: Responder, now: datetime) -> Callable[[Case], object]:
    """What is done to each. Raises ``BadInput`` for a colleague who is gone."""
    match kind:
        case Bulk.LABEL:
            return lambda case: label_case(case, name=value, by=by, now=now)
        case Bulk.UNLABEL:
            return lambda case: unlabel_case(case, name=value, by=by, now=now)
        case Bulk.ASSIGN:
            to = _person(int(value))
            return lambda case: assign_case(case, to=to, by=by, now=now)
        case Bulk.PRIORITY:
            priority = Priority(int(value))
            return lambda case: prioritise_case(case, priority=priority, by=by, now=now)
        case Bulk.SNOOZE:
            until = now + timedelta(minutes=int(value))
            return lambda case: snooze_case(case, until=until, by=by, now=now)
        case Bulk.RESOLVE:
            return lambda case: resolve_case(case, by=by, now=now)
        case Bulk.DISMISS:
            return lambda case: dismiss_case(case, by=by, now=now)
        case Bulk.CLOSE:
            return lambda case: close_case(case, reason=value, by=by, now=now)


def _person(pk: int) -> Responder | None:
    if not pk:
        return None
    found = Responder.objects.filter(pk=pk, is_active=True).first()
    if found is None:
        raise BadInput("That colleague is gone. Choose another.")
    return found


def undo_batch(batch: CaseBatch, *, by: Responder, now: datetime) -> Done:
    """Bring back what nobody changed since; the rest stays as it is now, with the reason.

    Raises ``NotAllowed`` once it was undone, after an hour, and for what somebody else did.
    """
    check_may(Role(by.role), Action.WORK)
    if batch.by_id != by.pk:
        raise NotAllowed("Only whoever did it can undo it.")
    if now - batch.at > UNDO_WITHIN:
        raise NotAllowed("That was more than an hour ago. Change the cases one by one.")
    if not CaseBatch.objects.filter(pk=batch.pk, undone_at=None).update(
        undone_at=now, undone_by=by
    ):
        raise NotAllowed("That was undone already.")
    left: Counter[str] = Counter()
    items = list(batch.items.select_related("case").order_by("case"))
    for start in range(0, len(items), AT_ONCE):
        with transaction.atomic():
            for item in items[start : start + AT_ONCE]:
                try:
                    _undo_one(batch, item, by=by, now=now)
                except AmendsError as error:
                    left[str(error)] += 1
    batch.refresh_from_db()
    return Done(batch, batch.items.filter(undone=True).count(), left.most_common())


def _undo_one(batch: CaseBatch, item: CaseBatchItem, *, by: Responder, now: datetime) -> None:
    with held(item.case, by=None) as row:
        if row.events != item.events:
            raise NotAllowed("Somebody changed the case since.")
        _back(batch, row, item.before, by=by, now=now)
        item.undone = True
        item.save(update_fields=["undone"])


def _back(
    batch: CaseBatch, row: Case, before: dict[str, Any], *, by: Responder, now: datetime
) -> None:
    match Bulk(batch.kind):
        case Bulk.LABEL:
            unlabel_case(row, name=batch.value, by=by, now=now)
        case Bulk.UNLABEL:
            label_case(row, name=batch.value, by=by, now=now)
        case Bulk.ASSIGN:
            assign_case(row, to=_person(before["owner"] or 0), by=by, now=now)
        case Bulk.PRIORITY:
            prioritise_case(row, priority=Priority(before["priority"]), by=by, now=now)
        case Bulk.SNOOZE:
            _snooze_back(row, before["snoozed_until"], by=by, now=now)
        case _:
            for state in back_to(CaseState(before["state"])):
                _STEPS[state](row, by=by, now=now)


_STEPS: Final[dict[CaseState, Callable[..., object]]] = {
    CaseState.OPEN: reopen_case,
    CaseState.WAITING: wait_for_customer,
    CaseState.RESOLVED: resolve_case,
}


def _snooze_back(row: Case, until: str | None, *, by: Responder, now: datetime) -> None:
    """To the time it was put off to before, where that is still to come."""
    again = datetime.fromisoformat(until) if until is not None else None
    if again is not None and again > now:
        snooze_case(row, until=again, by=by, now=now)
    else:
        wake_case(row, by=by, now=now)
