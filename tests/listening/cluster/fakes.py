"""A broker, a desk and sleep in memory."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from amends.listening.cluster import BrokerAway, ClusterWorker, Layout, Packet, Publisher
from amends.listening.cluster.packets import pack
from amends.listening.gathering import Sleep
from amends.terms import DeadLetter

SOURCE = "1-posts"


async def hardly(_seconds: float) -> None:
    """Sleep, in tests."""
    await asyncio.sleep(0)


class FakeBroker:
    """Keeps what is published. ``refuse`` may raise, before anything is stored."""

    def __init__(self, refuse: Callable[[str], None] | None = None) -> None:
        self.layout = Layout()
        self.refuse = refuse or (lambda _subject: None)
        self.stored: list[bytes] = []
        self.order: list[str] = []
        self.cursors: list[str] = []
        self.waiting: dict[str, list[FakeDelivery]] = {}
        self.up_to = 0
        self.connected = True
        self.lies: dict[str, list[FakeDelivery]] = {}
        self.at_work = 0
        self.leads = "n1"
        self.silent = 0

    async def publish(self, subject: str, body: bytes) -> None:
        await asyncio.sleep(0)
        self.refuse(subject)
        self.stored.append(body)
        self.order.append(subject.rpartition(".")[2])

    async def leader(self) -> str:
        await asyncio.sleep(0)
        if self.silent:
            self.silent -= 1
            raise BrokerAway("Nobody leads.")
        return self.leads

    async def cursor(self, _source: str) -> str | None:
        return self.cursors[-1] if self.cursors else None

    async def move_cursor(self, _source: str, cursor: str) -> None:
        self.cursors.append(cursor)

    async def puller(self, lane: str) -> "FakePuller":
        return FakePuller(self.waiting.setdefault(lane, []))

    async def lanes(self) -> Sequence[str]:
        return self.layout.lanes

    async def settled(self) -> int:
        return self.up_to

    async def handed_out(self, lane: str) -> tuple[int, int]:
        return max((one.place for one in self.lies.get(lane, [])), default=0), self.at_work

    async def lying(self, lane: str, up_to: int, *, most: int) -> "Sequence[FakeDelivery]":
        found = self.lies.get(lane, [])
        return [one for one in found if one.place <= up_to and "done" not in one.said][:most]


@dataclass
class FakeDelivery:
    packet: Packet | None
    lane: str = "0"
    place: int = 1
    tries: int = 1
    source: str = SOURCE
    said: list[str] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        return b"nonsense" if self.packet is None else pack(self.packet)

    async def done(self) -> None:
        self.said.append("done")

    async def later(self, _seconds: float) -> None:
        self.said.append("later")

    async def at_work(self) -> None:
        return


class FakePuller:
    def __init__(self, waiting: list[FakeDelivery]) -> None:
        self.waiting = waiting

    async def take(self, _most: int, *, wait_s: float) -> Sequence[FakeDelivery]:
        await asyncio.sleep(0)
        found, self.waiting[:] = list(self.waiting), []
        return found


class FakeDesk:
    """A ``Taker``. ``fails`` may raise for a packet that is taken as a whole."""

    def __init__(self, fails: Callable[[Packet], None] | None = None) -> None:
        self.fails = fails or (lambda _packet: None)
        self.taken: list[tuple[bytes, ...]] = []
        self.one_by_one: list[tuple[bytes, ...]] = []
        self.buried: list[str] = []

    def take(self, _source: str, packet: Packet) -> int:
        self.fails(packet)
        self.taken.append(packet.lines)
        return len(packet.lines)

    def take_one_by_one(self, _source: str, packet: Packet) -> int:
        self.one_by_one.append(packet.lines)
        return 0

    def bury(self, _source: str, letters: Sequence[DeadLetter]) -> None:
        self.buried += [f"{letter.reason} {letter.raw}" for letter in letters]


def packet(*lines: bytes) -> Packet:
    return Packet(kind="posts", lines=lines)


def publisher(broker: FakeBroker) -> Publisher:
    return Publisher(
        broker=broker,  # type: ignore[arg-type]
        source=SOURCE,
        rng=random.Random(1),
        sleep=hardly,
    )


async def worked(
    broker: FakeBroker, desk: FakeDesk, done: Callable[[], bool], sleep: Sleep = hardly
) -> None:
    """Run a worker until ``done``."""

    async def here(work: Callable[[], int]) -> int:
        return work()

    worker = ClusterWorker(
        broker=broker,  # type: ignore[arg-type]
        taker=desk,
        rng=random.Random(1),
        aside=here,  # type: ignore[arg-type]
        sleep=sleep,
    )
    task = asyncio.create_task(worker.run())
    await until(done)
    task.cancel()
    await asyncio.wait({task})


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not done():  # noqa: ASYNC110 (what is tested knows of no event)
            await asyncio.sleep(0)


def away(*subjects: str) -> Callable[[str], None]:
    """Refuses each of these lanes once."""
    left = list(subjects)

    def refuse(subject: str) -> None:
        lane = subject.rpartition(".")[2]
        if lane in left:
            left.remove(lane)
            raise BrokerAway("The broker is gone.")

    return refuse
