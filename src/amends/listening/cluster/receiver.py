"""The receiver: frames from a source into the broker, none left out whatever dies meanwhile.

The cursor of a source lies in the broker and moves only over slices that are stored there, all of
them up to it. Whoever starts anew begins at that cursor and publishes again what was on its way. The
broker stores those slices a second time, and the desk, which knows each post by its id, stores its
posts once.

A broker that is killed may lose what it said to be stored, if another was behind as well (decision 59). So what was
stored lately is published again whenever another node begins to lead, or none is heard to, and until then
the cursor stays before it.
"""

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final

from amends.listening.cluster.broker import Broker, BrokerAway
from amends.listening.cluster.layout import REMOVALS
from amends.listening.cluster.packets import Packet, pack
from amends.listening.cluster.slices import Slice
from amends.listening.gathering import Sleep
from amends.listening.listener import BackOff, Health, HealthState

MARGIN_S: Final = 5.0
"""Before a trouble: what was stored since then may be lost with the broker that led. Chosen, not measured."""

TOGETHER: Final = 32  # messages that are published again side by side

Slices = Callable[[str | None], AsyncGenerator[Slice]]
"""What a receiver reads: slices from a cursor on."""


def _say_nothing(_state: HealthState, _sentence: str) -> None:
    return None


@dataclass(slots=True, kw_only=True)
class Publisher:
    """Publishes packets of one source, each until it is stored."""

    broker: Broker
    source: str
    rng: random.Random
    sleep: Sleep = asyncio.sleep
    health: Health = _say_nothing
    back_off: BackOff = field(default_factory=lambda: BackOff(first_s=0.1, longest_s=5.0))
    count: Counter[str] = field(default_factory=Counter)
    well: str = "Receiving."

    def message(self, lane: str, packet: Packet) -> "Message":
        """The packet for a lane, "" for any partition."""
        layout, body = self.broker.layout, pack(packet)
        return Message(layout.subject(self.source, lane or layout.lane_of(body)), body)

    async def store(self, message: "Message") -> None:
        """Publish until it is stored, however long that takes."""

        async def publish() -> None:
            await self.broker.publish(message.subject, message.body)
            self.count["messages"] += 1

        await self.insist(publish)

    async def insist(self, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do it until the broker has done it, telling what it waits for."""
        troubles = 0
        while True:
            try:
                await act()
            except BrokerAway as error:
                troubles += 1
                self.count["tried again"] += 1
                self.health("waiting", str(error))
                await self.sleep(self.back_off.wait_s(troubles, self.rng))
            else:
                if troubles:
                    self.health("well", self.well)
                return


@dataclass(frozen=True, slots=True)
class Message:
    """What is published."""

    subject: str
    body: bytes


class Receiver:
    """Reads one source to its end, at most ``window`` slices ahead of what is stored.

    ``margin_s``: how long before a trouble what was stored is in doubt. ``now`` in seconds.
    """

    def __init__(
        self,
        publisher: Publisher,
        *,
        window: int = 64,
        cursor_every_s: float = 0.5,
        margin_s: float = MARGIN_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._publisher = publisher
        self._window = asyncio.Semaphore(window)
        self._cursor_every_s = cursor_every_s
        self._turns: dict[int, asyncio.Event] = {}
        self._stored: dict[int, Slice] = {}
        self._next = 0
        self._kept: str | None = None
        self._margin_s = margin_s
        self._now = now
        self._tail: deque[tuple[float, Message]] = deque()
        self._due: deque[tuple[float, str]] = deque()
        self._leader: str | None = None
        self._doubt = False
        self._sure = asyncio.Event()
        self._sure.set()

    async def run(self, slices: Slices) -> Counter[str]:
        """Receive from the cursor that is kept, to the end of the source; the counts.

        Cancelled at any moment, or killed, it leaves nothing out: begin again.
        """
        publisher = self._publisher
        await publisher.insist(self._find_cursor)
        await self._look()
        publisher.health("well", publisher.well)
        async with asyncio.TaskGroup() as beside:
            keeping = beside.create_task(self._keep_cursor())
            await self._store_all(slices)
            keeping.cancel()
        await publisher.sleep(self._margin_s)
        await self._look()
        await self._move_cursor(self._now())
        return publisher.count

    async def _store_all(self, slices: Slices) -> None:
        async with asyncio.TaskGroup() as group, aclosing(slices(self._kept)) as found:
            number = 0
            async for one in found:
                await self._window.acquire()
                self._turns[number] = asyncio.Event()
                group.create_task(self._store(number, one))
                number += 1

    async def _store(self, number: int, one: Slice) -> None:
        for lane, packet in one.messages:
            if lane == REMOVALS:  # it may not overtake the posts it removes
                if number != self._next:
                    await self._turns[number].wait()
                await self._sure.wait()
            message = self._publisher.message(lane, packet)
            await self._publisher.store(message)
            self._tail.append((self._now(), message))
        self._window.release()
        self._publisher.count["frames"] += one.frames
        self._publisher.count["bytes"] += one.size
        self._stored[number] = one
        while self._next in self._stored:
            cursor = self._stored.pop(self._next).cursor
            if cursor is not None:
                self._due.append((self._now(), cursor))
            del self._turns[self._next]
            self._next += 1
        if self._next in self._turns:
            self._turns[self._next].set()

    async def _find_cursor(self) -> None:
        self._kept = await self._publisher.broker.cursor(self._publisher.source)

    async def _keep_cursor(self) -> None:
        while True:
            await self._publisher.sleep(self._cursor_every_s)
            await self._move_cursor(await self._look())

    async def _move_cursor(self, up_to: float) -> None:
        """To the last slice of those that were stored by then."""
        cursor = None
        while self._due and self._due[0][0] <= up_to:
            _, cursor = self._due.popleft()
        if cursor is not None and cursor != self._kept:
            publisher = self._publisher
            await publisher.insist(lambda: publisher.broker.move_cursor(publisher.source, cursor))
            self._kept = cursor

    async def _look(self) -> float:
        """The time up to which what was stored is sure, after what is in doubt is published again.

        A full broker, or one that is slow to store, loses nothing; so neither is a reason to.
        """
        at = self._now()
        await self._ask_who_leads()
        if self._doubt and self._tail:
            self._sure.clear()
            await self._publisher.sleep(self._margin_s)  # a broker in trouble is not pressed
            await self._publish_again()
            self._sure.set()
        self._doubt = False
        sure = at - self._margin_s
        while self._tail and self._tail[0][0] < sure:
            self._tail.popleft()
        return sure

    async def _ask_who_leads(self) -> None:
        """It is in doubt what was kept where another leads than before, or nobody answered at first."""
        publisher, answers = self._publisher, list[str]()
        asked = 0

        async def ask() -> None:
            nonlocal asked
            asked += 1
            answers.append(await publisher.broker.leader())

        await publisher.insist(ask)
        self._doubt |= asked > 1 or answers != [self._leader]
        self._leader = answers[-1]

    async def _publish_again(self) -> None:
        """First posts, then what may remove them."""
        again = [message for _, message in self._tail]
        self._publisher.count["published again"] += len(again)
        gone = f".{REMOVALS}"
        for removes in (False, True):
            some = [one for one in again if one.subject.endswith(gone) == removes]
            for at in range(0, len(some), TOGETHER):
                await asyncio.gather(*map(self._publisher.store, some[at : at + TOGETHER]))
