"""The stage between a source that runs at its own pace and a store that takes its time.

What comes while a batch is being stored is gathered for the next one. The buffer is bounded in
items and in bytes: once it is full nothing more is asked of the source, so that a socket is no
longer read and the network's own flow control slows the sender down. Nothing is ever dropped here.
A sender that cannot be slowed closes the connection instead, and is asked again from the cursor.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Generic, TypeVar

from amends.terms import Clock

T = TypeVar("T")

Sleep = Callable[[float], Awaitable[None]]
Weigh = Callable[[T], tuple[int, int]]
"""How many items something holds, and about how many bytes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a batch is ripe: ``items`` or ``size`` (bytes) are reached, or its first part is
    ``age_s`` seconds old. What is held is at most that and one part more."""

    items: int = 4_000
    size: int = 8_000_000
    age_s: float = 0.2


ROOMY: Final = Limits(items=8_000, size=16_000_000)
"""For a store in which one writer does not keep the others waiting."""


async def gathered(
    parts: AsyncGenerator[T], *, weigh: Weigh[T], limits: Limits, clock: Clock, sleep: Sleep
) -> AsyncGenerator[list[T]]:
    """The parts in batches, in order, each as soon as it is ripe and the one before was taken.

    What ``parts`` raises is raised once all that came before it was handed out. Closing this closes
    ``parts``; what was not handed out is gone, and comes again from the cursor.
    """
    held = _Held(weigh, limits, clock, sleep)
    reading = asyncio.create_task(_read(parts, held))
    try:
        while True:
            await held.ripe()
            batch = held.take()
            if not batch:
                await reading  # it has ended; this raises why
                return
            yield batch
    finally:
        reading.cancel()
        await asyncio.wait({reading})
        if not reading.cancelled():
            reading.exception()  # raised above, or of no interest to one who stopped early


async def _read(parts: AsyncGenerator[T], held: "_Held[T]") -> None:
    try:
        async with aclosing(parts):
            async for part in parts:
                held.put(part)
                await held.room()
    finally:
        held.end()


class _Held(Generic[T]):
    """What came and was not taken yet."""

    def __init__(self, weigh: Weigh[T], limits: Limits, clock: Clock, sleep: Sleep) -> None:
        self._weigh = weigh
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._some = asyncio.Event()
        self._full = asyncio.Event()  # or no more will come
        self._free = asyncio.Event()
        self._ended = False
        self._clear()

    def put(self, part: T) -> None:
        items, size = self._weigh(part)
        if not self._parts:
            self._since = self._clock.now()
        self._parts.append(part)
        self._items += items
        self._size += size
        self._some.set()
        if self._items >= self._limits.items or self._size >= self._limits.size:
            self._free.clear()
            self._full.set()

    async def room(self) -> None:
        await self._free.wait()

    def end(self) -> None:
        self._ended = True
        self._some.set()
        self._full.set()

    async def ripe(self) -> None:
        await self._some.wait()
        if self._full.is_set():
            return
        age_s = (self._clock.now() - self._since) / timedelta(seconds=1)
        left_s = self._limits.age_s - max(age_s, 0.0)
        if left_s > 0:
            await _first_of(self._full.wait(), self._sleep(left_s))

    def take(self) -> list[T]:
        parts = self._parts
        self._clear()
        return parts

    def _clear(self) -> None:
        self._parts: list[T] = []
        self._items = self._size = 0
        self._since = self._clock.now()
        self._free.set()
        if not self._ended:
            self._some.clear()
            self._full.clear()


async def _first_of(*waits: Awaitable[object]) -> None:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
