"""The inbox: tabs, filters, search, keyset pages. Rows are plain dictionaries, not models."""

import base64
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import msgspec
from django.db.models import Exists, OuterRef, Q, QuerySet

from amends.casework import CaseState, ReplyStatus, Role
from amends.desk.models import Case, CasePost, OutgoingReply, Responder
from amends.desk.queries.doors import may_see, seen_by, sees_cases
from amends.desk.queries.prepared import counts_of, prepared, prepared_counts
from amends.terms import BadInput

PAGE = 50
MOST_COUNTED: Final = 1000
"""Of more cases a tab says that there are more: counting reads all that it counts."""


class Tab(StrEnum):
    MINE = "mine"
    UNASSIGNED = "unassigned"
    ALL = "all"
    ACKNOWLEDGE = "acknowledge"
    CLOSE_OUT = "close-out"
    SNOOZED = "snoozed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """``role``: of the author of the first post. ``after`` is the ``next`` of the page before. Empty
    strings filter nothing."""

    tab: Tab = Tab.ALL
    state: str = ""
    network: str = ""
    priority: int | None = None
    label: str = ""
    team: int | None = None
    role: str = ""
    search: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class InboxPage:
    """``rows``: dictionaries with ref, state, outcome, priority, network, private, opened_at, role (of the author),
    unanswered_since, due_at, clock, spread, rank, acknowledged_at, touched_at, events, owner_id, owner__name, text, handle, name,
    complaint, sentiment, deleted_at, erased_at, written_at, replies_unknown, replies_failed, snoozed_until, abusive_at (of the first post). ``next``: the key of the next page, "" at the end."""

    rows: list[dict[str, Any]]
    next: str


def _tab(cases: QuerySet[Case], tab: Tab, person: int = 0) -> QuerySet[Case]:
    if tab is Tab.CLOSE_OUT:
        return cases.filter(state=CaseState.RESOLVED, resolved_at__isnull=False)
    if tab is Tab.DONE:
        return cases.filter(state__in=[CaseState.CLOSED, CaseState.DISMISSED, CaseState.MERGED])
    if tab is Tab.SNOOZED:
        return cases.filter(snoozed_until__isnull=False)
    cases = cases.filter(rank__isnull=False)  # those that are live; asked so, indexes serve
    if tab is Tab.MINE:
        return cases.filter(owner=person)
    if tab is Tab.UNASSIGNED:
        return cases.filter(owner=None)
    if tab is Tab.ACKNOWLEDGE:
        return cases.filter(acknowledged_at=None)
    return cases


def filtered(person: Responder, wanted: InboxFilter) -> QuerySet[Case]:
    """All cases under a filter, in no order."""
    cases = _tab(may_see(person), wanted.tab, person.pk)
    if wanted.state in set(CaseState):
        cases = cases.filter(state=wanted.state)
    if wanted.network:
        cases = cases.filter(network=wanted.network)
    if wanted.priority is not None:
        cases = cases.filter(priority=wanted.priority)
    if wanted.role:
        cases = cases.filter(first_post__author__role=wanted.role)
    if wanted.team is not None:
        cases = cases.filter(team=wanted.team)
    if wanted.label:
        cases = cases.filter(labels__name=wanted.label)
    for word in wanted.search.replace("@", " ").split()[:8]:
        inside = CasePost.objects.filter(case=OuterRef("pk")).filter(
            Q(post__text__icontains=word) | Q(post__author__handle__icontains=word)
        )
        cases = cases.filter(Q(ref__iexact=word) | Exists(inside))
    return cases


_BY_RANK: Final = ("rank", "id")
_ORDERS: Final = {
    Tab.CLOSE_OUT: ("resolved_at", "id"),
    Tab.DONE: ("-touched_at", "-id"),
    Tab.SNOOZED: ("snoozed_until", "id"),
}
"""Each is the order of an index that also narrows to what the tab holds."""


def inbox_page(person: Responder, wanted: InboxFilter, *, size: int = PAGE) -> InboxPage:
    """One page: what waiting costs most comes first. Close-outs: longest settled first; done cases:
    latest first; snoozed ones: whichever wakes first."""
    order = _ORDERS.get(wanted.tab, _BY_RANK)
    if (wanted, size) == (InboxFilter(wanted.tab), PAGE) and sees_cases(person):
        whose = [person.pk] if wanted.tab is Tab.MINE else []
        rows = _first_page(*whose, role=Role(person.role), tab=wanted.tab)
    else:
        cases = filtered(person, wanted)
        rows = list(_page(_after(cases, wanted.after, order), order, size))
    for row in rows:
        for old, new in _RENAMED.items():
            row[new] = row.pop(old)
    more = len(rows) > size
    rows = rows[:size]
    return InboxPage(rows, _key(rows[-1], order) if more else "")


@prepared
def _first_page(*whose: int, role: Role, tab: Tab) -> QuerySet[Case, dict[str, Any]]:
    return _page(_tab(seen_by(role), tab, *whose), _ORDERS.get(tab, _BY_RANK), PAGE)


def _page(
    cases: QuerySet[Case], order: tuple[str, str], size: int
) -> QuerySet[Case, dict[str, Any]]:
    rows: QuerySet[Case, dict[str, Any]] = cases.order_by(*order).values(
        *_COLUMNS,
        *_RENAMED,
        replies_unknown=_with_a_reply(ReplyStatus.NOT_KNOWN),
        replies_failed=_with_a_reply(ReplyStatus.FAILED),
    )
    return rows[: size + 1]


def _with_a_reply(status: ReplyStatus) -> Exists:
    return Exists(OutgoingReply.objects.filter(case=OuterRef("pk"), status=status))


_COLUMNS = (
    "id", "ref", "state", "outcome", "priority", "network", "private", "opened_at", "unanswered_since",
    "acknowledged_at", "taken_private_at", "closed_out_at", "touched_at", "events", "owner_id",
    "owner__name", "customer_wrote_at", "due_at", "clock", "spread", "rank", "escalated", "resolved_at",
    "snoozed_until",
)  # fmt: skip
_RENAMED = {
    "first_post__text": "text",
    "first_post__author__handle": "handle",
    "first_post__author__name": "name",
    "first_post__author__role": "role",
    "first_post__reading__complaint": "complaint",
    "first_post__reading__sentiment": "sentiment",
    "first_post__deleted_at": "deleted_at",
    "first_post__erased_at": "erased_at",
    "first_post__created_at": "written_at",
    "first_post__place__abusive_at": "abusive_at",
}


def _key(row: dict[str, Any], order: tuple[str, str]) -> str:
    place = row[order[0].lstrip("-")]
    said = place if isinstance(place, int) else place.isoformat()
    return base64.urlsafe_b64encode(json.dumps([said, row["id"]]).encode()).decode()


def _place(key: str, *, by_rank: bool) -> tuple[Any, int]:
    """What ``_key`` wrote. Raises ``BadInput`` for anything else, which any browser may send."""
    kind: Any = tuple[int, int] if by_rank else tuple[datetime, int]
    try:
        place, pk = msgspec.json.decode(base64.urlsafe_b64decode(key.encode()), type=kind)
        moment = place if by_rank else place.astimezone(UTC)
    except (ValueError, OverflowError, msgspec.MsgspecError) as error:
        raise BadInput("That page does not exist. Go back to the first.") from error
    return moment, pk


def _after(cases: QuerySet[Any], key: str, order: tuple[str, str]) -> QuerySet[Any]:
    """What comes behind a place, if any; its own column is asked alone, so that the index begins
    there."""
    if not key:
        return cases
    name, later = order[0].lstrip("-"), "lt" if order[0].startswith("-") else "gt"
    place, pk = _place(key, by_rank=name == "rank")
    from_there = cases.filter(**{f"{name}__{later}e": place})
    return from_there.filter(Q(**{f"{name}__{later}": place}) | Q(**{f"id__{later}": pk}))


def tab_counts(person: Responder, wanted: InboxFilter) -> dict[str, int]:
    """How many cases each tab holds under the other filters; ``MOST_COUNTED`` and one for more."""
    wanted = replace(wanted, tab=Tab.ALL, state="", after="")
    if wanted == InboxFilter() and sees_cases(person):
        counts = _all_counts(person.pk, role=Role(person.role))
    else:
        counts = counts_of([_few(filtered(person, replace(wanted, tab=tab))) for tab in _COUNTED])
    return dict(zip(map(str, _COUNTED), counts, strict=True))


@prepared_counts
def _all_counts(person: int, *, role: Role) -> list[QuerySet[Case]]:
    return [_few(_tab(seen_by(role), tab, person)) for tab in _COUNTED]


_COUNTED: Final = tuple(tab for tab in Tab if tab is not Tab.DONE)


def _few(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.order_by()[: MOST_COUNTED + 1]
