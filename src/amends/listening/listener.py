"""Listening to one source of a channel until told to stop.

``poll`` asks page after page and takes each through the steps into the sink before it asks for the
next. ``follow`` reads a stream; what comes while a batch is being stored is gathered for the next
one, within limits. Cancelling either at any moment loses nothing: a store that has begun is let
finish, and what was not stored comes again from the cursor.
"""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeVar

from amends.listening.gathering import Limits, Sleep, gathered
from amends.listening.pages import joined, weight
from amends.listening.pipeline import Step
from amends.listening.sink import Sink
from amends.listening.taking import Door
from amends.terms import AuthError, Clock, ConnectorError, Page, TryLater
from amends.text import storable

log = logging.getLogger(__name__)

T = TypeVar("T")

HealthState = Literal["well", "waiting", "stopped"]
Health = Callable[[HealthState, str], None]
"""Told when the state or its sentence changes; must not block."""

TRIES_AS_A_PAGE = 3
LONGEST_CURSOR = 1_000_000
_IDLE_S = 5.0  # between pages that bring no new cursor


class Pages(Protocol):
    """The part of a connector that ``poll`` needs."""

    async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page: ...


class Streams(Protocol):
    """The part of a connector that ``follow`` needs."""

    def stream(self, cursor: str | None) -> AsyncIterator[Page]: ...


class Aside(Protocol):
    """Runs a plain function where it may block, such as ``asyncio.to_thread``."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]: ...


@dataclass(frozen=True, slots=True)
class BackOff:
    """How long to wait, in seconds, after the n-th trouble in a row (n from 1)."""

    first_s: float = 1.0
    longest_s: float = 300.0
    refused_s: float = 900.0  # after a refusal for good, which only a change can mend

    def wait_s(self, troubles: int, rng: random.Random) -> float:
        """Doubling, at most ``longest_s``, by chance between half of that and the whole."""
        whole = min(self.longest_s, self.first_s * 2.0 ** min(troubles - 1, 60))
        return whole * rng.uniform(0.5, 1.0)


def _say_nothing(_state: HealthState, _sentence: str) -> None:
    return None


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What a listener stands on: time, chance, threads, and whom to tell how it goes."""

    clock: Clock
    rng: random.Random
    sleep: Sleep = asyncio.sleep
    aside: Aside = asyncio.to_thread
    health: Health = _say_nothing
    back_off: BackOff = field(default_factory=BackOff)
    limit: int = 100
    quiet_s: float | None = 120.0  # a stream that says nothing for so long is opened again
    gather: Limits = field(default_factory=Limits)


async def poll(
    connector: Pages,
    source: str,
    *,
    cursor: str | None,
    pipeline: Sequence[Step],
    sink: Sink,
    around: Surroundings,
) -> str | None:
    """Ask ``source`` for page after page, from ``cursor`` on, until cancelled.

    Returns, with the cursor it came to, only when a person must connect the channel again
    (``AuthError``); whoever called it starts it anew then. Every other trouble is waited out and
    said through ``health``.
    """
    listener = _Listener(Door(source, pipeline, sink), around, cursor)
    while True:
        try:
            page = await connector.fetch(source, listener.cursor, limit=around.limit)
            check_cursor(page.cursor)
            listener.troubles_asking = 0
        except Exception as error:  # noqa: BLE001 (told, logged and waited out)
            if await listener.stops_for(error):
                return listener.cursor
            continue
        await listener.take(page)
        await listener.until_next(page)


async def follow(
    connector: Streams,
    source: str,
    *,
    cursor: str | None,
    pipeline: Sequence[Step],
    sink: Sink,
    around: Surroundings,
) -> str | None:
    """Read the public stream from ``cursor`` on, until cancelled; opened again whenever it ends.

    ``source`` is the name under which its cursor and counts are stored. Ends as ``poll`` does.
    """
    listener = _Listener(Door(source, pipeline, sink), around, cursor)
    while True:
        try:
            async with aclosing(_batches(connector, listener.cursor, around)) as batches:
                async for page in batches:
                    listener.troubles_asking = 0
                    await listener.take(page)
            listener.tell("waiting", "The stream ended; it is being opened again.")
            await listener.pause_after_trouble()
        except _QuietError:
            log.info("Nothing came from %s for %s s; it is opened again", source, around.quiet_s)
        except Exception as error:  # noqa: BLE001 (told, logged and waited out)
            if await listener.stops_for(error):
                return listener.cursor


async def _batches(
    connector: Streams, cursor: str | None, around: Surroundings
) -> AsyncGenerator[Page]:
    """The pages of the stream, those that came meanwhile joined to one."""
    batches = gathered(
        _pages(connector, cursor, around.quiet_s),
        weigh=weight,
        limits=around.gather,
        clock=around.clock,
        sleep=around.sleep,
    )
    async with aclosing(batches):
        async for batch in batches:
            for page in joined(batch):
                yield page


async def _pages(
    connector: Streams, cursor: str | None, quiet_s: float | None
) -> AsyncGenerator[Page]:
    """Pages of the stream, to its end. Raises ``_QuietError`` after ``quiet_s`` without a page."""
    stream = connector.stream(cursor)
    try:
        while True:
            try:
                async with asyncio.timeout(quiet_s) as limit:
                    page = await anext(stream)
            except StopAsyncIteration:
                return
            except TimeoutError:
                if limit.expired():
                    raise _QuietError from None
                raise
            check_cursor(page.cursor)
            yield page
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()


def check_cursor(cursor: str) -> None:
    """Raise ``ConnectorError`` for one that no database keeps: the page could never be stored."""
    if len(cursor) > LONGEST_CURSOR or storable(cursor) != cursor:
        msg = "The network named a place in this source that cannot be kept; it is asked again."
        raise ConnectorError(msg)


class _QuietError(Exception):
    """A stream said nothing for so long that its connection may be half closed."""


class _Listener:
    """Where one source stands: its cursor, and how much trouble there was in a row."""

    def __init__(self, door: Door, around: Surroundings, cursor: str | None) -> None:
        self.door = door
        self.around = around
        self.cursor = cursor
        self.before: str | None = cursor
        self.troubles_asking = 0
        self._told: tuple[HealthState, str] | None = None

    async def take(self, page: Page) -> None:
        """Store the page, however often that must be tried; then move on."""
        troubles = 0
        while True:
            try:
                await self._store(page, one_by_one=troubles >= TRIES_AS_A_PAGE)
            except Exception as error:
                log.exception("A page of %s could not be stored", self.door.source)
                troubles += 1
                self.tell("waiting", f"{_storing_failed(error)} It is tried again.")
                await self._pause(self.around.back_off.wait_s(troubles, self.around.rng))
                continue
            self.before, self.cursor = self.cursor, page.cursor
            self.tell("well", "Listening.")
            return

    async def until_next(self, page: Page) -> None:
        """Wait as the page says; a cursor that stays is no reason to hurry."""
        if page.next_poll is not None and page.next_poll > self.around.clock.now():
            await self._until(page.next_poll)
        elif self.before == self.cursor:
            await self._pause(_IDLE_S)

    async def stops_for(self, error: Exception) -> bool:
        """Tell what went wrong while asking and wait as it demands; True: a person is needed."""
        if isinstance(error, AuthError):
            self.tell("stopped", f"{error} Connect the channel again.")
            return True
        if not isinstance(error, ConnectorError):
            log.error("Asking %s failed unexpectedly", self.door.source, exc_info=error)
        self.tell("waiting", _asking_failed(error))
        if isinstance(error, TryLater):
            await self.pause_after_trouble(until=error.retry_at)
        elif isinstance(error, ConnectorError):
            await self.pause_after_trouble(at_least_s=self.around.back_off.refused_s)
        else:
            await self.pause_after_trouble()
        return False

    async def pause_after_trouble(
        self, *, until: datetime | None = None, at_least_s: float = 0.0
    ) -> None:
        """Back off, longer each time in a row, and never less than was asked of us."""
        self.troubles_asking += 1
        wait_s = self.around.back_off.wait_s(self.troubles_asking, self.around.rng)
        now = self.around.clock.now()
        wake = now + timedelta(seconds=max(wait_s, at_least_s))
        await self._until(wake if until is None else max(wake, until))

    def tell(self, state: HealthState, sentence: str) -> None:
        if self._told == (state, sentence):
            return
        self._told = (state, sentence)
        try:
            self.around.health(state, sentence)
        except Exception:
            log.exception("The health of %s could not be told", self.door.source)

    async def _store(self, page: Page, *, one_by_one: bool) -> None:
        if not one_by_one:
            await _unbroken(self.around.aside(lambda: self.door.take(page)))
            return
        now = self.around.clock.now()
        await _unbroken(self.around.aside(lambda: self.door.take_one_by_one(page, now)))

    async def _until(self, when: datetime) -> None:
        # A sleep may end early and a clock may jump: what counts is the time when it is over.
        while (left_s := (when - self.around.clock.now()).total_seconds()) > 0:
            await self.around.sleep(left_s)

    async def _pause(self, seconds: float) -> None:
        await self._until(self.around.clock.now() + timedelta(seconds=seconds))


async def _unbroken(work: Awaitable[T]) -> T:
    """Await ``work``; when cancelled, let it finish first, so that no store runs on unseen."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        with suppress(Exception):
            await asyncio.wait({task})
            task.exception()
        raise


def _storing_failed(error: Exception) -> str:
    return f"What was heard could not be stored ({type(error).__name__})."


def _asking_failed(error: Exception) -> str:
    if isinstance(error, ConnectorError):
        return str(error)
    return f"Asking the network failed unexpectedly ({type(error).__name__}); it is tried again."
