"""The receiver: frames from a source into the broker, none left out whatever dies meanwhile.

The cursor of a source lies in the broker and moves only over slices that are stored there, all of
them up to it. Whoever starts anew begins at that cursor and publishes again what was on its way. The
broker stores those slices a second time, and the desk, which knows each post by its id, stores its
posts once.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from amends.listening.cluster.broker import Broker, BrokerAway
from amends.listening.cluster.layout import REMOVALS
from amends.listening.cluster.packets import Packet, pack
from amends.listening.cluster.slices import Slice
from amends.listening.gathering import Sleep
from amends.listening.listener import BackOff, Health, HealthState

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

    async def store(self, lane: str, packet: Packet) -> None:
        """Publish until it is stored, however long that takes; ``lane`` "" for any partition."""
        layout, body = self.broker.layout, pack(packet)
        subject = layout.subject(self.source, lane or layout.lane_of(body))

        async def publish() -> None:
            await self.broker.publish(subject, body)
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


class Receiver:
    """Reads one source to its end, at most ``window`` slices ahead of what is stored."""

    def __init__(
        self, publisher: Publisher, *, window: int = 64, cursor_every_s: float = 0.5
    ) -> None:
        self._publisher = publisher
        self._window = asyncio.Semaphore(window)
        self._cursor_every_s = cursor_every_s
        self._turns: dict[int, asyncio.Event] = {}
        self._stored: dict[int, Slice] = {}
        self._next = 0
        self._cursor: str | None = None
        self._kept: str | None = None

    async def run(self, slices: Slices) -> Counter[str]:
        """Receive from the cursor that is kept, to the end of the source; the counts.

        Cancelled at any moment, or killed, it leaves nothing out: begin again.
        """
        publisher = self._publisher
        await publisher.insist(self._find_cursor)
        publisher.health("well", publisher.well)
        async with asyncio.TaskGroup() as beside:
            keeping = beside.create_task(self._keep_cursor())
            await self._store_all(slices)
            keeping.cancel()
        await publisher.insist(self._move_cursor)
        return publisher.count

    async def _store_all(self, slices: Slices) -> None:
        async with asyncio.TaskGroup() as group, aclosing(slices(self._cursor)) as found:
            number = 0
            async for one in found:
                await self._window.acquire()
                self._turns[number] = asyncio.Event()
                group.create_task(self._store(number, one))
                number += 1

    async def _store(self, number: int, one: Slice) -> None:
        for lane, packet in one.messages:
            if lane == REMOVALS and number != self._next:
                await self._turns[number].wait()  # it may not overtake the posts it removes
            await self._publisher.store(lane, packet)
        self._window.release()
        self._publisher.count["frames"] += one.frames
        self._publisher.count["bytes"] += one.size
        self._stored[number] = one
        while self._next in self._stored:
            self._cursor = self._stored.pop(self._next).cursor or self._cursor
            del self._turns[self._next]
            self._next += 1
        if self._next in self._turns:
            self._turns[self._next].set()

    async def _find_cursor(self) -> None:
        broker = self._publisher.broker
        self._cursor = self._kept = await broker.cursor(self._publisher.source)

    async def _move_cursor(self) -> None:
        cursor = self._cursor
        if cursor is not None and cursor != self._kept:
            await self._publisher.broker.move_cursor(self._publisher.source, cursor)
            self._kept = cursor

    async def _keep_cursor(self) -> None:
        while True:
            await self._publisher.sleep(self._cursor_every_s)
            await self._publisher.insist(self._move_cursor)
