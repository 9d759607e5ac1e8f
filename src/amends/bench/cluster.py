"""A cluster of three brokers on loopback: faults while posts pass, and what each stage costs."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec

from amends.bench.cluster_desk import set_up_desk, stored
from amends.bench.cluster_report import Report
from amends.bench.flood import EVERY, Flood
from amends.bench.nodes import Nodes, wait_until
from amends.bench.stages import Meter
from amends.listening.cluster import BrokerAway, Layout, connect
from amends.terms import BadInput

CHANNEL: Final = "bluesky:brindlewing.example"
AHEAD: Final = 20_000  # posts on their way at most, a fifth of all where those are few
_PATIENCE_S: Final = 120.0  # without progress, faults mended


@dataclass(slots=True, kw_only=True)
class Trial:
    """One run, in ``folder``. ``cut_s``: how long a wire stays cut and a node stays dead."""

    folder: Path
    database: str
    postmaster: int | None
    posts: int
    watches: int
    cut_s: float
    nodes: Nodes
    layout: Layout
    prepare: Callable[[], None]
    meter: Meter = field(default_factory=Meter)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    receiver: subprocess.Popen[bytes] | None = None
    faults: dict[str, float] = field(default_factory=dict)
    flowing: Iterator[bytes] = field(default_factory=lambda: iter(()))
    poured: int = 0
    remnants: int = 0
    ended: float = 0.0

    def run(self) -> Report:
        """Raises ``BadInput`` where it comes to a stop."""
        flood = Flood(self.posts)
        self.flowing = flood.lines()
        self.file.touch()
        self.nodes.start()  # they agree on a leader while the desk is made
        self.prepare()
        set_up_desk(CHANNEL, self.watches)
        self._command("set-up", wait=True)
        self.workers += [self._command("work"), self._command("work")]
        wait_until(self._all_listen, seconds=60, what="Both workers")
        self._look()
        self.meter.start()
        began = time.monotonic()
        self._receive()
        self._hurt()
        unsettled = self._settle()
        seconds = self.ended - began
        self._look()
        for process in [*self.workers, *([self.receiver] if self.receiver else [])]:
            process.terminate()
            if process.wait(30):
                raise BadInput(f"A process failed at its end; see the logs in {self.folder}.")
        return self._report(flood, self.file.stat().st_size, seconds, unsettled)

    def _settle(self) -> str:
        """Wait until nothing is left and each broker holds the same; what stands against it."""
        alike, empty = "The same copy of the frames on each broker", "An empty copy on each broker"
        try:
            self._drain(self.posts, "the end")
            self.ended = time.monotonic()
            wait_until(self._took_in_the_same, seconds=_PATIENCE_S, what=alike)
            with suppress(BadInput):  # those that follow hear of what is done a moment later
                wait_until(lambda: not self._remnants(), seconds=5, what=empty)
            held = self._remnants()
            self.remnants = sum(held.values())
            for name in held:
                self._lead(name)
        except BadInput as error:
            self.ended = self.ended or time.monotonic()
            self._write_state()
            return str(error)
        return ""

    def _remnants(self) -> dict[str, int]:
        """Brokers that hold messages yet, all being done, and how many: one that was away may not have heard
        that they were. Where it leads, workers find that they lie there for long."""
        held = {name: state.get("messages", 0) for name, state in self._copies().items()}
        return {name: messages for name, messages in held.items() if messages}

    def _lead(self, name: str) -> None:
        """Have a broker lead the frames until it holds none: whoever leads steps down until it is its turn."""

        async def step_down() -> None:
            async with connect(self.nodes.addresses, self.layout, name="bench") as broker:
                await broker.ask(f"STREAM.LEADER.STEPDOWN.{self.layout.frames}")

        def leads() -> bool:
            found = self.nodes.stream(self.layout.frames)
            if found is None or found["cluster"]["leader"] == name:
                return found is not None
            with suppress(BrokerAway):
                asyncio.run(step_down())
            return False

        def empty() -> bool:
            return name not in self._remnants()

        wait_until(leads, seconds=60, what=f"{name} as leader")
        wait_until(empty, seconds=_PATIENCE_S, what=f"An empty copy on {name}")

    @property
    def file(self) -> Path:
        """What the receiver follows as it grows."""
        return self.folder / "posts.jsonl"

    def _pour(self) -> None:
        """Write on, no further than ``AHEAD`` before what is done: faults meet a running stream."""
        room = (self._done() or 0) * EVERY + min(AHEAD, self.posts // 5) - self.poured
        if room > 0:
            lines = list(islice(self.flowing, room))
            with self.file.open("ab") as file:
                file.writelines(lines)
            self.poured += len(lines)

    def _hurt(self) -> None:
        """Each fault once, at its part of the way, and each only when the one before is over."""
        for part, name, act in (
            (0.12, "kill -9 of a worker", self._kill_worker),
            (0.3, "kill -9 of the receiver", self._kill_receiver),
            (0.48, "kill -9 of the broker that leads", self._kill_broker),
            (0.7, "a cut between two brokers", self._cut),
        ):
            self._drain(int(self.posts * part), f"before {name}")
            self.faults[name] = self._recover(act, f"after {name}")

    def _recover(self, act: Callable[[], None], what: str) -> float:
        """Do it; the seconds until messages were done that were not done before."""
        before, began = self._done() or 0, time.monotonic()
        act()
        self._until(lambda: (self._done() or 0) > before, what)
        return round(time.monotonic() - began, 1)

    def _kill_worker(self) -> None:
        self.workers.append(self._command("work"))  # one joins
        self._look()
        self.workers.pop(0).kill()

    def _kill_receiver(self) -> None:
        self._look()
        if self.receiver is not None:
            self.receiver.kill()
            self.receiver.wait()
        self._receive()

    def _kill_broker(self) -> None:
        name = self._leader()
        self._look()
        self.nodes.kill(name)
        self._pass(self.cut_s)
        self.nodes.start(name)

    def _cut(self) -> None:
        leader = self._leader()
        other = next(name for name in self.nodes.names if name != leader)
        self.nodes.cut(leader, other)
        self._pass(self.cut_s)
        self.nodes.mend(leader, other)

    def _pass(self, seconds: float) -> None:
        """Let time pass; posts go on coming."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._look()
            self._pour()
            time.sleep(0.1)

    def _receive(self) -> None:
        self.receiver = self._command(
            "receive", str(self.file), "--channel", CHANNEL, "--follow", "--kind", "jetstream"
        )

    def _drain(self, posts: int, what: str) -> None:
        """Wait until so many posts are done; at the end, until nothing is left."""
        wanted = posts // EVERY if posts < self.posts else None
        self._until(lambda: self._is_done(wanted), what)

    def _is_done(self, messages: int | None) -> bool:
        if messages is not None:
            return (self._done() or 0) >= messages
        return self.poured == self.posts and self._left() == 0 and self._received() == self.posts

    def _received(self) -> int | None:
        """Lines that the receiver knows to be stored; None where no broker says."""

        async def ask() -> str:
            async with connect(self.nodes.addresses, self.layout, name="bench") as broker:
                return next(iter((await broker.cursors()).values()), "")

        try:
            _, _, rest = asyncio.run(ask()).partition(":")
        except BrokerAway:
            return None
        return int(rest.partition(":")[0] or 0)

    def _until(self, ready: Callable[[], bool], what: str) -> None:
        """Wait as long as there is progress."""
        last, since = None, time.monotonic()
        while not ready():
            self._look()
            self._pour()
            done = self._done()
            if done != last:
                last, since = done, time.monotonic()
            elif time.monotonic() - since > _PATIENCE_S:
                self._write_state()
                msg = f"Nothing moved for {_PATIENCE_S:.0f} s ({what}); see the logs in {self.folder}."
                raise BadInput(msg)
            time.sleep(0.1)

    def _took_in_the_same(self) -> bool:
        """Whether every broker counts the same messages in, and the one that leads holds none."""
        copies, leader = self._copies(), self._leader()
        counts = [state.get("last_seq") for state in copies.values()]
        whole = len(counts) == len(self.nodes.names) and set(counts) == {self._published()}
        return whole and copies[leader]["messages"] == 0

    def _copies(self) -> dict[str, dict[str, Any]]:
        """What each broker says of its copy of the frames; nothing of one that has none."""
        told = self.nodes.told(self.layout.frames)
        details = {name: one.get("stream_detail") for name, one in told.items()}
        return {name: one[0]["state"] if one else {} for name, one in details.items()}

    def _write_state(self) -> None:
        """Keep beside the logs what each broker says of the frames."""
        said = msgspec.json.format(msgspec.json.encode(self.nodes.told(self.layout.frames)))
        (self.folder / "state.json").write_bytes(said)

    def _done(self) -> int | None:
        """Messages that are done; None where no broker says."""
        published, left = self._published(), self._left()
        return None if published is None or left is None else published - left

    def _left(self) -> int | None:
        """Messages that are not done, as those say who lead the lanes; None where a lane has no leader."""
        consumers = self.nodes.consumers(self.layout.frames)
        if len(consumers) != len(self.layout.lanes):
            return None
        return sum(int(one["num_pending"] + one["num_ack_pending"]) for one in consumers)

    def _published(self) -> int | None:
        info = self.nodes.stream(self.layout.frames)
        return None if info is None else int(info["state"]["last_seq"])

    def _leader(self) -> str:
        info = self.nodes.stream(self.layout.frames)
        return str(info["cluster"]["leader"]) if info else self.nodes.names[0]

    def _all_listen(self) -> bool:
        consumers = self.nodes.consumers(self.layout.frames)
        asking = [one["num_waiting"] for one in consumers]
        return len(asking) == len(self.layout.lanes) and min(asking) >= len(self.workers)

    def _look(self) -> None:
        alive = [worker.pid for worker in self.workers if worker.poll() is None]
        self.meter.look("workers", alive)
        if self.receiver is not None and self.receiver.poll() is None:
            self.meter.look("receiver", [self.receiver.pid])
        self.meter.look("brokers", self.nodes.pids())
        if self.postmaster is not None:
            self.meter.look("PostgreSQL", [self.postmaster], families=True)

    def _command(self, *words: str, wait: bool = False) -> subprocess.Popen[bytes]:
        with (self.folder / f"{words[0]}.log").open("ab") as log:
            made = subprocess.Popen(  # noqa: S603 (our own arguments)
                [sys.executable, "-m", "amends", "cluster", *words],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if wait and made.wait(60):
            raise BadInput(f"amends cluster {words[0]} failed; see the logs in {self.folder}.")
        return made

    def _report(self, flood: Flood, size: int, seconds: float, unsettled: str) -> Report:
        found = stored()
        used, posts = self.meter.used(), self.posts
        expected = flood.kept()
        return Report(
            posts=posts,
            size=size,
            watches=self.watches,
            seconds=round(seconds, 1),
            expected=len(expected),
            stored=len(found.ids),
            lost=len(expected - set(found.ids)),
            twice=found.twice + len(found.ids) - len(set(found.ids)),
            unheard=max(0, flood.created() - found.heard),
            removals_missed=len(flood.removed() - found.removed),
            dead=found.dead,
            messages=self._done() or 0,
            faults=self.faults,
            cpu_s={stage: round(cpu_s, 2) for stage, cpu_s in used.items()},
            us_per_post={stage: round(1e6 * cpu / posts, 2) for stage, cpu in used.items()},
            remnants=self.remnants,
            unsettled=unsettled,
        )


@contextmanager
def trial(
    folder: Path,
    *,
    database: str,
    posts: int,
    watches: int,
    cut_s: float,
    ack_wait: int,
    prepare: Callable[[], None],
) -> Iterator[Trial]:
    """A trial whose servers run for the length of the block.

    ``prepare`` readies Django and the database. ``database`` is the address of an empty PostgreSQL database; empty, a server is started. The
    environment is set for the desk in ``folder`` and for the processes that are started.
    """
    with ExitStack() as stack:
        postmaster = None
        if not database:
            from amends.bench.database import own_postgres

            database, postmaster = stack.enter_context(own_postgres(folder / "postgres"))
        (folder / "nodes").mkdir()
        nodes = Nodes(folder / "nodes")
        stack.callback(nodes.close)
        os.environ["AMENDS_HOME"] = str(folder / "home")
        os.environ["AMENDS_DATABASE_URL"] = database
        os.environ["AMENDS_NATS"] = ",".join(nodes.addresses)
        os.environ["AMENDS_NATS_ACK_WAIT"] = str(ack_wait)
        made = Trial(
            folder=folder,
            database=database,
            postmaster=postmaster,
            posts=posts,
            watches=watches,
            cut_s=cut_s,
            nodes=nodes,
            layout=Layout(ack_wait_s=ack_wait),
            prepare=prepare,
        )
        stack.callback(_end, made)
        yield made


def _end(trial: Trial) -> None:
    for process in [*trial.workers, *([trial.receiver] if trial.receiver else [])]:
        process.kill()
        process.wait()
