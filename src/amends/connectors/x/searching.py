"""The lists of X that can be polled: mentions, messages, and recent search."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from amends.connectors.fields import mapping_of, mappings_of, text_of, time_of
from amends.connectors.polling import Entry, Reach, letter_or_post
from amends.connectors.x.api import MESSAGE_FIELDS, POST_FIELDS, Api, stamp
from amends.connectors.x.translate import Includes, read_message, read_post
from amends.terms import BadInput, Post

# X's lists are in the order of time; its index may be some seconds late. What is read again on the
# same day is not charged again.
REACH = Reach(
    overlap=timedelta(seconds=30), deep=timedelta(minutes=2), deep_every=timedelta(minutes=10)
)
_WEEK = timedelta(days=7) - timedelta(minutes=5)  # recent search reaches no further back
_LATEST = timedelta(seconds=20)  # X refuses a time that is later than ten seconds ago


async def search(api: Api, query: str, since: datetime) -> AsyncIterator[Mapping[str, Any]]:
    """The pages of recent search, newest first."""
    now = api.caller.there
    begin = min(max(since, now - _WEEK), now - _LATEST)
    params = {**POST_FIELDS, "query": query, "max_results": 100, "start_time": stamp(begin)}
    async for page in api.listed("/2/tweets/search/recent", params, kind="post_read"):
        yield page


async def searched(
    api: Api, source: str, query: str, since: datetime
) -> AsyncIterator[list[Entry]]:
    """What recent search finds, as entries."""
    async for page in search(api, query, since):
        yield _entries(page, source, api.caller.latest)


async def mentions(api: Api, source: str, us: str, since: datetime) -> AsyncIterator[list[Entry]]:
    """Posts that name our account: mentions, replies and quotes with its handle."""
    begin = min(since, api.caller.there - _LATEST)
    params = {**POST_FIELDS, "max_results": 100, "start_time": stamp(begin)}
    async for page in api.listed(f"/2/users/{us}/mentions", params, kind="own_mention"):
        yield _entries(page, source, api.caller.latest)


async def messages(api: Api, source: str) -> AsyncIterator[list[Entry]]:
    """Direct messages of our account, its own among them."""
    params = {**MESSAGE_FIELDS, "max_results": 50, "event_types": "MessageCreate"}
    async for page in api.listed("/2/dm_events", params, kind="message_read"):
        around, now = Includes(mapping_of(page.get("includes"))), api.caller.latest
        yield [
            _entry(one, lambda raw: read_message(raw, around), source, now)  # noqa: B023
            for one in mappings_of(page.get("data"))
            if one.get("event_type", "MessageCreate") == "MessageCreate"
        ]


def _entries(page: Mapping[str, Any], source: str, now: datetime) -> list[Entry]:
    around = Includes(mapping_of(page.get("includes")))
    return [
        _entry(one, lambda raw: read_post(raw, around), source, now)
        for one in mappings_of(page.get("data"))
    ]


def _entry(value: Mapping[str, Any], translate: Any, source: str, now: datetime) -> Entry:
    return letter_or_post(
        value,
        at=_stamped(value, now),
        name=text_of(value.get("id")) or "",
        source=source,
        translate=translate,
        now=now,
    )


def _stamped(value: Mapping[str, Any], now: datetime) -> datetime:
    try:
        return min(time_of(value.get("created_at")) or now, now)
    except BadInput:
        return now


def posts_of(page: Mapping[str, Any]) -> list[Post]:
    """The posts of an answer that can be read."""
    around, found = Includes(mapping_of(page.get("includes"))), []
    for value in mappings_of(page.get("data")):
        try:
            found.append(read_post(value, around))
        except BadInput:
            continue
    return found
