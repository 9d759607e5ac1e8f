"""The worker process: listeners, sender and alarms on one event loop."""

import asyncio
import logging
import random
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from amends.desk.actions.delivery import HOLD
from amends.desk.workers.alarms import ring
from amends.desk.workers.database import DatabaseThread
from amends.desk.workers.deepen import Deepener
from amends.desk.workers.evidence import gather_evidence
from amends.desk.workers.listen import Listeners
from amends.desk.workers.ranking import RankSeeker
from amends.desk.workers.send import SETTLING, Sender
from amends.desk.workers.take_down import Remover
from amends.listening.gathering import Sleep
from amends.outbound import Outbound
from amends.terms import Clock
from amends.understanding import Reader

log = logging.getLogger(__name__)

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that are mistaken for another


def new_ref() -> str:
    """A case's name: seven letters and digits that are hard to mishear or guess."""
    return "".join(secrets.choice(_LETTERS) for _ in range(7))


@dataclass(slots=True, kw_only=True)
class Worker:
    """What the worker stands on. ``tick_s``: how often the outbox is looked at, in seconds."""

    reader: Reader
    outbound: Outbound
    clock: Clock
    sleep: Sleep = asyncio.sleep
    rng: random.Random = field(default_factory=random.SystemRandom)
    tick_s: float = 0.25
    tend_s: float = 1.0
    hold: timedelta = HOLD
    settling: timedelta = SETTLING
    limit: int = 100


async def work(worker: Worker, stop: asyncio.Event) -> None:
    """Listen, send and ring until ``stop`` is set; a database that is gone for a while is waited for."""
    database = DatabaseThread()
    listeners = Listeners(
        reader=worker.reader,
        outbound=worker.outbound,
        clock=worker.clock,
        rng=worker.rng,
        sleep=worker.sleep,
        database=database,
        new_ref=new_ref,
        limit=worker.limit,
    )
    sender = Sender(
        listeners=listeners,
        clock=worker.clock,
        database=database,
        holder=secrets.token_hex(8),
        hold=worker.hold,
        settling=worker.settling,
    )
    remover = Remover(listeners, worker.clock, database)
    seeker = RankSeeker(worker.outbound, worker.clock, database)
    deepener = Deepener(
        reader=worker.reader, clock=worker.clock, database=database, new_ref=new_ref
    )
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_every(worker.tend_s, listeners.tend, stop))
            group.create_task(_every(worker.tick_s, sender.tick, stop))
            group.create_task(_every(worker.tend_s, remover.tick, stop))
            group.create_task(_every(worker.tend_s, seeker.tick, stop))
            group.create_task(_every(worker.tend_s, deepener.tick, stop))
            group.create_task(_every(worker.tend_s, lambda: ring(database, worker.clock), stop))
            gather = partial(gather_evidence, listeners, database, worker.clock)
            group.create_task(_every(worker.tend_s, gather, stop))
    finally:
        await sender.close()
        await listeners.close()
        await worker.outbound.aclose()
        database.close()


async def _every(seconds: float, act: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await act()
        except Exception:
            log.exception("The worker stumbled; it goes on")
        try:
            await asyncio.wait_for(stop.wait(), timeout=seconds)
        except TimeoutError:
            continue
