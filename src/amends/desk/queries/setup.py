"""The set-up: what is there, the doors to it, and the stored posts that samples are taken from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from amends.casework import Action, Role, check_may
from amends.desk.models import (
    Brand,
    ChannelRow,
    ReadingRow,
    Responder,
    WatchRow,
)
from amends.desk.queries.doors import NotThere
from amends.desk.queries.prepared import prepared
from amends.desk.queries.speaking import asked_of_speakers

LATEST = 2000
MANY = 100  # exact up to here: two hundred watches are counted on one page


@dataclass(frozen=True, slots=True)
class Checklist:
    """What a desk needs before it hears and answers: each is the names of what is there."""

    brands: list[str]
    channels: list[str]
    watches: list[str]
    routes: list[str]
    colleagues: list[str]
    speaking: list[str]


def checklist(person: Responder) -> Checklist:
    """Raises ``NotAllowed`` for anybody who may not change the set-up."""
    check_may(Role(person.role), Action.SET_UP)
    brands = list(Brand.objects.order_by("name"))
    channels = ChannelRow.objects.filter(enabled=True).order_by("network", "handle")
    watches = WatchRow.objects.filter(active=True).order_by("name")
    people = Responder.objects.filter(is_active=True).exclude(pk=person.pk).order_by("name")
    return Checklist(
        brands=[brand.name for brand in brands],
        channels=[str(channel) for channel in channels],
        watches=[watch.name for watch in watches],
        routes=[brand.name for brand in brands if brand.contact_route],
        colleagues=[one.name for one in people],
        speaking=_asked_of_speakers(),
    )


def _asked_of_speakers() -> list[str]:
    asked = asked_of_speakers()
    said = [f"Policy, version {asked.policy}"] if asked.policy else []
    count = len(asked.training)
    return said + ([f"{count} training module{'' if count == 1 else 's'}"] if count else [])


def first_brand() -> Brand | None:
    """The brand whose threshold holds where posts of several are shown."""
    return next(iter(_first_brand()), None)


@prepared
def _first_brand() -> QuerySet[Brand]:
    return Brand.objects.order_by("pk")[:1]


def brands_for(person: Responder) -> list[Brand]:
    check_may(Role(person.role), Action.SET_UP)
    return _brands()


@prepared
def _brands() -> QuerySet[Brand]:
    return Brand.objects.order_by("name")


def get_brand_for(person: Responder, pk: int) -> Brand:
    """Raises ``NotThere`` and ``NotAllowed``."""
    check_may(Role(person.role), Action.SET_UP)
    for brand in _brand(pk):
        return brand
    raise NotThere("There is no such brand.")


@prepared
def _brand(pk: int) -> QuerySet[Brand]:
    return Brand.objects.filter(pk=pk)


def channels_for(person: Responder) -> list[ChannelRow]:
    """Our accounts with their health; whoever sees what was heard may see these."""
    check_may(Role(person.role), Action.SEE_HEARD)
    return _channels()


@prepared
def _channels(*pk: int) -> QuerySet[ChannelRow]:
    rows = ChannelRow.objects.filter(pk=pk[0]) if pk else ChannelRow.objects.all()
    rows = rows.select_related("standing", "brand", "owner", "deputy").defer("secret")
    return rows.order_by("-enabled", "network", "handle")


def get_channel_for(person: Responder, pk: int) -> ChannelRow:
    """Raises ``NotThere`` and ``NotAllowed``."""
    check_may(Role(person.role), Action.SET_UP)
    for channel in _channels(pk):
        return channel
    raise NotThere("There is no such channel.")


def watches_for(person: Responder) -> QuerySet[WatchRow]:
    """Active watches."""
    check_may(Role(person.role), Action.SEE_HEARD)
    return _watches().order_by("kind", "name", "pk")


def _watches() -> QuerySet[WatchRow]:
    return WatchRow.objects.filter(active=True).select_related("brand")


# In the order of its index, or PostgreSQL reads all of the rows to count a few.
_NEWEST: Final = """
    SELECT COUNT(*) FROM (
        SELECT 1 FROM desk_mentionrow WHERE desk_mentionrow.watch_id = desk_watchrow.id
        ORDER BY desk_mentionrow.at DESC, desk_mentionrow.post_id DESC LIMIT %s
    ) AS newest
"""


def heard_by(watches: Sequence[WatchRow]) -> dict[int, int]:
    """How many posts each watch matched, by its id; of more than ``MANY`` one more than that."""
    rows = WatchRow.objects.filter(pk__in=[watch.pk for watch in watches])
    return dict(rows.annotate(heard=RawSQL(_NEWEST, [MANY + 1])).values_list("pk", "heard"))  # noqa: S611 (our own words)


def get_watch_for(person: Responder, pk: int) -> WatchRow:
    """Raises ``NotThere`` and ``NotAllowed``."""
    check_may(Role(person.role), Action.SET_UP)
    for watch in _watch(pk):
        return watch
    raise NotThere("There is no such watch; somebody removed it.")


@prepared
def _watch(pk: int) -> QuerySet[WatchRow]:
    return _watches().filter(pk=pk)


def people_for(person: Responder) -> list[Responder]:
    check_may(Role(person.role), Action.PEOPLE)
    return list(Responder.objects.order_by("-is_active", "name", "pk"))


def get_person_for(person: Responder, pk: int) -> Responder:
    """Raises ``NotThere`` and ``NotAllowed``."""
    check_may(Role(person.role), Action.PEOPLE)
    for one in _person(pk):
        return one
    raise NotThere("There is no such person.")


@prepared
def _person(pk: int) -> QuerySet[Responder]:
    return Responder.objects.filter(pk=pk)


@dataclass(frozen=True, slots=True)
class SamplePost:
    """A stored public post as a sample shows it. ``complaint`` is None where it was not read."""

    text: str
    handle: str
    network: str
    at: datetime
    complaint: float | None = None


def _public(where: str = "") -> Q:
    facts = {"private": False, "ours": False, "erased_at": None, "deleted_at": None}
    return Q(**{f"{where}{name}": value for name, value in facts.items()})


def latest_readings(*, most: int = LATEST) -> list[SamplePost]:
    """The newest public posts that were read, newest first."""
    rows = ReadingRow.objects.filter(_public("post__"))
    rows = rows.order_by("-post__created_at", "-post_id")[:most]
    columns = ("post__text", "post__author__handle", "post__network", "post__created_at")
    return [
        SamplePost(text, handle or "", network, at, complaint)
        for text, handle, network, at, complaint in rows.values_list(*columns, "complaint")
    ]
