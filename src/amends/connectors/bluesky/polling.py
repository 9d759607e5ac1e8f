"""Reading newest-first lists forward: what is new since a cursor, oldest first, nothing twice.

Bluesky's lists begin with the newest and its index is late and not in order, so a cursor that is a
time alone would lose posts. Ours holds a window: everything from its floor on is read, except what
it remembers to have handed out.
"""

import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import msgspec

from amends.connectors.bluesky.translate import read_time, shown
from amends.terms import BadInput, ConnectorError, DeadLetter, Post

OVERLAP = timedelta(minutes=2)  # read again with every poll
DEEP = timedelta(hours=1)  # read again with every deep poll: clients' clocks go wrong
DEEP_EVERY = timedelta(minutes=10)
REMEMBERED = 4_000  # ids at most; older ones fall out and the floor rises
PAGES = 100  # of 100 posts, at most, in one poll


class Seen(msgspec.Struct, frozen=True, array_like=True):
    at: int  # microseconds since 1970
    mark: str


class Window(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A cursor. Times are microseconds since 1970; ``deep`` is when DEEP was last read whole."""

    floor: int
    newest: int
    deep: int
    seen: tuple[Seen, ...] = ()

    @classmethod
    def beginning(cls, at: datetime) -> "Window":
        return cls(floor=micros(at), newest=micros(at), deep=micros(at))

    @classmethod
    def read(cls, cursor: str) -> "Window":
        """Raises ``ConnectorError`` for what is no cursor of ours."""
        try:
            return msgspec.json.decode(cursor, type=cls)
        except (msgspec.DecodeError, UnicodeError) as error:
            msg = "The stored place in this source cannot be read; start the source anew."
            raise ConnectorError(msg) from error

    def write(self) -> str:
        return msgspec.json.encode(self).decode()

    def start(self, now: datetime) -> int:
        """From where on to read."""
        span = DEEP if self.deep_due(now) else OVERLAP
        return max(self.floor, self.newest - _length(span))

    def deep_due(self, now: datetime) -> bool:
        return micros(now) - self.deep >= _length(DEEP_EVERY)

    def has(self, entry: "Entry") -> bool:
        return entry.at < self.floor or entry.mark in {seen.mark for seen in self.seen}

    def after(self, entries: "list[Entry]") -> "Window":
        """The window once ``entries`` were handed out."""
        newest = max([self.newest, *(entry.at for entry in entries)])
        floor = max(self.floor, newest - _length(DEEP))
        given = {*self.seen, *(Seen(entry.at, entry.mark) for entry in entries)}
        kept = sorted((seen for seen in given if seen.at >= floor), key=lambda seen: seen.at)
        if len(kept) > REMEMBERED:
            floor = kept[-REMEMBERED].at
            kept = [seen for seen in kept if seen.at >= floor]
        return Window(floor=floor, newest=newest, deep=self.deep, seen=tuple(kept))

    def deepened(self, now: datetime) -> "Window":
        return msgspec.structs.replace(self, deep=micros(now))


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of a list: its place in time, and a post or a dead letter."""

    at: int
    mark: str
    post: Post | None = None
    dead: DeadLetter | None = None


def entry(raw: object, *, source: str, translate: Callable[[object], Post], now: datetime) -> Entry:
    """A list's item, sorted by the earlier of its two times, as the network itself sorts."""
    item = raw if isinstance(raw, dict) else {}
    record = item.get("record")
    created = read_time(record.get("createdAt")) if isinstance(record, dict) else None
    times = [time for time in (created, read_time(item.get("indexedAt"))) if time is not None]
    at = micros(min(times, default=now))
    try:
        post = translate(raw)
    except (BadInput, RecursionError) as error:
        letter = DeadLetter(source=source, reason=str(error), raw=shown(raw, 2000), at=now)
        return Entry(at=at, mark=mark(str(item.get("uri") or shown(raw, 2000))), dead=letter)
    return Entry(at=at, mark=mark(post.id), post=post)


async def collect(
    batches: AsyncIterator[list[Entry]], window: Window, *, source: str, now: datetime
) -> list[Entry]:
    """What is new in a newest-first list, oldest first; a dead letter where it is too long."""
    start, found, pages = window.start(now), dict[str, Entry](), 0
    async for batch in batches:
        pages += 1
        for one in batch:
            if not window.has(one):
                found.setdefault(one.mark, one)
        oldest = min((one.at for one in batch), default=start)
        if oldest < start:
            break
        if pages >= PAGES:
            gap = _gap(source, start, oldest, now)
            found[gap.mark] = gap
            break
    return sorted(found.values(), key=lambda one: (one.at, one.mark))


def _gap(source: str, start: int, oldest: int, now: datetime) -> Entry:
    reason = f"More than {PAGES * 100:,} posts are new at once; the oldest of them were not read."
    letter = DeadLetter(source=source, reason=reason, raw=f"{start} to {oldest}", at=now)
    return Entry(at=oldest, mark=mark(f"gap {start} {oldest}"), dead=letter)


def mark(post_id: str) -> str:
    """A short name of an id: 60 bits, so that a window of thousands stays small."""
    return hashlib.sha256(post_id.encode("utf-8", "surrogatepass")).hexdigest()[:15]


def micros(time: datetime) -> int:
    return _length(time - datetime(1970, 1, 1, tzinfo=UTC))


def _length(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
