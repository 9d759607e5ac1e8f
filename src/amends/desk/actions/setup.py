"""Set-up: the brand, its channels and its watches."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from amends.casework import Action, Role, check_may
from amends.connectors.registry import networks
from amends.desk.actions.roles import mark_competitors
from amends.desk.actions.secrets import seal
from amends.desk.models import Brand, ChannelRow, Responder, WatchRow
from amends.desk.queries.prepared import prepared, prepared_change
from amends.matching import parse, query_of
from amends.terms import BadInput, WatchKind

LONGEST_QUERY = 4096


def save_brand(
    brand: Brand | None,
    *,
    name: str,
    contact_route: str = "",
    threshold: float | None = None,
    by: Responder | None = None,
) -> Brand:
    """Create or change the brand. ``by`` None is the desk itself (the demo, an import)."""
    _check(by)
    name = " ".join(name.split())
    if not 0 < len(name) <= 120:
        raise BadInput("A brand's name has 1 to 120 characters.")
    if threshold is not None and not 0 < threshold < 1:
        raise BadInput("The threshold lies between 0 and 1; 0.4 is a good start.")
    if any(pk != (brand and brand.pk) for pk in _called(name)):
        raise BadInput(f"There is a brand called {name} already.")
    row = brand or Brand()
    row.name, row.contact_route, row.threshold = name, contact_route.strip(), threshold
    with transaction.atomic():
        row.save()
        if brand is not None:
            _begin_anew(row.pk)
    return row


@prepared
def _called(name: str) -> QuerySet[Brand, int]:
    return Brand.objects.filter(name=name).values_list("pk", flat=True)


@prepared_change
def _begin_anew(brand: int) -> tuple[QuerySet[ChannelRow], dict[str, Any]]:
    """Listeners hold the threshold and the watches that they began with; a new version makes them
    begin anew."""
    return ChannelRow.objects.filter(brand=brand), {"version": F("version") + 1}


def connect_channel(
    *,
    brand: Brand,
    network: str,
    handle: str,
    settings: Mapping[str, str],
    secrets: Mapping[str, str],
    owner: Responder | None = None,
    by: Responder | None = None,
) -> ChannelRow:
    """Connect an account, or connect it again with new secrets. They are encrypted at rest."""
    _check(by)
    handle = handle.strip().lstrip("@").lower()
    if network not in networks():
        raise BadInput(
            f"There is no connector for {network!r}. There are: {', '.join(networks())}."
        )
    if not handle or len(handle) > 253 or any(c.isspace() for c in handle):
        raise BadInput("Write the account's handle or name, without blanks.")
    with transaction.atomic():
        known = next(iter(_connected(network, handle)), None)
        row = known or ChannelRow(brand=brand, network=network, handle=handle)
        row.brand, row.settings, row.enabled = brand, dict(settings), True
        row.owner = owner or row.owner
        row.health, row.health_note = "starting", ""
        row.version = (row.version or 0) + 1
        if secrets or row.pk is None:
            row.secret = seal(secrets)
        row.save()
    return row


@prepared
def _connected(network: str, handle: str) -> QuerySet[ChannelRow]:
    return ChannelRow.objects.filter(network=network, handle=handle).order_by("pk")[:1]


def switch_channel(channel: ChannelRow, *, enabled: bool, by: Responder | None = None) -> None:
    _check(by)
    ChannelRow.objects.filter(pk=channel.pk).update(enabled=enabled, version=F("version") + 1)


def save_watch(
    watch: WatchRow | None,
    *,
    brand: Brand,
    kind: WatchKind,
    name: str,
    phrases: Sequence[str],
    handles: Sequence[str],
    hashtags: Sequence[str],
    query: str = "",
    by: Responder | None = None,
    now: datetime | None = None,
) -> WatchRow:
    """Create or change a watch. Raises ``BadInput`` where its query cannot be compiled.

    With ``query`` that is what is listened for; phrases and hashtags have no part in it, and
    ``handles`` are the accounts of whom the watch is about.
    """
    _check(by)
    name = " ".join(name.split())
    if not 0 < len(name) <= 120:
        raise BadInput("A watch's name has 1 to 120 characters.")
    lists = [_lines(phrases, ""), _lines(handles, "@"), _lines(hashtags, "#")]
    row = watch or WatchRow(brand=brand)
    row.by_query = bool(query.strip())
    row.brand, row.kind, row.name, row.active = brand, kind, name, True
    row.query = _typed(query) if row.by_query else _from(lists)
    row.phrases, row.handles, row.hashtags = [[], lists[1], []] if row.by_query else lists
    with transaction.atomic():
        row.save()
        if kind is WatchKind.COMPETITOR:
            mark_competitors(row.handles, by=by, now=now or timezone.now())
        _begin_anew(brand.pk)
    return row


def save_watches(
    queries: Sequence[tuple[str, str]],
    *,
    brand: Brand,
    kind: WatchKind,
    by: Responder | None = None,
) -> int:
    """Many watches of one kind, each a name and a query; how many there were. All or none.

    One of the same name and kind that is there gets the new query and keeps what it heard.
    """
    _check(by)
    known = WatchRow.objects.filter(brand=brand, kind=kind, active=True)
    with transaction.atomic():
        for name, query in queries:
            there = known.filter(name=name).first()
            handles = there.handles if there else []
            save_watch(
                there, brand=brand, kind=kind, name=name, phrases=[], handles=handles, hashtags=[],
                query=query, by=by,
            )  # fmt: skip
    return len(queries)


def _from(lists: list[list[str]]) -> str:
    if not any(lists):
        raise BadInput("A watch needs at least one phrase, handle or hashtag.")
    return query_of(*lists)


def _typed(query: str) -> str:
    query = query.strip()
    if len(query) > LONGEST_QUERY:
        raise BadInput(f"A query has {LONGEST_QUERY} characters at most. Cut it in two watches.")
    parse(query)
    return query


_NOUNS = {"@": "handle", "#": "hashtag"}


def _lines(values: Sequence[str], mark: str) -> list[str]:
    cleaned = [" ".join(value.split()).removeprefix(mark) for value in values]
    for value in cleaned:
        if mark and " " in value:
            raise BadInput(f"{mark}{value} is no {_NOUNS[mark]}: it has a blank in it.")
    return list(dict.fromkeys(value for value in cleaned if value))


def remove_watch(watch: WatchRow, *, by: Responder | None = None) -> None:
    """Stop listening for it; what it heard stays."""
    _check(by)
    with transaction.atomic():
        WatchRow.objects.filter(pk=watch.pk).update(active=False)
        _begin_anew(watch.brand_id)


def _check(by: Responder | None) -> None:
    if by is not None:
        check_may(Role(by.role), Action.SET_UP)
