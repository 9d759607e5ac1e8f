"""Live updates: one poller for each process, shared by every open page.

The feed carries a number made of the newest events and nothing else, so there is nothing in it that a
role could keep from somebody. What changed is then asked for through the ordinary doors.
"""

import asyncio
import contextlib
import contextvars
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from django.db import connections

from amends.desk.queries import latest_change

EVERY_S: Final = 0.5
HEARTBEAT_S: Final = 20.0
T = TypeVar("T")
Latest = Callable[[], Awaitable[int]]


class Feed:
    """Wakes its listeners when the number changes; polls only while somebody listens."""

    def __init__(self, latest: Latest, *, every_s: float = EVERY_S) -> None:
        self._latest = latest
        self._every_s = every_s
        self._listening: set[asyncio.Event] = set()
        self._poller: asyncio.Task[None] | None = None
        self._ended = False
        self.number = -1

    def end(self) -> None:
        """Let every listener go; whoever comes later is sent nothing."""
        self._ended = True
        for woken in self._listening:
            woken.set()

    async def numbers(self, *, heartbeat_s: float = HEARTBEAT_S) -> AsyncIterator[int | None]:
        """The newest number at once and at each change; None when ``heartbeat_s`` went by."""
        woken = asyncio.Event()
        self._listening.add(woken)
        self._start()
        try:
            if self.number >= 0:
                yield self.number
            while not self._ended:
                number = await self._next(woken, heartbeat_s)
                if not self._ended:
                    yield number
        finally:
            self._listening.discard(woken)
            if not self._listening and self._poller is not None:
                self._poller.cancel()
                self._poller = None
                self.number = -1

    async def _next(self, woken: asyncio.Event, heartbeat_s: float) -> int | None:
        try:
            await asyncio.wait_for(woken.wait(), heartbeat_s)
        except TimeoutError:
            return None
        woken.clear()
        return self.number

    def _start(self) -> None:
        if self._poller is None or self._poller.done():
            # An empty context: the request that happens to come first must not lend the poller
            # what belongs to it and ends with it.
            self._poller = asyncio.get_running_loop().create_task(
                self._poll(), context=contextvars.Context()
            )

    async def _poll(self) -> None:
        while True:
            # The database may be gone for a minute; pages stay open and hear of it afterwards.
            with contextlib.suppress(Exception):
                number = await self._latest()
                if number != self.number:
                    self.number = number
                    for woken in self._listening:
                        woken.set()
            await asyncio.sleep(self._every_s)


_threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")


async def in_own_thread(read: Callable[[], T]) -> T:
    """Read from the database in the feed's one thread, which keeps no connection afterwards."""

    def read_and_close() -> T:
        try:
            return read()
        finally:
            connections.close_all()

    return await asyncio.get_running_loop().run_in_executor(_threads, read_and_close)


async def _latest_from_database() -> int:
    return await in_own_thread(latest_change)


_feeds: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Feed]" = weakref.WeakKeyDictionary()


def shared_feed() -> Feed:
    """The feed of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _feeds:
        _feeds[loop] = Feed(_latest_from_database)
    return _feeds[loop]
