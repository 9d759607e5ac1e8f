"""Items of Bluesky's lists, with their place in time."""

from collections.abc import Callable
from datetime import datetime

from amends.connectors.bluesky.translate import read_time
from amends.connectors.polling import Entry, letter_or_post
from amends.terms import Post


def entry(raw: object, *, source: str, translate: Callable[[object], Post], now: datetime) -> Entry:
    """A list's item, sorted by the earlier of its two times, as the network itself sorts."""
    item = raw if isinstance(raw, dict) else {}
    record = item.get("record")
    created = read_time(record.get("createdAt")) if isinstance(record, dict) else None
    times = [time for time in (created, read_time(item.get("indexedAt"))) if time is not None]
    at = min(times, default=now)
    name = str(item.get("uri") or "")
    return letter_or_post(raw, at=at, name=name, source=source, translate=translate, now=now)
