"""The storing half of ``amends bench store``: a process of its own, told what to do by lines of JSON.

It fills a desk and says ``Filled``. Told for how many seconds, it makes the mentions for them, says
``Ready``, waits for one more line, and stores as fast as it can, with a ``Stored`` at the end. Then
it may be told again; it ends with its input.
"""

import gc
import itertools
import os
import random
import secrets
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from amends.bench.mentions import BEGIN, Crowd
from amends.terms import SystemClock, WatchKind

if TYPE_CHECKING:
    from amends.desk.models import Brand, ChannelRow, Responder
    from amends.listening import Batch

HANDLE: Final = "brindlewing"
AHEAD: Final = 30_000
"""Mentions made beforehand for each second; if they are stored sooner, more are made meanwhile."""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """``stored``: posts that are there before; ``by_time``: ids that grow, else Bluesky's."""

    stored: int
    batch: int
    watches: int
    by_time: bool
    seed: int


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """A way in and some cases' names."""

    email: str
    password: str
    person: int
    refs: Sequence[str]


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """How many mentions were made, and the CPU that took, in seconds."""

    mentions: int
    cpu: float


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """CPU in seconds: of storing in this process, and of the server for it (0.0 where there is
    none, None where it runs elsewhere). ``longest_ms``: of one transaction."""

    mentions: int
    seconds: float
    client_cpu: float
    server_cpu: float | None
    longest_ms: float
    cases: int


class Storing:
    """A desk that is being filled."""

    def __init__(self, task: Task) -> None:
        from amends.desk.workers.sink import DeskSink

        self.task = task
        brand, self.person, self.password = _people()
        channel, watches = _listening(brand, task.watches)
        self.crowd = Crowd(random.Random(task.seed), *watches, by_time=task.by_time)  # noqa: S311
        numbers = itertools.count()
        self.sink = DeskSink(
            channel, threshold=0.5, clock=SystemClock(), new_ref=lambda: f"B{next(numbers)}"
        )
        since = datetime.now(UTC) - timedelta(milliseconds=task.stored)
        self.crowd.begin = max(since, BEGIN)
        self.ready: deque[Batch] = deque()

    def fill(self) -> Filled:
        from amends.desk.models import Case

        while self.crowd.made < self.task.stored:
            self._store(self._batch(min(self.task.batch, self.task.stored - self.crowd.made)))
        return Filled(
            email=self.person.email,
            password=self.password,
            person=self.person.pk,
            refs=list(Case.objects.order_by("-pk").values_list("ref", flat=True)[:200]),
        )

    def make_ready(self, seconds: float) -> Ready:
        """Mentions for so long. They stay as long as the process, and are not looked through by
        the collector: whoever hears has but a batch of them."""
        began, before = time.process_time(), self.crowd.made
        while self.crowd.made < before + AHEAD * seconds:
            self.ready.append(self._batch(self.task.batch))
        gc.collect()
        gc.freeze()
        return Ready(mentions=self.crowd.made - before, cpu=time.process_time() - began)

    def run(self, seconds: float) -> Stored:
        from amends.desk.models import Case

        mentions, server, took = 0, _server_cpu(), []
        began = time.perf_counter()
        while time.perf_counter() < began + seconds:
            batch = self.ready.popleft() if self.ready else self._batch(self.task.batch)
            took.append(self._store(batch))
            mentions += len(batch.mentions)
        wall = time.perf_counter() - began
        after = _server_cpu()
        return Stored(
            mentions=mentions,
            seconds=wall,
            client_cpu=sum(cpu for cpu, _ in took),
            server_cpu=None if server is None or after is None else after - server,
            longest_ms=1000 * max(wall for _, wall in took),
            cases=Case.objects.count(),
        )

    def _batch(self, number: int) -> "Batch":
        from amends.listening import Batch

        mentions = tuple(self.crowd.mentions(number))
        return Batch(source="stream", cursor=str(self.crowd.made), mentions=mentions)

    def _store(self, batch: "Batch") -> tuple[float, float]:
        """Store one batch; the CPU and the time it took, in seconds."""
        cpu, wall = time.process_time(), time.perf_counter()
        self.sink.store(batch)
        return time.process_time() - cpu, time.perf_counter() - wall


def _people() -> "tuple[Brand, Responder, str]":
    from amends.desk.actions import first_administrator, save_brand, set_password

    person = first_administrator(email="bench@localhost.example")
    assert person is not None  # noqa: S101 (the desk is new)
    password = secrets.token_urlsafe(16)
    set_password(person, password=password)
    return save_brand(None, name="Brindlewing"), person, password


def _listening(brand: "Brand", watches: int) -> "tuple[ChannelRow, tuple[list[str], list[str]]]":
    """A channel, and the ids of a watch on the brand and of as many on others."""
    from amends.desk.actions import connect_channel, save_watch
    from amends.desk.models import WatchRow

    channel = connect_channel(
        brand=brand, network="demo", handle=HANDLE, settings={}, secrets={"token": "none"}
    )
    channel.enabled = False  # nobody listens there
    channel.save(update_fields=["enabled"])
    kinds = (WatchKind.COMPETITOR, WatchKind.TOPIC)
    others = [
        WatchRow(brand=brand, kind=kinds[number % 2], name=f"watch {number}", query=f"word{number}")
        for number in range(watches)
    ]
    WatchRow.objects.bulk_create(others)
    ours = save_watch(
        None,
        brand=brand,
        kind=WatchKind.BRAND,
        name="Brindlewing",
        phrases=["brindlewing"],
        handles=[],
        hashtags=[],
    )
    rest = WatchRow.objects.exclude(pk=ours.pk).values_list("pk", flat=True)
    return channel, ([str(ours.pk)], [str(pk) for pk in rest])


def _server_cpu() -> float | None:
    """Seconds of CPU that PostgreSQL took for this connection and behind all of them."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE backend_type <> 'client backend' OR pid = pg_backend_pid()"
        )
        pids = [pid for (pid,) in cursor.fetchall()]
    found = [cpu for cpu in map(_cpu_of, pids) if cpu is not None]
    return sum(found) if found else None


def _cpu_of(pid: int) -> float | None:
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return None


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.config.django_settings")
    import django

    django.setup()

    def say(what: Filled | Ready | Stored) -> None:
        sys.stdout.write(msgspec.json.encode(what).decode() + "\n")
        sys.stdout.flush()

    read: Callable[[], str] = sys.stdin.readline
    storing = Storing(msgspec.json.decode(read(), type=Task))
    say(storing.fill())
    while line := read():
        say(storing.make_ready(float(line)))
        if read():
            say(storing.run(float(line)))


if __name__ == "__main__":
    main()
