"""The inbox: tabs, filters, search, keyset pages. Rows are plain dictionaries, not models."""

import base64
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec
from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from amends.casework import LIVE, CaseState, ReplyStatus
from amends.desk.models import Case, CasePost, OutgoingReply, Responder
from amends.desk.queries.doors import may_see
from amends.terms import BadInput

PAGE = 50
_FAR = datetime(9999, 1, 1, tzinfo=UTC)


class Tab(StrEnum):
    MINE = "mine"
    UNASSIGNED = "unassigned"
    ALL = "all"
    ACKNOWLEDGE = "acknowledge"
    CLOSE_OUT = "close-out"
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
    role: str = ""
    search: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class InboxPage:
    """``rows``: dictionaries with ref, state, outcome, priority, network, private, opened_at, role (of the author),
    unanswered_since, acknowledged_at, touched_at, events, owner_id, owner__name, text, handle, name,
    complaint, sentiment, deleted_at, erased_at, written_at, replies_unknown, replies_failed. ``next``: the key of the next page, "" at the end."""

    rows: list[dict[str, Any]]
    next: str


def _tab(cases: QuerySet[Case], tab: Tab, person: Responder) -> QuerySet[Case]:
    if tab is Tab.CLOSE_OUT:
        return cases.filter(state=CaseState.RESOLVED)
    if tab is Tab.DONE:
        return cases.filter(state__in=[CaseState.CLOSED, CaseState.DISMISSED, CaseState.MERGED])
    cases = cases.filter(state__in=sorted(LIVE))
    if tab is Tab.MINE:
        return cases.filter(owner=person)
    if tab is Tab.UNASSIGNED:
        return cases.filter(owner=None)
    if tab is Tab.ACKNOWLEDGE:
        return cases.filter(acknowledged_at=None)
    return cases


def _filtered(person: Responder, wanted: InboxFilter) -> QuerySet[Case]:
    cases = _tab(may_see(person), wanted.tab, person)
    if wanted.state in set(CaseState):
        cases = cases.filter(state=wanted.state)
    if wanted.network:
        cases = cases.filter(network=wanted.network)
    if wanted.priority is not None:
        cases = cases.filter(priority=wanted.priority)
    if wanted.role:
        cases = cases.filter(first_post__author__role=wanted.role)
    if wanted.label:
        cases = cases.filter(labels__name=wanted.label)
    for word in wanted.search.replace("@", " ").split()[:8]:
        inside = CasePost.objects.filter(case=OuterRef("pk")).filter(
            Q(post__text__icontains=word) | Q(post__author__handle__icontains=word)
        )
        cases = cases.filter(Q(ref__iexact=word) | Exists(inside))
    return cases


def inbox_page(person: Responder, wanted: InboxFilter, *, size: int = PAGE) -> InboxPage:
    """One page: highest priority first, then who has waited longest. Done cases: latest first."""
    since = Coalesce("unanswered_since", Value(_FAR, output_field=DateTimeField()))
    cases: QuerySet[Any] = _filtered(person, wanted).annotate(since=since)
    done = wanted.tab is Tab.DONE
    if wanted.after:
        cases = _after(cases, wanted.after, done=done)
    order = ("-touched_at", "-id") if done else ("-priority", "since", "id")
    rows = list(cases.order_by(*order).values(*_COLUMNS, *_RENAMED)[: size + 1])
    for row in rows:
        for old, new in _RENAMED.items():
            row[new] = row.pop(old)
    more = len(rows) > size
    rows = rows[:size]
    _put_trouble(rows)
    return InboxPage(rows, _key(rows[-1], done=done) if more else "")


def _put_trouble(rows: list[dict[str, Any]]) -> None:
    """Which cases have a reply that failed, or of which nobody knows whether it went out."""
    trouble = set(
        OutgoingReply.objects.filter(
            case__in=[row["id"] for row in rows],
            status__in=[ReplyStatus.NOT_KNOWN, ReplyStatus.FAILED],
        ).values_list("case_id", "status")
    )
    for row in rows:
        row["replies_unknown"] = (row["id"], ReplyStatus.NOT_KNOWN) in trouble
        row["replies_failed"] = (row["id"], ReplyStatus.FAILED) in trouble


_COLUMNS = (
    "id", "ref", "state", "outcome", "priority", "network", "private", "opened_at", "unanswered_since",
    "acknowledged_at", "taken_private_at", "closed_out_at", "touched_at", "events", "owner_id",
    "owner__name", "since", "customer_wrote_at",
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
}


def _key(row: dict[str, Any], *, done: bool) -> str:
    parts = [row["touched_at"].isoformat()] if done else [row["priority"], row["since"].isoformat()]
    return base64.urlsafe_b64encode(json.dumps([*parts, row["id"]]).encode()).decode()


def _place(key: str, *, done: bool) -> tuple[int, datetime, int]:
    """What ``_key`` wrote. Raises ``BadInput`` for anything else, which any browser may send."""
    kind: Any = tuple[datetime, int] if done else tuple[int, datetime, int]
    try:
        parts: Any = msgspec.json.decode(base64.urlsafe_b64decode(key.encode()), type=kind)
        moment = parts[-2].astimezone(UTC)
    except (ValueError, OverflowError, msgspec.MsgspecError) as error:
        raise BadInput("That page does not exist. Go back to the first.") from error
    return (0 if done else parts[0]), moment, parts[-1]


def _after(cases: QuerySet[Any], key: str, *, done: bool) -> QuerySet[Any]:
    priority, moment, pk = _place(key, done=done)
    if done:
        return cases.filter(Q(touched_at__lt=moment) | Q(touched_at=moment, id__lt=pk))
    return cases.filter(
        Q(priority__lt=priority)
        | Q(priority=priority, since__gt=moment)
        | Q(priority=priority, since=moment, id__gt=pk)
    )


def tab_counts(person: Responder, wanted: InboxFilter) -> dict[str, int]:
    """How many cases each tab holds under the other filters."""
    return {
        str(tab): _filtered(person, replace(wanted, tab=tab, state="", after="")).count()
        for tab in Tab
        if tab is not Tab.DONE
    }
