"""The lists of a server that can be polled: notifications, and timelines of hashtags and lists."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

from amends.connectors.fields import mapping_of, text_of, time_of
from amends.connectors.mastodon.api import Api
from amends.connectors.mastodon.events import TO_US
from amends.connectors.mastodon.posting import path_part
from amends.connectors.mastodon.translate import read_status
from amends.connectors.polling import Entry, Reach, letter_or_post
from amends.terms import BadInput, ConnectorError

MOST = 40  # of a list in one answer
NOTIFICATIONS = "notifications"
# A server stamps what comes from others with the time it was written, and it may come late. The
# public timeline of a large one brings some 20 posts a second, so less of it is read again.
_LATE = Reach()
_BUSY = Reach(
    overlap=timedelta(seconds=5), deep=timedelta(minutes=2), deep_every=timedelta(minutes=1)
)


class Timeline(NamedTuple):
    """``path`` and ``params`` are what is asked for."""

    path: str
    params: Mapping[str, Any]
    reach: Reach = _LATE


def timeline(source: str) -> Timeline:
    """The list that a source names: ``notifications``, ``public``, ``public:local``,
    ``hashtag:name`` or ``list:id``. Raises ``ConnectorError``."""
    kind, _, argument = source.partition(":")
    if source == NOTIFICATIONS:
        # Kinds that an older server does not know are passed over there.
        wanted = {"types[]": [*sorted(TO_US), "update"], "limit": MOST}
        return Timeline("/api/v1/notifications", wanted)
    if source in ("public", "public:local", "public:remote"):
        where = {argument: "true"} if argument else {}
        return Timeline("/api/v1/timelines/public", {**where, "limit": MOST}, _BUSY)
    if kind == "hashtag" and argument:
        return Timeline(f"/api/v1/timelines/tag/{quote(argument, safe='')}", {"limit": MOST})
    if kind == "list" and argument:
        return Timeline(f"/api/v1/timelines/list/{path_part(argument)}", {"limit": MOST})
    msg = f"Mastodon has no source {source!r}."
    raise ConnectorError(msg)


async def entries(api: Api, source: str) -> AsyncIterator[list[Entry]]:
    """The pages of a source, newest first."""
    asked = timeline(source)
    async for items in api.listed(asked.path, asked.params):
        now = api.caller.latest
        if source == NOTIFICATIONS:
            told = [mapping_of(one) for one in items]
            yield [
                _entry(one.get("status"), _stamp(one.get("created_at"), now), source, now)
                for one in told
                if (one.get("type") in TO_US or one.get("type") == "update") and one.get("status")
            ]
        else:
            yield [
                _entry(one, _stamp(mapping_of(one).get("created_at"), now), source, now)
                for one in items
            ]


def _entry(status: object, at: datetime, source: str, now: datetime) -> Entry:
    fields = mapping_of(status)
    name = f"{text_of(fields.get('id')) or ''} {fields.get('edited_at') or ''}".strip()
    return letter_or_post(
        status,
        at=at,
        name=name,
        source=source,
        translate=lambda raw: read_status(mapping_of(raw)),
        now=now,
    )


def _stamp(value: object, now: datetime) -> datetime:
    """A time, and never one that is still to come, for what follows would seem to be old."""
    try:
        return min(time_of(value) or now, now)
    except BadInput:
        return now
