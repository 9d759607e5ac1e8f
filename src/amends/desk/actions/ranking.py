"""Noting where a complaint's address stands in searches (R20): by hand, and each day by a search."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from amends.casework import Action, CaseState, Role, check_may
from amends.casework.ranking import check_ranked, place_of
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.secrets import seal, unseal
from amends.desk.models import Case, RankEntry, RankWatch, Responder, SearchAccess
from amends.desk.queries.prepared import prepared
from amends.terms import BadInput, NotAllowed, Stale
from amends.text import storable

EACH = timedelta(days=1)
HOLD = timedelta(minutes=10)
MOST_OF_A_CASE = 10
_OLDEST = timedelta(days=366)


def note_rank(
    case: Case,
    *,
    query: str,
    address: str,
    place: int | None,
    seen_at: datetime | None = None,
    by: Responder,
    now: datetime,
) -> RankEntry:
    """Note where an address stood, as a person saw it. Raises ``BadInput``, ``NotAllowed``."""
    query, address = check_ranked(query, address)
    at = seen_at or now
    if not now - _OLDEST <= at <= now:
        raise BadInput("Say when you looked: a time within the last year.")
    with held(case, by=by, verb="rank") as row:
        made = RankEntry.objects.create(
            case=row, query=query, address=address, place=place, at=at, by=by
        )
        write(row, [make_event(row, "rank.noted", at=now, by=by, entry=made.pk, place=place)])
    return made


def watch_rank(case: Case, *, query: str, address: str, by: Responder, now: datetime) -> RankWatch:
    """Have an address looked up each day. Raises ``NotAllowed`` where no search is set up, ``Stale``
    where it is looked up already."""
    query, address = check_ranked(query, address)
    if search_in_force() is None:
        raise NotAllowed("No web search is set up. An administrator puts a key in under Set-up.")
    with held(case, by=by, verb="rank") as row:
        there = RankWatch.objects.filter(case=row, due_at__isnull=False)
        if there.filter(query=query, address=address).exists():
            raise Stale("That is looked up each day already.")
        if there.count() >= MOST_OF_A_CASE:
            raise BadInput(f"A case has {MOST_OF_A_CASE} of these at most. End one first.")
        made = RankWatch.objects.create(
            case=row, query=query, address=address, by=by, at=now, due_at=now
        )
        write(row, [make_event(row, "rank.watched", at=now, by=by, watch=made.pk)])
    return made


def unwatch_rank(case: Case, pk: int, *, by: Responder, now: datetime) -> None:
    """Nobody looks any more; what was seen stays."""
    with held(case, by=by, verb="rank-unwatch") as row:
        if RankWatch.objects.filter(case=row, pk=pk, due_at__isnull=False).update(due_at=None):
            write(row, [make_event(row, "rank.unwatched", at=now, by=by, watch=pk)])


def save_search(*, enabled: bool, key: str, country: str, most: int, by: Responder) -> SearchAccess:
    """Say with which key the web is searched; an empty one keeps what was there."""
    check_may(Role(by.role), Action.SET_UP)
    row = SearchAccess.objects.order_by("pk").first() or SearchAccess()
    if key.strip():
        row.sealed = seal({"key": key.strip()})
    if enabled and not row.sealed:
        raise BadInput("Put the key in: Brave's dashboard shows it under API Keys.")
    row.enabled, row.country, row.most, row.note = enabled, country.upper(), most, ""
    row.save()
    return row


def search_in_force() -> tuple[SearchAccess, str] | None:
    """The web search and its key; None where it is off."""
    row = next(iter(_access()), None)
    if row is None or not row.enabled:
        return None
    return row, unseal(bytes(row.sealed)).get("key", "")


@prepared
def _access() -> QuerySet[SearchAccess]:
    return SearchAccess.objects.order_by("pk")[:1]


def spend_call(access: SearchAccess, *, now: datetime) -> bool:
    """Count one call against the month's; whether it may be made. Two workers count in turns."""
    month = f"{now:%Y-%m}"
    rows = SearchAccess.objects.filter(pk=access.pk, enabled=True)
    rows.exclude(month=month).update(month=month, calls=0)
    return bool(rows.filter(month=month, calls__lt=F("most")).update(calls=F("calls") + 1))


def claim_rank_watch(*, now: datetime) -> RankWatch | None:
    """The next that is due; whoever dies over it is followed by another. Those of cases that were
    merged before merging ended them rest."""
    due = RankWatch.objects.filter(due_at__lte=now).exclude(case__state=CaseState.MERGED)
    for row in due.order_by("due_at", "pk")[:5]:
        mine = RankWatch.objects.filter(pk=row.pk, due_at=row.due_at)
        if mine.update(due_at=now + HOLD):
            return row
    return None


def settle_rank(watch: RankWatch, found: Sequence[str], *, now: datetime) -> RankEntry | None:
    """Keep where the address stands; None where nobody looks for it any more."""
    if not RankWatch.objects.filter(pk=watch.pk, due_at__isnull=False).update(due_at=now + EACH):
        return None
    SearchAccess.objects.exclude(note="").update(note="", noted_at=now)
    return RankEntry.objects.create(
        case_id=watch.case_id, query=watch.query, address=watch.address,
        place=place_of(watch.address, found), among=len(found), at=now,
    )  # fmt: skip


def postpone_rank(watch: RankWatch, reason: str, *, until: datetime, now: datetime) -> None:
    """It could not be looked up; administrators read why."""
    RankWatch.objects.filter(pk=watch.pk, due_at__isnull=False).update(due_at=until)
    SearchAccess.objects.update(note=storable(reason), noted_at=now)
