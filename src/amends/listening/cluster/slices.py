"""Slices: the lines of a source, cut into messages."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final

from amends.listening.cluster.layout import REMOVALS
from amends.listening.cluster.packets import Packet
from amends.listening.frames.registry import KINDS, detect
from amends.listening.gathering import Limits, Sleep, gathered
from amends.listening.lines.lines import Lines, weight
from amends.terms import BadInput, Clock, DeadLetter
from amends.text import storable

FRAMES: Final = 64
"""Frames in a slice: enough that a message's own cost is shared, few enough to be soon full."""

MOST_BYTES: Final = 512 << 10  # of a slice: below the broker's 1 MB even where nothing compresses
LONGEST_LINE: Final = 256 << 10
TOGETHER: Final = 16
"""Slices whose removals share a message: they are few, and a message costs what it costs."""

LIMITS: Final = Limits(items=FRAMES, size=MOST_BYTES, age_s=0.05)
QUIET_S: Final = 0.5
_REMOVES: Final = b'"delete"'


@dataclass(frozen=True, slots=True)
class Slice:
    """Messages by lane (``REMOVALS``, or "" for any partition).

    Once they are stored, with those of all slices before, everything is had up to ``cursor``; None
    where the source knows no such place. ``frames`` and ``size`` (bytes) as they came.
    """

    cursor: str | None
    messages: tuple[tuple[str, Packet], ...]
    frames: int = 0
    size: int = 0


@dataclass(slots=True)
class Slicer:
    """Cuts lines after every ``FRAMES``-th by its number, or where a slice grows too large.

    ``kind`` is told by the first line where it is not given. Raises ``BadInput`` where that fails.

    By its number, so that a file read a second time from some place is cut where it was the first
    time, and the broker knows each message again.
    """

    source: str
    kind: str | None = None
    _lines: list[bytes] = field(default_factory=list)
    _removals: list[bytes] = field(default_factory=list)
    _dead: list[DeadLetter] = field(default_factory=list)
    _size: int = 0
    _waited: int = 0
    _place: str | None = None

    def add(self, lines: Lines) -> Iterator[Slice]:
        """Take lines in; the slices that they fill."""
        self._dead += lines.dead
        for number, line in zip(lines.numbers, lines.data, strict=True):
            if self._size + len(line) > MOST_BYTES:
                yield self.cut(whole=True)
            self._add(number, line)
            if number % FRAMES == 0:
                yield self.cut(whole=number % (FRAMES * TOGETHER) == 0)
        self._place = lines.place or self._place

    def cut(self, *, whole: bool = False) -> Slice:
        """What was collected, which may be nothing but the place.

        Removals wait for others unless ``whole``, and the place waits with them.
        """
        self._waited += 1
        whole = whole or not self._removals or self._waited >= TOGETHER
        kind = self.kind or "posts"  # where there was no line yet
        kept = Packet(kind=kind, lines=tuple(self._lines), dead=tuple(self._dead))
        gone = Packet(kind=kind, lines=tuple(self._removals) if whole else ())
        messages = [("", kept)] if kept.lines or kept.dead else []
        messages += [(REMOVALS, gone)] if gone.lines else []
        frames = len(kept.lines) + len(gone.lines)
        size = sum(map(len, (*kept.lines, *gone.lines)))
        made = Slice(self._place if whole else None, tuple(messages), frames, size)
        self._lines, self._dead, self._size = [], [], self._size - size
        if whole:
            self._removals, self._waited = [], 0
        return made

    def _add(self, number: int, line: bytes) -> None:
        if len(line) > LONGEST_LINE:
            reason = f"The line is longer than {LONGEST_LINE >> 10} KB, too long for one message."
            raw = storable(line[:2000].decode("utf-8", "replace"))
            self._dead.append(DeadLetter(source=self.source, reason=reason, raw=raw, line=number))
            return
        if not line.strip():
            return
        self.kind = self.kind or _kind_of(line)
        # A superset of the frames that remove a post: no text holds a bare quotation mark.
        (self._removals if _REMOVES in line else self._lines).append(line)
        self._size += len(line)


def _kind_of(line: bytes) -> str:
    found = detect(line)
    if found is None:
        kinds = ", ".join(KINDS)
        raise BadInput(
            f"The first line is of no kind that is known; say which with --kind: {kinds}."
        )
    return found.name


async def sliced(
    lines: AsyncGenerator[Lines], slicer: Slicer, *, live: bool, clock: Clock, sleep: Sleep
) -> AsyncGenerator[Slice]:
    """The lines in slices. Posts of a ``live`` source wait at most ``LIMITS.age_s`` for company,
    removals until the source has been quiet for ``QUIET_S``."""
    parts = gathered(lines, weigh=weight, limits=LIMITS, clock=clock, sleep=sleep)
    coming = _or_quiet(parts, sleep) if live else parts
    async with aclosing(parts), aclosing(coming):
        async for some in coming:
            for part in some:
                for one in slicer.add(part):
                    yield one
            if live:
                yield slicer.cut(whole=not some)
    yield slicer.cut(whole=True)


async def _or_quiet(
    parts: AsyncGenerator[list[Lines]], sleep: Sleep
) -> AsyncGenerator[list[Lines]]:
    """The same, with one empty list whenever nothing came for ``QUIET_S``."""
    while True:
        coming = asyncio.ensure_future(anext(parts, None))
        waiting = asyncio.ensure_future(sleep(QUIET_S))
        try:
            await asyncio.wait({coming, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                yield []
            some = await coming
        finally:
            await _ended(coming, waiting)
        if some is None:
            return
        yield some


async def _ended(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
