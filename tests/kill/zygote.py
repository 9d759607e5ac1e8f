"""A process that forks workers: all that is slow to load is loaded once, before the first fork.

Started as ``python -m tests.kill.zygote``. Each line of standard input is a JSON list, a verb and its
arguments; each answer is a line of JSON. ``start`` forks a worker and answers with its process id,
at once or when it has asked the network so many times; ``kill`` ends it by SIGKILL and answers with the signal it died of; every other verb is
a function of ``tests.kill.chores``, called in a fork of its own. No connection is open and no event
loop runs in this process, so a fork shares nothing with the next.
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
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

django.setup()

from amends.config.django_settings import AMENDS  # noqa: E402 (Django must be set up first)
from amends.connectors.registry import connector_class, traits_of  # noqa: E402
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

HOLD = timedelta(seconds=1)
SETTLING = timedelta(seconds=1)
PATIENCE_S = 10.0


class Telling(Outbound):
    """Writes a byte to a pipe when the network is asked the ``times``-th time."""

    def __init__(self, times: int, pipe: int) -> None:
        super().__init__(allow=AMENDS.allow_hosts)
        self._left, self._pipe = times, pipe

    async def request(self, method: str, url: str, **more: Any) -> Response:
        self._left -= 1
        if self._left == 0:
            os.write(self._pipe, b".")
        return await super().request(method, url, **more)


def listen_and_send(reader: Reader, limit: int, outbound: Outbound) -> None:
    """Work until killed, in small pages and with claims that soon run out."""
    worker = Worker(
        reader=reader,
        outbound=outbound,
        clock=SystemClock(),
        rng=random.Random(1),
        tick_s=0.05,
        tend_s=0.1,
        hold=HOLD,
        settling=SETTLING,
        limit=limit,
    )
    asyncio.run(work(worker, asyncio.Event()))


def fork(act: Callable[[], None]) -> int:
    """Run ``act`` in a child that never comes back here; its process id."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        act()
        status = 0
    except Exception:  # noqa: BLE001 (whatever it is, the test reads it in the log)
        traceback.print_exc()
    finally:
        os._exit(status)


def start(reader: Reader, limit: int, times: int) -> int:
    """A worker's process id; without ``times`` at once, else when it has asked, or after ``PATIENCE_S``."""
    read, write = os.pipe()
    pid = fork(lambda: listen_and_send(reader, limit, Telling(times, write)))
    os.close(write)
    if times:
        select.select([read], [], [], PATIENCE_S)
    os.close(read)
    return pid


def call(verb: str, arguments: list[Any]) -> Any:
    """What a chore returns, brought through a pipe."""
    read, write = os.pipe()

    def act() -> None:
        os.close(read)
        result = getattr(chores, verb)(*arguments)
        with os.fdopen(write, "w", encoding="utf-8") as pipe:
            json.dump(result, pipe)

    pid = fork(act)
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as pipe:
        said = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(said) if said else {"error": f"{verb} failed, see the log"}


def kill(pid: int) -> int:
    """Returns the signal a worker died of; 0 where it had ended by itself."""
    os.kill(pid, signal.SIGKILL)
    return os.WTERMSIG(os.waitpid(pid, 0)[1])


def main() -> None:
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
    for late in ("anyio._backends._asyncio", "django.db.models.sql.compiler"):
        importlib.import_module(late)  # what a worker's first second would be spent with
    gc.freeze()  # a fork would copy what the collector touches
    for line in sys.stdin:
        verb, *arguments = json.loads(line)
        if verb == "start":
            answer = start(reader, *arguments)
        else:
            answer = kill(*arguments) if verb == "kill" else call(verb, arguments)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    logging.captureWarnings(True)
    main()
