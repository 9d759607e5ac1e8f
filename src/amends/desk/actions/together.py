"""Working together: being at a case, giving colleagues a heads-up, seeing one's own."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, QuerySet

from amends.casework import Action, Role, may
from amends.casework.together import named_in
from amends.desk.actions.in_passing import in_passing
from amends.desk.models import Case, HeadsUp, Note, Presence, Responder
from amends.desk.queries.prepared import prepared, prepared_change
from amends.desk.queries.together import colleagues, may_be_told

OFTEN: Final = timedelta(seconds=8)
"""What was heard of more recently is not written again."""


def be_at(case: Case, *, by: Responder, now: datetime, writing: str = "") -> None:
    """Somebody has a case open, or with ``writing`` types in that mode. No event: nothing happened
    to the case. Those who change nothing are nowhere."""
    if not may(Role(by.role), Action.NOTE):
        return
    facts: dict[str, object] = {"seen_at": now}
    if writing:
        facts |= {"writing": writing, "writing_at": now}
    if not writing and _lately(case.pk, by.pk, now - OFTEN):
        return
    if not (_types(case.pk, by.pk, now, writing) if writing else _looks(case.pk, by.pk, now)):
        Presence.objects.update_or_create(case=case, person=by, defaults=facts)


@prepared
def _lately(case: int, person: int, since: datetime) -> QuerySet[Presence, int]:
    mine = Presence.objects.filter(case=case, person=person, seen_at__gt=since)
    return mine.values_list("pk", flat=True)


@prepared_change
def _looks(case: int, person: int, now: datetime) -> tuple[QuerySet[Presence], dict[str, Any]]:
    return Presence.objects.filter(case=case, person=person), {"seen_at": now}


@prepared_change
def _types(
    case: int, person: int, now: datetime, writing: str
) -> tuple[QuerySet[Presence], dict[str, Any]]:
    facts = {"seen_at": now, "writing": writing, "writing_at": now}
    return Presence.objects.filter(case=case, person=person), facts


def look_at(case: Case, *, by: Responder, now: datetime) -> None:
    """Somebody looks at a case: they are at it, and see the heads-ups that they were given on it."""
    [(lately, unseen)] = _noted(by.pk, case.pk, now - OFTEN)
    if lately and not unseen:
        return
    with in_passing():  # the page says again that it is open, and the next look sees them
        be_at(case, by=by, now=now)
        see_heads_ups(by=by, now=now, case=case)


@prepared
def _noted(person: int, case: int, since: datetime) -> QuerySet[Responder, tuple[bool, bool]]:
    """Whether they were noted to be at it, and whether there is something that they did not see."""
    lately = Presence.objects.filter(case=case, person=person, seen_at__gt=since)
    unseen = HeadsUp.objects.filter(to=person, case=case, seen_at=None)
    return Responder.objects.filter(pk=person).values_list(Exists(lately), Exists(unseen))


def leave(case: Case, *, by: Responder, mode: str) -> None:
    """What was typed in that mode went out, so nobody writes it any more."""
    Presence.objects.filter(case=case, person=by, writing=mode).update(writing="", writing_at=None)


def give_heads_ups(
    note: Note, *, by: Responder, now: datetime, besides: Collection[int] = ()
) -> list[int]:
    """Whoever a note names, or was chosen beside it, is told; whom it told. The caller holds the
    case. Nobody is told of a case that they may not see, or by themselves."""
    known = colleagues()
    named = [*named_in(note.text, known), *(one for one in besides if one in known)]
    wanted = set(named) - {by.pk}
    told = may_be_told(note.case, wanted) if wanted else []
    HeadsUp.objects.bulk_create(
        [HeadsUp(note=note, case=note.case, to=one, at=now) for one in told]
    )
    return [one.pk for one in told]


def see_heads_ups(*, by: Responder, now: datetime, case: Case | None = None) -> int:
    """One's own heads-ups are seen: all of them, or those on one case; how many were new."""
    where = (by.pk,) if case is None else (by.pk, case.pk)
    # To change nothing, too, SQLite waits for whoever writes.
    return _unseen(*where).update(seen_at=now) if _any_unseen(*where) else 0


def _unseen(to: int, *case: int) -> QuerySet[HeadsUp]:
    rows = HeadsUp.objects.filter(to=to, seen_at__isnull=True)
    return rows.filter(case=case[0]) if case else rows


@prepared
def _any_unseen(to: int, *case: int) -> QuerySet[HeadsUp, int]:
    return _unseen(to, *case).order_by("pk").values_list("pk", flat=True)[:1]
