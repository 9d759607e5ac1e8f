"""A process that forks others: all that is slow to load is loaded once, before the first fork.

Started as ``python -m tests.kill.zygote``. Each line of standard input is a JSON list, a verb and its
arguments; each answer is a line of JSON. ``use`` names the database of what follows. ``start`` forks
a worker and answers with its process id, at once or when it has asked the network so many times;
``run`` forks a command of ``amends``; ``kill`` ends either by SIGKILL and answers with the signal it
died of; ``migrate`` makes the tables, in a fork; ``rehearse`` goes here once through what forks do
later; every other verb is a function of ``tests.kill.chores``, called here, as a fork only to ask
something costs more than the asking. Its connection stays for the next, until something is forked or
``leave`` is said. No connection is open, no event loop runs and no thread lives in
this process when it forks, so a fork shares nothing with the next.
"""

import asyncio
import gc
import importlib
import json
import logging
import os
import random
import select
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 (Django must be set up first)
from django.db import connections  # noqa: E402

from amends.cli import main as amends  # noqa: E402
from amends.config import django_settings  # noqa: E402
from amends.connectors.demo import server  # noqa: E402, F401 (what ``run`` forks)
from amends.connectors.registry import connector_class, traits_of  # noqa: E402
from amends.desk.queries.recent import forget_recent  # noqa: E402
from amends.desk.workers import Worker, work  # noqa: E402
from amends.guard import CaseFacts, check  # noqa: E402
from amends.outbound import Outbound, Response  # noqa: E402
from amends.outbound.transports import trust  # noqa: E402
from amends.terms import SystemClock  # noqa: E402
from amends.text.language import language_detector  # noqa: E402
from amends.understanding import Reader, load_reader  # noqa: E402
from amends.understanding.abuse import abusive  # noqa: E402
from amends.understanding.readings import Understanding  # noqa: E402
from amends.understanding.targets import Watched  # noqa: E402
from tests.kill import chores  # noqa: E402
from tests.support import databases  # noqa: E402
from tests.support.pages import gather_pages  # noqa: E402

HOLD = timedelta(seconds=1)
SETTLING = timedelta(seconds=1)
PATIENCE_S = 4.0


class Telling(Outbound):
    """Writes a byte to a pipe when the network is asked the ``times``-th time; with ``writing``,
    when it is asked to take something so often."""

    def __init__(self, times: int, pipe: int, *, writing: bool) -> None:
        super().__init__(allow=django_settings.AMENDS.allow_hosts)
        self._left, self._pipe, self._writing = times, pipe, writing

    async def request(self, method: str, url: str, **more: Any) -> Response:
        if method == "POST" or not self._writing:
            self._left -= 1
            if self._left == 0:
                os.write(self._pipe, b".")
        return await super().request(method, url, **more)


def worker(reader: Reader, limit: int, outbound: Outbound, *, tend_s: float) -> Worker:
    """One with small pages and claims that soon run out."""
    return Worker(
        reader=reader,
        outbound=outbound,
        clock=SystemClock(),
        rng=random.Random(1),
        tick_s=0.05,
        tend_s=tend_s,
        hold=HOLD,
        settling=SETTLING,
        limit=limit,
    )


def fork(act: Callable[[], None], *, said: str = os.devnull) -> int:
    """Run ``act`` in a child that never comes back here, what it prints going to a file; its
    process id."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 1)
        if said != os.devnull:
            os.dup2(1, 2)
        act()
        status = 0
    except Exception:  # noqa: BLE001 (whatever it is, the test reads it in the log)
        traceback.print_exc()
    finally:
        os._exit(status)


def start(reader: Reader, limit: int, times: int, writing: bool, tend_s: float) -> int:
    """A worker's process id; without ``times`` at once, else when it has asked, or after
    ``PATIENCE_S``."""
    read, write = os.pipe()

    def listen_and_send() -> None:
        outbound = Telling(times, write, writing=writing)
        asyncio.run(work(worker(reader, limit, outbound, tend_s=tend_s), asyncio.Event()))

    pid = fork(listen_and_send)
    os.close(write)
    if times:
        select.select([read], [], [], PATIENCE_S)
    os.close(read)
    return pid


def run(log: str, words: list[str]) -> int:
    """The process id of a command, which says what it says in the file ``log``."""

    def act() -> None:
        sys.argv = ["amends", *words]
        amends()

    return fork(act, said=log)


def call(verb: str, arguments: list[Any]) -> Any:
    """What a chore returns; nothing of what it read is remembered here."""
    forget_recent()
    try:
        return getattr(chores, verb)(*arguments)
    except Exception as error:  # noqa: BLE001 (whatever it is, the test fails with it)
        traceback.print_exc()
        return {"error": f"{verb} failed, {error!r}"}


def leave() -> None:
    """Let go of the database, and of what is remembered of it, as the next has other rows."""
    connections.close_all()
    if pooled := getattr(connections["default"], "close_pool", None):
        pooled()  # its threads would not be in a fork
    forget_recent()


def kill(pid: int) -> int:
    """Returns the signal a process died of; 0 where it had ended by itself."""
    os.kill(pid, signal.SIGKILL)
    return os.WTERMSIG(os.waitpid(pid, 0)[1])


def migrate() -> int:
    """In a fork, as it leaves much behind; its exit status."""
    return os.waitpid(fork(chores.migrate), 0)[1]


def use(database_url: str) -> str:
    """All that is forked from now on works on this database, of which kind is returned; empty: on
    the SQLite file."""
    os.environ["AMENDS_DATABASE_URL"] = database_url
    importlib.reload(django_settings)
    settings.AMENDS = django_settings.AMENDS
    databases.use(django_settings.DATABASES)
    return connections["default"].vendor


def rehearse(reader: Reader, url: str, token: str, customers: int) -> None:
    """Hear what so many customers of ``keyed`` said, and answer: what is loaded late is loaded now."""
    chores.set_up(url, token, {"keyed": {}})
    chores.automate()
    connections.close_all()

    def closing(chore: Callable[..., Any], *given: Any) -> Any:
        try:
            return chore(*given)
        finally:
            connections.close_all()

    async def until(chore: Callable[[], int], wanted: int) -> None:
        async with asyncio.timeout(30):
            while await asyncio.to_thread(closing, chore) != wanted:  # noqa: ASYNC110 (nobody tells)
                await asyncio.sleep(0.05)

    async def once() -> None:
        stop = asyncio.Event()
        outbound = Outbound(allow=django_settings.AMENDS.allow_hosts)
        async with asyncio.TaskGroup() as group:
            group.create_task(work(worker(reader, 50, outbound, tend_s=0.1), stop))
            await until(chores.heard, customers)
            await asyncio.to_thread(closing, chores.queue, customers)
            await until(chores.unsettled, 0)
            stop.set()

    asyncio.run(once())
    for chore in (chores.posts, chores.cases, chores.replies, chores.ruled, chores.not_known):
        closing(chore)
    leave()
    gc.collect()  # what lies about is frozen before the next fork, and a connection in it stays open
    gather_pages()


def load() -> Reader:
    """What a worker's first second would be spent with; returns the reader."""
    connector_class("demo")
    reader = load_reader(depth="none")
    said = "@brindlewing you lost my bag and nobody answers, terrible service. 7"
    Understanding(reader).read([said], ["en"], Watched({"1": ("brindlewing",)}))
    abusive([said], ["en"])
    language_detector()("You lost my bag, this is awful")
    check(
        "I am sorry. ^MK", CaseFacts(mode="public", post="You lost my bag"), [], traits_of("demo")
    )
    trust()
    for late in ("anyio._backends._asyncio", "django.db.models.sql.compiler", "psycopg_pool"):
        importlib.import_module(late)
    return reader


def main() -> None:
    reader = load()
    own: dict[str, Callable[..., Any]] = {
        "start": lambda *given: start(reader, *given),
        "run": run,
        "kill": kill,
        "migrate": migrate,
        "use": use,
        "rehearse": lambda *given: rehearse(reader, *given),
        "leave": leave,
    }
    for line in sys.stdin:
        verb, *arguments = json.loads(line)
        if verb in own and verb != "kill":
            leave()
        if verb in ("start", "run"):
            gc.freeze()  # a fork would copy what the collector touches
            assert threading.active_count() == 1, "a process with threads is not safely forked"
        answer = own[verb](*arguments) if verb in own else call(verb, arguments)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    logging.captureWarnings(True)
    main()
