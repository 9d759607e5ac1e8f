"""Reading newest-first lists forward: what is new since a cursor, oldest first, nothing twice.

Lists begin with the newest, and many networks fill them late and not in order, so a cursor that is
a time alone would lose posts. Ours holds a window: everything from its floor on is read, except
what it remembers to have handed out.
"""

import hashlib
import reprlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from amends.terms import BadInput, Clock, ConnectorError, DeadLetter, Page, Post

REMEMBERED = 4_000  # ids at most; older ones fall out and the floor rises
PAGES = 100  # at most, in one poll


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How far back lists are read again: ``overlap`` with every poll, ``deep`` with one poll in
    ``deep_every``, for networks are late and clients' clocks go wrong."""

    overlap: timedelta = timedelta(minutes=2)
    deep: timedelta = timedelta(hours=1)
    deep_every: timedelta = timedelta(minutes=10)


REACH = Reach()


class Seen(msgspec.Struct, frozen=True, array_like=True):
    at: int  # microseconds since 1970
    mark: str


class Window(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A cursor. Times are microseconds since 1970; ``deep`` is when ``Reach.deep``
    was last read whole."""

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

    def start(self, now: datetime, reach: Reach) -> int:
        """From where on to read."""
        span = reach.deep if self.deep_due(now, reach) else reach.overlap
        return max(self.floor, self.newest - _length(span))

    def deep_due(self, now: datetime, reach: Reach) -> bool:
        return micros(now) - self.deep >= _length(reach.deep_every)

    def new(self, entries: "Iterable[Entry]") -> "list[Entry]":
        """Those that were not handed out yet."""
        marks = {seen.mark for seen in self.seen}
        return [one for one in entries if one.at >= self.floor and one.mark not in marks]

    def touched(self, again: "Mapping[str, int]") -> "Window":
        """The window once things were read again that it knows: they are remembered from then on,
        for what is stamped with a time to come stays at the head of its list."""
        if not any(again.get(seen.mark, seen.at) > seen.at for seen in self.seen):
            return self
        seen = tuple(Seen(max(one.at, again.get(one.mark, one.at)), one.mark) for one in self.seen)
        return msgspec.structs.replace(self, seen=seen)

    def after(self, entries: "list[Entry]", reach: Reach) -> "Window":
        """The window once ``entries`` were handed out."""
        newest = max([self.newest, *(entry.at for entry in entries)])
        floor = max(self.floor, newest - _length(reach.deep))
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


Batches = Callable[[datetime], AsyncIterator[list[Entry]]]
"""The pages of a newest-first list as the network gives them; asked with the time from which on
they are wanted, for networks that can be told."""


class Lists:
    """The sources of one connector that are newest-first lists."""

    def __init__(self, clock: Clock, *, begin: timedelta) -> None:
        self._clock = clock
        self._begin = begin
        # What a poll found beyond its page, by source: the cursor it goes on from, and the rest.
        self._waiting: dict[str, tuple[str, list[Entry], bool]] = {}

    async def page(
        self,
        source: str,
        cursor: str | None,
        batches: Batches,
        *,
        limit: int,
        poll: Callable[[], timedelta],
        to_us: bool = False,
        reach: Reach = REACH,
    ) -> Page:
        """The page of a source after ``cursor``; a new channel begins ``begin`` ago. ``poll`` says how
        long until it is asked again."""
        now = self._clock.now()
        window = Window.read(cursor) if cursor else Window.beginning(now - self._begin)
        at, found, deep = self._waiting.pop(source, ("", [], False))
        if not cursor or at != cursor:
            deep = window.deep_due(now, reach)
            start = window.start(now, reach)
            found, again = await collect(
                batches(_time(start)), window, start, source=source, now=now
            )
            window = window.touched(again)
        given, rest = found[:limit], found[limit:]
        window = window.after(given, reach)
        if deep and not rest:
            window = window.deepened(now)
        resume = window.write()
        if rest:
            self._waiting[source] = (resume, rest, deep)
        return Page(
            posts=[one.post for one in given if one.post is not None],
            dead=[one.dead for one in given if one.dead is not None],
            cursor=resume,
            next_poll=None if rest else now + poll(),
            to_us=to_us,
        )


async def collect(
    batches: AsyncIterator[list[Entry]], window: Window, start: int, *, source: str, now: datetime
) -> tuple[list[Entry], dict[str, int]]:
    """What is new in a newest-first list, oldest first, with a dead letter where it is too long;
    and the times of all that was read, by its marks."""
    found, again, pages = dict[str, Entry](), dict[str, int](), 0
    async for batch in batches:
        pages += 1
        again |= {one.mark: one.at for one in batch}
        for one in window.new(batch):
            found.setdefault(one.mark, one)
        # One that is old among many that are new came late, and ends no list.
        times = sorted(one.at for one in batch)
        if times and times[len(times) // 2] < start:
            break
        if pages >= PAGES:
            gap = _gap(source, start, times[0] if times else start, now)
            found[gap.mark] = gap
            break
    return sorted(found.values(), key=lambda one: (one.at, one.mark)), again


def letter_or_post(
    raw: object,
    *,
    at: datetime,
    name: str,
    source: str,
    translate: Callable[[Any], Post],
    now: datetime,
) -> Entry:
    """A list's item: the post that ``translate`` makes of it, or a dead letter where it cannot."""
    try:
        post = translate(raw)
    except (BadInput, RecursionError) as error:
        letter = DeadLetter(source=source, reason=str(error), raw=shown(raw, 2000), at=now)
        return Entry(at=micros(at), mark=mark(name or shown(raw, 2000)), dead=letter)
    # An edited post is handed out again.
    known = post.id if post.edited_at is None else f"{post.id} {post.edited_at.isoformat()}"
    return Entry(at=micros(at), mark=mark(known), post=post)


def shown(value: object, most: int) -> str:
    """The beginning of a value as people may read it, however deep it is."""
    try:
        return repr(value)[:most]
    except RecursionError:
        return reprlib.repr(value)[:most]


def _gap(source: str, start: int, oldest: int, now: datetime) -> Entry:
    reason = f"More than {PAGES} pages are new at once; the oldest of them were not read."
    letter = DeadLetter(source=source, reason=reason, raw=f"{start} to {oldest}", at=now)
    return Entry(at=oldest, mark=mark(f"gap {start} {oldest}"), dead=letter)


def mark(post_id: str) -> str:
    """A short name of an id: 60 bits, so that a window of thousands stays small."""
    return hashlib.sha256(post_id.encode("utf-8", "surrogatepass")).hexdigest()[:15]


def micros(time: datetime) -> int:
    return _length(time - datetime(1970, 1, 1, tzinfo=UTC))


def _time(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def _length(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
