"""What a fault does to reading and to replying: what was lost, what was doubled, and how long it
took until it was well again.

``amends bench faults`` prints it for every network; the suite holds each to it.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from amends.bench.faults.serving import PATIENCE_S, Fault, Said, running
from amends.bench.faults.worlds import FaultWorld
from amends.connectors.protocol import Connector
from amends.listening import Batch, HealthState, Surroundings, poll
from amends.listening.steps import put_clean_text
from amends.outbound import Outbound
from amends.terms import AuthError, DeliveryUnknown, Published, TryLater

HURRY_S = 0.25
HTML = b"<html><body>We will be right back.</body></html>"
SKEW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Kind:
    """A fault; ``back_off_s`` is what the network itself asks us to wait."""

    make: Callable[[FaultWorld], Fault | None]
    back_off_s: float = 0.0


def limited(world: FaultWorld, seconds: float, *, skew: timedelta = timedelta(0)) -> Fault:
    there = world.fake.clock.now() + skew
    headers = world.reset(there + timedelta(seconds=seconds))
    headers |= {"date": format_datetime(there, usegmt=True)}
    return Fault(before=Said(429, {"error": "Too many requests"}, headers))


FAULTS = {
    "429 with a reset time": Kind(lambda world: limited(world, 90), 90),
    "429 without one": Kind(lambda _: Fault(before=Said(429, {"error": "Slow down"})), 60),
    "429 by a clock an hour ahead": Kind(lambda world: limited(world, 90, skew=SKEW), 90),
    "503 with a time": Kind(lambda _: Fault(before=Said(503, b"", {"retry-after": "30"})), 30),
    "500": Kind(lambda _: Fault(before=Said(500, {"error": "Oops"}))),
    "HTML error page": Kind(lambda _: Fault(before=Said(502, HTML))),
    "HTML instead of JSON": Kind(lambda _: Fault(spoil=lambda _: HTML)),
    "malformed JSON": Kind(lambda _: Fault(spoil=lambda body: body[: len(body) // 2])),
    "nothing": Kind(lambda _: Fault(spoil=lambda _: b"")),
    "truncated answer": Kind(lambda _: Fault(cut=10)),
    "hung up before": Kind(lambda _: Fault(drop=True)),
    "hung up after": Kind(lambda _: Fault(drop=True, accepted=True)),
    "timeout before": Kind(lambda _: Fault(hang=True)),
    "timeout after": Kind(lambda _: Fault(hang=True, accepted=True)),
    "expired token": Kind(lambda _: None),
    "revoked account": Kind(lambda _: Fault(before=Said(401, {"error": "The account is gone"}))),
    "DNS gone": Kind(lambda _: None),
    "twice and in no order": Kind(lambda world: Fault(spoil=world.muddled)),
}
READ_ONLY = {"twice and in no order"}


class Names:
    """A resolver that fails as often as it is told to."""

    def __init__(self) -> None:
        self.gone = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        if self.gone:
            self.gone -= 1
            raise OSError("no such name")
        return ["127.0.0.1"]


@dataclass(slots=True)
class Heard:
    """A sink that rings when there is as much as wanted."""

    ids: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    cursor: str | None = None
    wanted: int = 1
    rung: asyncio.Event = field(default_factory=asyncio.Event)

    def store(self, batch: Batch) -> None:
        self.ids += [mention.post.id for mention in batch.mentions]
        self.cursor = batch.cursor or self.cursor
        self.dead += [letter.reason for letter in batch.dead]
        if len(self.ids) >= self.wanted:
            self.rung.set()


class Watched:
    """A world, its connector, and the time since a fault until it was well again."""

    def __init__(self, world: FaultWorld) -> None:
        self.world = world
        self.clock = world.fake.clock
        self.names = Names()
        self.heard = Heard()
        self.trouble_s = 0.0
        self._since = self.clock.now()
        world.fake.url = world.fake.url.replace("127.0.0.1", "localhost")
        self.made: list[Connector] = []
        self._go_out(PATIENCE_S)

    def _go_out(self, seconds: float) -> None:
        self.outbound = Outbound(allow=["localhost:*"], timeout=seconds, resolve=self.names)

    async def go_out_anew(self, seconds: float) -> None:
        """From here on no connection is kept, and so long is waited for an answer."""
        await self.outbound.aclose()
        self._go_out(seconds)

    def connector(self) -> Connector:
        self.made.append(self.world.connector(self.outbound))
        return self.made[-1]

    async def let_go(self) -> None:
        """Close every connector that was made."""
        made, self.made = self.made, []
        for connector in made:
            await connector.aclose()

    def health(self, state: HealthState, _sentence: str) -> None:
        if state == "well":
            self.trouble_s = (self.clock.now() - self._since).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.clock.move(seconds)
        await asyncio.sleep(0)

    async def listen(self, *, wanted: int) -> None:
        """Poll until so many posts came, or a person is needed."""
        self.heard.wanted, self._since = wanted, self.clock.now()
        self.heard.rung.clear()
        around = Surroundings(
            clock=self.clock,
            rng=random.Random(1),
            sleep=self.sleep,
            aside=here,
            health=self.health,
        )
        listening = asyncio.create_task(
            poll(self.connector(), self.world.source, cursor=self.heard.cursor,
                 pipeline=[put_clean_text()], sink=self.heard, around=around)
        )  # fmt: skip
        rung = asyncio.create_task(self.heard.rung.wait())
        async with asyncio.timeout(20):
            await asyncio.wait({listening, rung}, return_when=asyncio.FIRST_COMPLETED)
        for task in (listening, rung):
            task.cancel()
        await asyncio.gather(listening, rung, return_exceptions=True)


async def here(work: Callable[[], Any], /) -> Any:
    return work()


@dataclass(frozen=True, slots=True)
class Outcome:
    """``lost`` and ``doubled`` are counts of posts or replies, ``well_after_s`` is by the clock that
    is moved by hand. ``dead`` is what came as a dead letter."""

    lost: int
    doubled: int
    well_after_s: float
    dead: tuple[str, ...] = ()


def outcome(wanted: Sequence[str], got: Sequence[str], well_after_s: float) -> Outcome:
    doubled = len(got) - len(set(got)) + len(set(got) - set(wanted))
    return Outcome(len(set(wanted) - set(got)), doubled, well_after_s)


async def reading(world: FaultWorld, names: Iterable[str]) -> dict[str, Outcome]:
    """Posts before, during and after each fault, which the next read meets."""
    return await _each(world, names, _read)


async def replying(world: FaultWorld, names: Iterable[str]) -> dict[str, Outcome]:
    """A reply whose sending meets a fault, for each, delivered as the desk's sender does."""
    return await _each(world, names, _reply)


async def _each(
    world: FaultWorld, names: Iterable[str], meet: Callable[[Watched, str], Awaitable[Outcome]]
) -> dict[str, Outcome]:
    """One after the other befall one network, which is well again in between."""
    found = {}
    async with running(world.fake):
        watched = Watched(world)
        try:
            for name in names:
                found[name] = await meet(watched, name)
                assert world.fake.well, "It befell nobody."
                world.connect_again()
                await watched.let_go()
        except Exception as error:
            error.add_note(f"It met: {name}.")
            raise
        finally:
            await watched.let_go()
            await watched.outbound.aclose()
    return found


async def _read(watched: Watched, name: str) -> Outcome:
    world, clock = watched.world, watched.clock
    if watched.heard.cursor is None:
        world.post("one")
        clock.move(60)
        await watched.listen(wanted=1)
    heard = watched.heard = Heard(cursor=watched.heard.cursor)
    await prepare(watched, name)
    ids = [world.post("two"), world.post("three")]
    clock.move(60)
    befall(watched, name, reading=True)
    await watched.listen(wanted=2)
    if len(heard.ids) < 2:  # a person is needed, and comes
        world.connect_again()
        await watched.listen(wanted=2)
    trouble_s = watched.trouble_s
    ids.append(world.post("four"))
    clock.move(60)
    await watched.listen(wanted=3)
    found = outcome(ids, heard.ids, trouble_s)
    return replace(found, dead=tuple(heard.dead))


async def _reply(watched: Watched, name: str) -> Outcome:
    world, clock = watched.world, watched.clock
    post_id = world.post("help")
    if world.fake.seen == []:
        await watched.connector().check()
    await prepare(watched, name)
    befall(watched, name, reading=False)
    began = clock.now()
    await deliver(watched, post_id)
    well_after_s = (clock.now() - began).total_seconds()
    return outcome([f"{world.greeting}We are on it."], list(world.replies(post_id)), well_after_s)


async def prepare(watched: Watched, name: str) -> None:
    """Where it takes a new connection, or a timeout, to meet the fault."""
    if name == "DNS gone" or name.startswith("timeout"):
        await watched.go_out_anew(HURRY_S)
    elif watched.outbound.timeout < PATIENCE_S:
        await watched.go_out_anew(PATIENCE_S)


def befall(watched: Watched, name: str, *, reading: bool) -> None:
    """Let the next request of a kind meet the fault."""
    world, fault = watched.world, FAULTS[name].make(watched.world)
    if name == "expired token":
        world.expire()
    elif name == "DNS gone":
        watched.names.gone = 2
    elif fault is not None:
        world.fake.fail(fault, when=world.reads if reading else world.writes)
        if name == "revoked account" and world.renews:
            world.expire()
            world.fake.fail(fault, when=lambda asked: "token" in asked.path)


async def deliver(watched: Watched, post_id: str) -> Published:
    """As the desk's sender does: wait as told, look up what is not known, then try again."""
    said: dict[str, Any] = {"text": "We are on it.", "target": watched.world.target(post_id)}
    attempt, connector = f"attempt for {post_id}", watched.connector()
    looking, private = False, watched.world.private
    for _ in range(10):
        try:
            if looking:
                found = await connector.look_up(attempt, private=private, **said)
                if found is not None:
                    return found
                looking = False
            speak = connector.message if private else connector.publish
            return await speak(attempt=attempt, **said)
        except DeliveryUnknown:
            looking = True
        except AuthError:
            watched.world.connect_again()
            connector = watched.connector()
        except TryLater as error:
            later = error.retry_at or watched.clock.now()
            watched.clock.time = max(watched.clock.now(), later)
    raise AssertionError("the reply never went out")
