"""What a worker of a cluster does with frames: the same steps and the same tables as a listener's.

Nothing here knows what carried the frames. ``DeskTaker`` is the ``listening.cluster.Taker``.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from amends.desk.actions.hearing import store_dead
from amends.desk.models import ChannelRow, WatchRow
from amends.desk.workers.listen import steps_for
from amends.desk.workers.sink import DeskSink
from amends.listening import Batch, Item, Sink, run
from amends.listening.cluster.layout import channel_of_source
from amends.listening.cluster.packets import Packet
from amends.listening.frames import Gone
from amends.listening.frames.registry import frame_kind
from amends.listening.frames.x import unfold
from amends.listening.history.rows import excerpt
from amends.listening.pipeline import Step
from amends.listening.taking import Door
from amends.matching import Matcher
from amends.matching import compile as compile_queries
from amends.terms import BadInput, Clock, DeadLetter, Page, Post
from amends.understanding import Reader

LOOK_AGAIN: Final = timedelta(seconds=2)
_ANSWERS: Final = b"reply"  # all kinds of frames have the word where a post answers another
_X_ANSWERS: Final = b"replied_to"


@dataclass(slots=True)
class _Ear:
    """One channel as it is set up now. ``ours`` marks lines that our own account may have
    written."""

    version: int
    name: str
    matcher: Matcher
    steps: Sequence[Step]
    sink: Sink
    ours: tuple[bytes, ...]


@dataclass(slots=True, kw_only=True)
class DeskTaker:
    """Takes frames into the desk. Plain functions that block; one thread at a time."""

    reader: Reader
    clock: Clock
    new_ref: Callable[[], str]
    _ears: dict[int, _Ear] = field(default_factory=dict)
    _looked_at: datetime | None = None

    def take(self, source: str, packet: Packet) -> int:
        """Store all that the packet holds, in one transaction, or raise; how many mentions."""
        ear = self._ear(source)
        if ear is None:
            return 0
        found = self._read(ear, packet)
        kept = run([Item(post) for post in found.posts], ear.steps, found.dropped)
        ear.sink.store(
            Batch(
                source=source,
                mentions=tuple(item.mention() for item in kept),
                deleted=(*packet.deleted, *found.gone),
                dead=(*packet.dead, *found.dead),
                dropped=found.dropped,
            )
        )
        return len(kept)

    def take_one_by_one(self, source: str, packet: Packet) -> int:
        """The same, one post after another: those that fail alone become dead letters."""
        ear = self._ear(source)
        if ear is None:
            return 0
        found = self._read(ear, packet)
        page = Page(
            posts=found.posts,
            cursor="",
            deleted=(*packet.deleted, *found.gone),
            dead=(*packet.dead, *found.dead),
        )
        door = Door(source, ear.steps, _Uncounted(ear.sink))
        return len(found.posts) - door.take_one_by_one(page, self.clock.now())

    def bury(self, _source: str, letters: Sequence[DeadLetter]) -> None:
        """Keep what cannot be taken, for the page Listening to show."""
        store_dead(letters, now=self.clock.now())

    def _read(self, ear: _Ear, packet: Packet) -> "_Found":
        """The posts that the steps must see: those some watch may want, and those that another
        reason may keep, such as the conversation they belong to; and what came of the others."""
        kind, lines = frame_kind(packet.kind), list(packet.lines)
        answers = _X_ANSWERS if kind.name == "x" else _ANSWERS
        if kind.name == "x":
            lines = [one for line in lines for one in unfold(line)]
        closely: list[bytes] = []
        rest: list[bytes] = []
        for line in lines:
            (closely if answers in line or _any(ear.ours, line) else rest).append(line)
        found = _Found()
        looked = ear.matcher.lines(rest, kind)
        for match in looked.matches:
            found.put(match.post)
        for _, other in looked.others:
            found.put(other)
        for at, error in looked.dead:
            found.bury(ear.name, rest[at], error)
        read = len(looked.matches) + len(looked.others) + len(looked.dead)
        found.dropped["no_watch"] += len(rest) - read
        for line in closely:
            try:
                found.put(kind.read(line))
            except BadInput as error:
                found.bury(ear.name, line, error)
        return found

    def _ear(self, source: str) -> _Ear | None:
        """The channel's; None where it is gone, as nobody wants its frames any more."""
        now = self.clock.now()
        if self._looked_at is None or now - self._looked_at > LOOK_AGAIN:
            self._look_again()
            self._looked_at = now
        return self._ears.get(channel_of_source(source))

    def _look_again(self) -> None:
        rows = ChannelRow.objects.select_related("brand").filter(enabled=True)
        found = {row.pk: row for row in rows}
        for pk in set(self._ears) - set(found):
            del self._ears[pk]
        for pk, row in found.items():
            if pk not in self._ears or self._ears[pk].version != row.version:
                self._ears[pk] = self._made(row)

    def _made(self, row: ChannelRow) -> _Ear:
        watches = WatchRow.objects.filter(brand=row.brand_id, active=True)
        accounts = (row.account_id, row.handle.removeprefix("@"))
        return _Ear(
            version=row.version,
            name=f"{row.network}:{row.handle}",
            matcher=compile_queries({str(w.pk): w.query for w in watches}),
            steps=steps_for(row, self.reader),
            sink=DeskSink(
                row, threshold=self.reader.threshold, clock=self.clock, new_ref=self.new_ref
            ),
            ours=tuple(account.encode() for account in accounts if account),
        )


@dataclass(slots=True)
class _Found:
    """What the lines of a packet held."""

    posts: list[Post] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)

    def put(self, one: Post | Gone | None) -> None:
        if one is None:
            self.dropped["not_a_post"] += 1
        elif isinstance(one, Post):
            self.posts.append(one)
        else:
            self.gone.append(one.id)

    def bury(self, channel: str, line: bytes, error: BadInput) -> None:
        self.dead.append(DeadLetter(source=channel, reason=str(error), raw=excerpt(line)))


@dataclass(frozen=True, slots=True)
class _Uncounted:
    """A sink without its cursor: where a source goes on lies with the frames."""

    sink: Sink

    def store(self, batch: Batch) -> None:
        self.sink.store(replace(batch, cursor=None))


def _any(marks: Iterable[bytes], line: bytes) -> bool:
    return any(mark in line for mark in marks)
