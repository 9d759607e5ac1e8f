"""Who is at a case, and the heads-ups somebody was given."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from amends.casework import Action, Role, check_may, permitted
from amends.casework.together import STAYS, Seen, who_is_there
from amends.desk.models import Case, HeadsUp, Presence, Responder
from amends.desk.queries.choices import at_work
from amends.desk.queries.doors import may_see, seen_by, sees_cases
from amends.desk.queries.prepared import prepared


@dataclass(frozen=True, slots=True)
class Beside:
    """A colleague who has the case open; ``writing``: the mode they type in, or ""."""

    person: int
    name: str
    writing: str


def others_at(
    cases: Collection[int], *, now: datetime, besides: Responder
) -> dict[int, list[Beside]]:
    """Who else is at each of these cases now, by the case's primary key."""
    seen: dict[int, list[Seen]] = {}
    names: dict[int, str] = {}
    for row in _seen_lately(list(cases), now - STAYS) if cases else ():
        one = Seen(row.person_id, row.seen_at, row.writing, row.writing_at)
        seen.setdefault(row.case_id, []).append(one)
        names[row.person_id] = row.person.name
    return {
        case: [Beside(one.person, names[one.person], one.writing) for one in there]
        for case, some in seen.items()
        if (there := who_is_there(some, now=now, besides=besides.pk))
    }


@prepared
def _seen_lately(cases: list[int], after: datetime) -> QuerySet[Presence]:
    rows = Presence.objects.filter(case__id__among=cases, seen_at__gt=after)
    return rows.select_related("person").order_by("pk")


def colleagues(people: Iterable[Responder] | None = None) -> dict[int, str]:
    """The names of everybody who may be given a heads-up, by primary key. ``people``: who is at
    work, where that is known."""
    there = at_work() if people is None else people
    return {one.pk: one.name for one in there if Action.SEE_CASES in permitted(Role(one.role))}


def may_be_told(case: Case, people: Collection[int]) -> list[Responder]:
    """Those of them who may see the case."""
    found = Responder.objects.filter(pk__in=people).order_by("pk")
    return [one for one in found if may_see(one).filter(pk=case.pk).exists()]


def heads_ups_for(person: Responder, *, most: int = 100) -> list[HeadsUp]:
    """What somebody was given a heads-up on, as far as they may see it: unseen first, latest first."""
    check_may(Role(person.role), Action.SEE_CASES)
    if not sees_cases(person):
        return []
    shape = {"role": Role(person.role), "most": most}
    found = _heads_ups(person.pk, seen=False, **shape)
    if len(found) < most:
        found += _heads_ups(person.pk, seen=True, **shape)
    return found[:most]


@prepared
def _heads_ups(person: int, *, role: Role, seen: bool, most: int) -> QuerySet[HeadsUp]:
    rows = HeadsUp.objects.filter(to=person, case__in=seen_by(role), seen_at__isnull=not seen)
    rows = rows.select_related("note__by", "case__first_post__author")
    return rows.order_by("-at", "-pk")[:most]


def heads_ups_unseen(person: Responder) -> int:
    return sum(_unseen(person.pk))


@prepared
def _unseen(person: int) -> QuerySet[HeadsUp, int]:
    unseen = HeadsUp.objects.filter(to=person, seen_at=None).order_by().values("to")
    return unseen.annotate(number=Count("pk")).values_list("number", flat=True)
