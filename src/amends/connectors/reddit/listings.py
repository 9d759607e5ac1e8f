"""The lists of Reddit that can be polled; all begin with the newest."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from amends.connectors.calling import Caller, Effect
from amends.connectors.polling import Entry, Reach, letter_or_post
from amends.connectors.reddit.settings import Settings
from amends.connectors.reddit.translate import (
    following,
    is_gone,
    name_of,
    read_thing,
    stamp,
    things_of,
)
from amends.terms import BadInput, ConnectorError

if TYPE_CHECKING:
    from amends.connectors.reddit.session import Session

NOTIFICATIONS, MESSAGES = "notifications", "messages"
# New things show in their order, save those a filter held back, which come at their own old place.
REACH = Reach(
    overlap=timedelta(minutes=2), deep=timedelta(hours=1), deep_every=timedelta(minutes=15)
)
_MOST = 100  # of a list in one answer


class Listing(NamedTuple):
    """What is asked for, and the kinds of things that are wanted of it."""

    path: str
    params: Mapping[str, str]
    kinds: frozenset[str]


def listing(source: str) -> Listing:
    """The list that a source names. Raises ``ConnectorError``."""
    kind, colon, argument = source.partition(":")
    if source == NOTIFICATIONS:
        return Listing("message/inbox", {}, frozenset({"t1"}))
    if source == MESSAGES:
        return Listing("message/messages", {}, frozenset({"t4"}))
    if kind == "new" and argument:
        return Listing(f"r/{argument}/new", {}, frozenset({"t3"}))
    if kind == "comments" and argument:
        return Listing(f"r/{argument}/comments", {}, frozenset({"t1"}))
    if kind == "search" and colon and argument.strip():
        words = argument.replace('"', " ").strip()
        asked = {
            "q": f'"{words}"',
            "sort": "new",
            "type": "link",
            "t": "week",
            "include_over_18": "1",
        }
        return Listing("search", asked, frozenset({"t3"}))
    msg = f"Reddit has no source {source[:80]!r}."
    raise ConnectorError(msg)


async def entries(
    session: "Session", settings: Settings, caller: Caller, source: str
) -> AsyncIterator[list[Entry]]:
    """The pages of a source, newest first, as far as anybody asks for them."""
    asked, after = listing(source), ""
    while True:
        params = {**asked.params, "limit": str(_MOST)} | ({"after": after} if after else {})
        told = await session.ask("GET", asked.path, params=params)
        things = [one for one in things_of(told) if one.get("kind") in asked.kinds]
        check_listing(told, caller)
        now = caller.latest
        # What is removed already was never heard; what was heard is looked at again.
        yield [_entry(one, settings, source, now) for one in things if not is_gone(one)]
        after = following(told) or ""
        if not after:
            return


def check_listing(told: Any, caller: Caller) -> None:
    """Raise ``TryLater`` where an answer is no listing at all."""
    if not isinstance(told, Mapping) or told.get("kind") != "Listing":
        raise caller.lost(Effect.SAFE, sent=True)


def _entry(thing: Mapping[str, Any], settings: Settings, source: str, now: datetime) -> Entry:
    return letter_or_post(
        thing,
        at=_stamped(thing, now),
        name=name_of(thing),
        source=source,
        translate=lambda raw: read_thing(raw, settings.reddit_url),
        now=now,
    )


def _stamped(thing: Mapping[str, Any], now: datetime) -> datetime:
    """A time, and never one that is still to come, for what follows would seem to be old."""
    try:
        return min(stamp(thing) or now, now)
    except BadInput:
        return now
