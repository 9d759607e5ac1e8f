"""``amends bench store``: mentions stored at full speed while somebody works with the pages."""

import itertools
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import httpx
import msgspec

from amends.bench.database import SETTINGS, own_postgres
from amends.bench.figures import percentile
from amends.bench.nodes import free_ports, wait_until
from amends.bench.storing import Filled, Stored, Task
from amends.outbound.transports import trust
from amends.terms import BadInput

PAUSE_S: Final = 0.02  # between two requests: some thirty a second
_TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(slots=True)
class Waits:
    """How long pages took, in milliseconds, by page."""

    ms: dict[str, list[float]] = field(default_factory=dict)

    def note(self, page: str, seconds: float) -> None:
        self.ms.setdefault(page, []).append(1000 * seconds)

    def all(self) -> list[float]:
        return [one for page in self.ms.values() for one in page]


@dataclass(frozen=True, slots=True)
class Report:
    """``alone``: the pages while nothing is stored; ``meanwhile``: while mentions are."""

    database: str
    task: Task
    stored: Stored
    alone: Waits
    meanwhile: Waits


def run(
    database: str,
    task: Task,
    *,
    seconds: float,
    folder: Path,
    url: str = "",
    settings: Mapping[str, str] = SETTINGS,
) -> Report:
    """Fill a desk in ``folder``, ask its pages, then ask them while mentions are stored.

    ``database`` is ``sqlite`` or ``postgres``; ``url`` an empty PostgreSQL database, else a server
    is started, with those ``settings``. Raises ``BadInput`` where something does not start.
    """
    with ExitStack() as stack:
        if database == "postgres" and not url:
            url, _ = stack.enter_context(own_postgres(folder / "postgres", settings))
        (port,) = free_ports(1)
        home = folder / "home"
        ours = {"AMENDS_HOME": str(home), "AMENDS_PORT": str(port), "AMENDS_DATABASE_URL": url}
        env = {k: v for k, v in os.environ.items() if not k.startswith("AMENDS_")} | ours
        _amends("migrate", env=env)
        storing = stack.enter_context(_storing(env, task))
        filled = msgspec.json.decode(_answer(storing), type=Filled)
        stack.enter_context(_pages(env, port))
        desk = stack.enter_context(_Desk.signed_in(port, filled))
        alone = desk.work(until=time.monotonic() + seconds)
        _ask(storing, str(seconds))
        _answer(storing)  # the mentions are made
        _ask(storing, "go")
        meanwhile = desk.work(until=time.monotonic() + seconds)
        stored = msgspec.json.decode(_answer(storing), type=Stored)
    return Report(database, task, stored, alone, meanwhile)


@dataclass(slots=True)
class _Desk:
    """Somebody at work: looks at pages, takes cases and writes drafts."""

    client: httpx.Client
    filled: Filled
    token: str

    @classmethod
    @contextmanager
    def signed_in(cls, port: int, filled: Filled) -> "Iterator[_Desk]":
        address = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=address, trust_env=False, timeout=60, verify=trust()) as client:
            client.headers["origin"] = address
            sent = {"email": filled.email, "password": filled.password}
            token = _token(client.get("/sign-in/"))
            _check(client.post("/sign-in/", data={**sent, "csrfmiddlewaretoken": token}))
            inbox = client.get("/inbox/")
            _check(inbox)
            yield cls(client, filled, _token(inbox))

    def work(self, *, until: float) -> Waits:
        """Page after page; each round is for another case."""
        waits, refs = Waits(), itertools.cycle(self.filled.refs)
        while time.monotonic() < until:
            ref, me = next(refs), str(self.filled.person)
            self._get(waits, "inbox", "/inbox/")
            self._post(waits, "claim", f"/cases/{ref}/assign/", to=me)
            self._get(waits, "case", f"/cases/{ref}/")
            self._post(waits, "draft", f"/cases/{ref}/draft/", mode="public", text=f"Dear {ref}")
            self._get(waits, "heard", "/heard/")
            self._get(waits, "heard: competitors", "/heard/?kind=competitor")
            self._get(waits, "set-up", "/set-up/")
            self._get(waits, "watches", "/set-up/watches/")
        return waits

    def _get(self, waits: Waits, page: str, url: str) -> None:
        began = time.perf_counter()
        answer = self.client.get(url)
        waits.note(page, time.perf_counter() - began)
        _check(answer)
        time.sleep(PAUSE_S)

    def _post(self, waits: Waits, page: str, url: str, **fields: str) -> None:
        began = time.perf_counter()
        answer = self.client.post(url, data={**fields, "csrfmiddlewaretoken": self.token})
        waits.note(page, time.perf_counter() - began)
        _check(answer)
        time.sleep(PAUSE_S)


def _token(answer: httpx.Response) -> str:
    found = _TOKEN.search(answer.text)
    if found is None:
        raise BadInput(
            f"The page {answer.url.path} holds no form; it answered {answer.status_code}."
        )
    return found[1]


def _check(answer: httpx.Response) -> None:
    if answer.status_code >= 400:
        raise BadInput(f"The page {answer.url.path} answered {answer.status_code}.")


def _amends(*words: str, env: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 (our own arguments)
        [sys.executable, "-m", "amends", *words],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BadInput(f"amends {words[0]} failed: {done.stderr.strip()[-500:]}")


@contextmanager
def _pages(env: dict[str, str], port: int) -> Iterator[None]:
    """The web half of ``amends run``."""
    pages = subprocess.Popen([sys.executable, "-m", "amends", "web"], env=env)
    try:
        wait_until(lambda: _serves(port), seconds=30, what="The desk's pages")
        yield
    finally:
        pages.terminate()
        pages.wait(20)


def _serves(port: int) -> bool:
    try:
        answer = httpx.get(
            f"http://127.0.0.1:{port}/healthz", trust_env=False, timeout=1, verify=trust()
        )
    except httpx.TransportError:
        return False
    return answer.is_success


@contextmanager
def _storing(env: dict[str, str], task: Task) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "amends.bench.storing"],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _ask(process, msgspec.json.encode(task).decode())
        yield process
    finally:
        for pipe in (process.stdin, process.stdout):
            _given(pipe).close()
        process.wait(60)


def _ask(process: "subprocess.Popen[str]", line: str) -> None:
    pipe = _given(process.stdin)
    pipe.write(line + "\n")
    pipe.flush()


def _answer(process: "subprocess.Popen[str]") -> str:
    line = _given(process.stdout).readline()
    if not line:
        raise BadInput("The process that stores ended early; its error stands above.")
    return line


def _given(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None  # noqa: S101 (asked for above)
    return pipe


def lines_of(report: Report) -> list[str]:
    """What the command prints."""
    stored, task = report.stored, report.task
    each = 1e6 / stored.mentions
    client, server = stored.client_cpu * each, (stored.server_cpu or 0.0) * each
    told = "not known" if stored.server_cpu is None else f"{server:.1f} µs"
    speed, ids = stored.mentions / stored.seconds, "by time" if task.by_time else "by chance"
    head = (
        f"{report.database}: {task.stored:,} mentions stored before, {task.watches:,} watches,",
        f"batches of {task.batch:,}, ids {ids}",
        f"stored {stored.mentions:,} in {stored.seconds:.1f} s: {speed:,.0f} a second;",
        f"longest transaction {stored.longest_ms:.0f} ms; cases {stored.cases:,}",
        f"CPU per mention: client {client:.1f} µs, server {told};",
        f"{1e6 / (client + server):,.0f} a second of one core",
    )
    lines = [" ".join(head[at : at + 2]) for at in range(0, len(head), 2)]
    lines.append(f"{'page, ms':20} {'alone p50':>10} {'p99':>8} {'meanwhile p50':>14} {'p99':>8}")
    pages = [(page, report.alone.ms[page], waits) for page, waits in report.meanwhile.ms.items()]
    for page, alone, meanwhile in [*pages, ("all", report.alone.all(), report.meanwhile.all())]:
        numbers = [percentile(one, part) for one in (alone, meanwhile) for part in (0.5, 0.99)]
        lines.append("{:20} {:10.1f} {:8.1f} {:14.1f} {:8.1f}".format(page, *numbers))
    return lines
