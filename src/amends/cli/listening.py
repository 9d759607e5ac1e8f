"""What ``amends listen`` does while it runs."""

import asyncio
import os
import random
import signal
import stat
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from amends.cli.rate import Rate
from amends.config.settings import load
from amends.listening.asking import Watches
from amends.listening.frames.registry import frame_kind
from amends.listening.gathering import Limits, gathered
from amends.listening.lines.hearing import Ear
from amends.listening.lines.lines import Lines, weight
from amends.listening.lines.places import Places
from amends.listening.lines.sources import Source, World, sources_of
from amends.listening.lines.together import together
from amends.listening.lines.watches import WatchesRefused, read_watches
from amends.outbound import Outbound
from amends.terms import BadInput, DeadLetter, Mention, SystemClock
from amends.text.language import language_detector

LOOK_AT_WATCHES_S = 1.0
_SHOWN = 5  # dead letters that are told of where no file takes them, and watches too broad
_ENOUGH_POSTS = 1_000

Complaints = Callable[[Sequence[str]], Sequence[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    sources: tuple[str, ...]
    watches: Path
    kind: str | None = None
    reading: bool = False
    follow: bool = False
    cursor: Path | None = None
    dead: Path | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    as_json: bool = False


@dataclass(slots=True, kw_only=True)
class Listening:
    """One run. What can be wrong is found in ``begin``, before anything starts."""

    options: Options
    world: World
    sources: Sequence[Source]
    places: Places
    ear: Ear
    complaints: Complaints | None
    dead: BinaryIO | None
    rate: Rate
    out: BinaryIO
    began: float = field(default_factory=time.monotonic)
    told: int = 0

    @classmethod
    def begin(cls, options: Options) -> "Listening":
        """Read watches and cursor, and see that all sources are there. Raises ``BadInput``, of
        which ``WatchesRefused`` lists all that is wrong with the watches."""
        watches = Watches(read_watches(options.watches), language_detector())
        # Where mentions scroll by on the same terminal they show well enough how it goes.
        rate = Rate(enabled=sys.stderr.isatty() and not sys.stdout.isatty())
        clock = SystemClock()
        world = World(
            outbound=Outbound(allow=load().allow_hosts),
            clock=clock,
            rng=random.Random(),  # noqa: S311 (spreads the moments of trying again)
            sleep=asyncio.sleep,
            tell=rate.tell,
            headers=options.headers,
            follow=options.follow,
        )
        sources = sources_of(options.sources, world)
        named = ((source, options.kind or source.kind) for source in sources)
        kinds = {source.name: frame_kind(kind) for source, kind in named if kind}
        return cls(
            options=options,
            world=world,
            sources=sources,
            places=Places(options.cursor),
            ear=Ear(watches, clock, kinds),
            complaints=_complaints() if options.reading else None,
            dead=_open_dead(options.dead),
            rate=rate,
            out=sys.stdout.buffer,
        )

    async def run(self) -> None:
        """Listen until all sources have ended, or until told to stop by a signal."""
        for file in (self.out, self.dead):
            if file is not None:
                _begin_a_line(file)
        stop, again = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
        loop.add_signal_handler(signal.SIGHUP, again.set)
        hearing = asyncio.create_task(self._hear_all())
        watching = asyncio.create_task(self._keep_watches(again))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({hearing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (watching, stopping, hearing):
                task.cancel()
            await asyncio.wait({watching, stopping, hearing})
            await self.world.outbound.aclose()
        if not hearing.cancelled():
            hearing.result()

    def end(self) -> None:
        """Say what it came to."""
        self.rate.stop()
        if self.dead is not None:
            self.dead.close()
        seconds = time.monotonic() - self.began
        tally = self.ear.tally
        if self.options.as_json:
            said: dict[str, Any] = {
                "lines": tally.lines,
                "bytes": tally.size,
                "posts": tally.posts,
                "mentions": tally.mentions,
                "deleted": tally.gone,
                "dead": tally.dead,
                "dropped": dict(sorted(tally.dropped.items())),
                "seconds": round(seconds, 3),
            }
            if broad := self._too_broad():
                said["too_broad"] = broad
            click.echo(msgspec.json.encode(said).decode(), err=True)
            return
        click.echo(
            f"{tally.lines:,} lines, {tally.posts:,} posts, {tally.mentions:,} mentions, "
            f"{tally.gone:,} deleted, {tally.dead:,} dead, in {seconds:,.1f} s.",
            err=True,
        )
        for reason, number in sorted(tally.dropped.items()):
            click.echo(f"  dropped, {reason.replace('_', ' ')}: {number:,}", err=True)
        for name, reason in list(self._too_broad().items())[:_SHOWN]:
            click.echo(f"  too broad, {name}: {reason}", err=True)

    def _too_broad(self) -> dict[str, str]:
        """Watches that slow the matching down, once posts enough have shown it; and why."""
        if self.ear.tally.posts < _ENOUGH_POSTS:
            return {}
        return dict(self.ear.watches.matcher.too_broad())

    async def _hear_all(self) -> None:
        batches = gathered(
            together(self.sources, self.places.of),
            weigh=weight,
            limits=Limits(items=8_000, size=8_000_000),
            clock=self.world.clock,
            sleep=self.world.sleep,
        )
        async with aclosing(batches):
            async for batch in batches:
                for lines in _joined(batch):
                    self._take(lines)
                self.places.save()
                self.rate.show(self.ear.tally)
                await asyncio.sleep(0)  # let signals in

    def _take(self, lines: Lines) -> None:
        """Hear, write, and only then move on: what is not written comes again."""
        mentions, dead = self.ear.hear(lines)
        if mentions:
            self.out.write(b"".join(self._written(mentions)))
            self.out.flush()
        if dead:
            self._bury(dead)
        if lines.place is not None:
            self.places.move(lines.source, lines.place)

    def _written(self, mentions: Sequence[Mention]) -> list[bytes]:
        found: list[dict[str, Any]] = [
            {"watches": mention.watches, "post": mention.post} for mention in mentions
        ]
        if self.complaints is not None:
            texts = [mention.post.text for mention in mentions]
            for one, complaint in zip(found, self.complaints(texts), strict=True):
                one["complaint"] = round(complaint, 4)
        return [msgspec.json.encode(one) + b"\n" for one in found]

    def _bury(self, dead: Sequence[DeadLetter]) -> None:
        if self.dead is not None:
            self.dead.write(b"".join(msgspec.json.encode(one) + b"\n" for one in dead))
            self.dead.flush()
            return
        for letter in dead[: max(0, _SHOWN - self.told)]:
            self.told += 1
            place = letter.source if letter.line is None else f"{letter.source}:{letter.line}"
            more = " (--dead FILE keeps them all)" if self.told == _SHOWN else ""
            self.rate.tell(f"{place}: {letter.reason}{more}")

    async def _keep_watches(self, again: asyncio.Event) -> None:
        """Read the watches anew when their file changes, or at once when told to."""
        path = self.options.watches
        known = _stamp(path)
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AT_WATCHES_S):
                    await again.wait()
            now = _stamp(path)
            if now == known and not again.is_set():
                continue
            known = now
            again.clear()
            await self._read_watches(path)

    async def _read_watches(self, path: Path) -> None:
        try:
            # In threads of their own: meanwhile the old ones are heard, and no source waits.
            queries = await asyncio.to_thread(read_watches, path)
            await asyncio.to_thread(self.ear.watches.change, queries)
        except WatchesRefused as error:
            self.rate.tell(f"{error}\nThe watches stay as they were.")
            return
        self.rate.tell(f"{path} was read anew: {len(queries):,} watches.")


def _begin_a_line(file: BinaryIO) -> None:
    """End a line that a run which was killed left torn: it comes again, and must come whole."""
    try:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size == 0:
            return
        with Path(f"/dev/fd/{file.fileno()}").open("rb") as beside:
            beside.seek(-1, os.SEEK_END)
            torn = beside.read(1) != b"\n"
    except OSError:  # it is no file of the system, or may not be read
        return
    if torn:
        file.write(b"\n")


def _joined(batch: Sequence[Lines]) -> list[Lines]:
    """Parts of one source that follow each other as one, so that they are matched together."""
    joined: list[list[Lines]] = []
    for part in batch:
        if joined and joined[-1][0].source == part.source:
            joined[-1].append(part)
        else:
            joined.append([part])
    return [parts[0] if len(parts) == 1 else _one(parts) for parts in joined]


def _one(parts: Sequence[Lines]) -> Lines:
    placed = [part.place for part in parts if part.place is not None]
    return Lines(
        source=parts[0].source,
        data=[line for part in parts for line in part.data],
        numbers=[number for part in parts for number in part.numbers],
        place=placed[-1] if placed else None,
        dead=tuple(letter for part in parts for letter in part.dead),
    )


def _stamp(path: Path) -> tuple[int, int, int]:
    """What changes with a file; nothing changed where it is gone for a moment."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino


def _complaints() -> Complaints:
    from amends.cli.start import chosen_reader

    reader = chosen_reader()
    return lambda texts: [reading.complaint for reading in reader.read(texts)]


def _open_dead(path: Path | None) -> BinaryIO | None:
    if path is None:
        return None
    try:
        return path.open("ab")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from error
