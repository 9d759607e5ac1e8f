"""What the commands of ``amends cluster`` do while they run."""

import asyncio
import random
import resource
import signal
import time
from collections import Counter
from collections.abc import AsyncGenerator, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click
import msgspec

from amends.cli.cluster import layout_of
from amends.cli.logs import quiet
from amends.cli.start import prepare
from amends.config.settings import load
from amends.listening.cluster import (
    Broker,
    ClusterWorker,
    Layout,
    Publisher,
    Receiver,
    Slice,
    Slicer,
    connect,
    sliced,
    source_of_channel,
)
from amends.listening.frames.registry import frame_kind
from amends.listening.lines.sources import Source, World, source_of
from amends.listening.listener import HealthState
from amends.outbound import Outbound
from amends.terms import BadInput, SystemClock

if TYPE_CHECKING:
    from amends.desk.models import ChannelRow


def act(main: Coroutine[Any, Any, None]) -> None:
    """Run it until it ends, or until a signal says to stop, and let it end in order."""

    async def until_told() -> None:
        task = asyncio.ensure_future(main)
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    try:
        asyncio.run(until_told())
    except ExceptionGroup as group:
        raise group.exceptions[0] from group


@dataclass(slots=True)
class Telling:
    """Writes how it goes to stderr, once for each change."""

    said: str = ""

    def __call__(self, state: HealthState, sentence: str) -> None:
        if self.said != (line := f"{state}: {sentence}"):
            self.said = line
            click.echo(line, err=True)


@dataclass(slots=True, kw_only=True)
class Work:
    """What all of them stand on."""

    name: str
    servers: tuple[str, ...]
    layout: Layout
    allow_hosts: tuple[str, ...]
    rng: random.Random = field(default_factory=random.SystemRandom)
    tell: Telling = field(default_factory=Telling)

    @classmethod
    def begin(cls, name: str, *, desk: bool = False) -> "Work":
        """Read the settings; with ``desk`` make its database ready for use too."""
        settings = prepare() if desk else load()
        quiet(settings.log_level)
        return cls(
            name=name,
            servers=settings.nats,
            layout=layout_of(settings),
            allow_hosts=settings.allow_hosts,
        )

    def broker(self) -> AbstractAsyncContextManager[Broker]:
        return connect(self.servers, self.layout, name=self.name)

    async def ready(self, broker: Broker) -> None:
        """Wait until the broker has what is needed; a cluster that starts is not ready at once."""
        publisher = Publisher(
            broker=broker, source="", rng=self.rng, health=self.tell, well="Ready."
        )
        await publisher.insist(broker.set_up)


@dataclass(slots=True)
class Figures:
    """Prints what was done and at what cost, a JSON object a line."""

    what: str
    count: Counter[str]
    began: float = field(default_factory=time.monotonic)

    def show(self) -> None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        figures = {
            "what": self.what,
            "seconds": round(time.monotonic() - self.began, 3),
            "cpu_s": round(used.ru_utime + used.ru_stime, 3),
            **{name.replace(" ", "_"): number for name, number in sorted(self.count.items())},
        }
        click.echo(msgspec.json.encode(figures).decode())

    async def every(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            self.show()


class Receiving:
    """``amends cluster receive``."""

    def __init__(
        self,
        work: Work,
        source: str,
        channel: str,
        *,
        kind: str | None,
        follow: bool,
        headers: Mapping[str, str],
    ) -> None:
        self._work = work
        self._world = World(
            outbound=Outbound(allow=work.allow_hosts),
            clock=SystemClock(),
            rng=work.rng,
            sleep=asyncio.sleep,
            tell=lambda sentence: work.tell("waiting", sentence),
            headers=headers,
            follow=follow,
        )
        self._source: Source = source_of(source, self._world)
        kind = kind or self._source.kind
        self._kind = frame_kind(kind).name if kind else None
        name = source.rpartition("/")[2] or source
        self._name = source_of_channel(_channel(channel).pk, name)

    async def run(self, every: float) -> None:
        async with self._work.broker() as broker:
            await self._work.ready(broker)
            publisher = Publisher(
                broker=broker, source=self._name, rng=self._work.rng, health=self._work.tell
            )
            figures = Figures(self._name, publisher.count)
            showing = asyncio.create_task(figures.every(every))
            try:
                await Receiver(publisher).run(self._slices)
            finally:
                showing.cancel()
                figures.show()
                await self._world.outbound.aclose()

    def _slices(self, cursor: str | None) -> AsyncGenerator[Slice]:
        world = self._world
        return sliced(
            self._source.open(cursor),
            Slicer(self._name, self._kind),
            live=self._source.live or self._source.name == "-",
            clock=world.clock,
            sleep=world.sleep,
        )


class Working:
    """``amends cluster work``."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def run(self, every: float) -> None:
        from amends.cli.start import chosen_reader
        from amends.desk.workers.cluster import DeskTaker
        from amends.desk.workers.database import DatabaseThread
        from amends.desk.workers.run import new_ref

        taker = DeskTaker(reader=chosen_reader(), clock=SystemClock(), new_ref=new_ref)
        database = DatabaseThread()
        async with self._work.broker() as broker:
            await self._work.ready(broker)
            worker = ClusterWorker(
                broker=broker,
                taker=taker,
                rng=self._work.rng,
                aside=database,
                health=self._work.tell,
            )
            figures = Figures("work", worker.count)
            showing = asyncio.create_task(figures.every(every))
            try:
                await worker.run()
            finally:
                showing.cancel()
                figures.show()
                database.close()


def _channel(text: str) -> "ChannelRow":
    """The channel written as NETWORK:HANDLE. Raises ``BadInput``."""
    from amends.desk.models import ChannelRow

    network, _, handle = text.partition(":")
    rows = list(ChannelRow.objects.filter(network=network, handle=handle.removeprefix("@")))
    if len(rows) == 1:
        return rows[0]
    there = sorted(f"{row.network}:{row.handle}" for row in ChannelRow.objects.all())
    known = f"there are {', '.join(there)}" if there else "connect one on the desk's pages first"
    raise BadInput(f"There is no channel {text}; {known}.")
