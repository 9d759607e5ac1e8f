"""Tests in several processes, ``--processes 2``: collected once, then forked.

What is imported and collected before the fork is there in each process, for nothing. The tests of one
file on one database are a packet; a process that has none left takes the next from a pipe that all of
them read. What becomes of each test is told through a pipe of its own, in lines of JSON. A process that
dies fails the test that it ran, and those of its packet that it did not come to.
"""

import contextlib
import gc
import itertools
import json
import os
import selectors
import signal
import struct
import time
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Literal

import pytest

PHASES: tuple[Literal["setup", "call", "teardown"], ...] = ("setup", "call", "teardown")
_NUMBER = struct.Struct("H")  # of a packet; a pipe takes 64 kB before somebody reads
PATIENCE_S = 30.0  # for what an interrupted test still tidies up

Packet = list[pytest.Item]


class Hooks:
    def pytest_forked(self, number: int) -> None:
        """A process was forked and runs tests from here on; called in it, with its number."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    help_ = "Run the tests in so many processes; 0: in this one."
    parser.addoption("--processes", type=int, default=0, metavar="N", help=help_)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    options = session.config.option
    packets = packed(session.items)
    count = min(options.processes, len(packets))
    if count < 1 or session.testsfailed or options.collectonly or options.usepdb:
        return None
    Parent(session, packets).run(count)
    return True


def packed(items: Sequence[pytest.Item]) -> list[Packet]:
    """The tests of one file on one database, which share what fixtures make, stay together.

    What is chosen for fixtures, as the database, has a name that begins with an underscore.
    """

    def place(item: pytest.Item) -> tuple[str, str]:
        spec = getattr(item, "callspec", None)
        params = spec.params.items() if spec else ()
        return str(item.path), repr([value for name, value in params if name[0] == "_"])

    return [list(group) for _, group in itertools.groupby(items, key=place)]


@dataclass(slots=True)
class Process:
    """One that was forked: what it took and has not told of yet, and where it tells."""

    number: int
    pid: int
    pipe: int
    left: deque[pytest.Item] = field(default_factory=deque)
    told: bytes = b""
    trouble: str | None = None  # how it ended: None if it never said so


class Parent:
    """Forks, and reports what it is told as if the tests had run here."""

    def __init__(self, session: pytest.Session, packets: list[Packet]) -> None:
        self._session, self._packets = session, packets
        self._report = session.config.hook.pytest_runtest_logreport
        self._deck, top = os.pipe()
        os.write(top, b"".join(map(_NUMBER.pack, range(len(packets)))))
        os.close(top)

    def run(self, count: int) -> None:
        for item in self._session.items:
            item.location  # noqa: B018 (asked by whoever runs it and again here, worked out once)
        gc.freeze()  # a process would copy what its collector touches
        self._session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined] # shared
        alive: list[Process] = []
        try:
            alive += (self._fork(number) for number in range(count))
            self._listen(alive)
            for packet in self._taken_by_nobody():
                self._fail(packet, "Not run: every process had ended.")
        finally:
            _end(alive)
            os.close(self._deck)

    def _fork(self, number: int) -> Process:
        read, write = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(read)
            child_main(self._session, self._packets, self._deck, write, number)
        os.close(write)
        return Process(number, pid, read)

    def _listen(self, alive: list[Process]) -> None:
        with selectors.DefaultSelector() as selector:
            for process in alive:
                selector.register(process.pipe, selectors.EVENT_READ, process)
            while selector.get_map():
                for key, _ in selector.select():
                    process = key.data
                    if not self._hear(process):
                        selector.unregister(process.pipe)
                        alive.remove(process)
                        self._part_with(process)
                    self._stop_if_told()

    def _hear(self, process: Process) -> bool:
        """Whether there is more to come."""
        heard = os.read(process.pipe, 1 << 16)
        *lines, process.told = (process.told + heard).split(b"\n")
        for line in lines:
            verb, *more = json.loads(line)
            getattr(self, f"_{verb}")(process, *more)
        return bool(heard)

    def _takes(self, process: Process, number: int) -> None:
        process.left.extend(self._packets[number])

    def _passed(self, process: Process, start: float, seconds: list[float]) -> None:
        """The three reports of most tests, which need no words."""
        item = process.left.popleft()
        self._log_start(item)
        for when, lasted in zip(PHASES, seconds, strict=True):
            self._report(report=_report(item, when, "passed", None, start, lasted))
            start += lasted
        self._log_finish(item)

    def _told(self, process: Process, reports: list[dict[str, Any]]) -> None:
        item, hook = process.left.popleft(), self._session.config.hook
        self._log_start(item)
        for data in reports:
            report = hook.pytest_report_from_serializable(config=self._session.config, data=data)
            if isinstance(report.longrepr, list):  # of a skip: where and why, a tuple before JSON
                report.longrepr = tuple(report.longrepr)
            self._report(report=report)
        self._log_finish(item)

    def _ends(self, process: Process, trouble: str) -> None:
        process.trouble = trouble

    def _log_start(self, item: pytest.Item) -> None:
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)

    def _log_finish(self, item: pytest.Item) -> None:
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)

    def _part_with(self, process: Process) -> None:
        os.close(process.pipe)
        status = os.waitstatus_to_exitcode(os.waitpid(process.pid, 0)[1])
        if process.trouble is None:
            how = signal.Signals(-status).name if status < 0 else f"exit status {status}"
            first, *rest = process.left or self._session.items[-1:]
            self._fail([first], f"Process {process.number}, which ran it, ended by {how}.")
            self._fail(rest, f"Not run: process {process.number} ended by {how} before.")
        elif process.trouble:
            self._fail(self._session.items[-1:], process.trouble)

    def _fail(self, items: Sequence[pytest.Item], why: str) -> None:
        for item in items:
            self._report(report=_report(item, "teardown", "failed", why, time.time(), 0))

    def _taken_by_nobody(self) -> Iterator[Packet]:
        yield from _packets_of(self._packets, self._deck)

    def _stop_if_told(self) -> None:
        if self._session.shouldfail:
            raise self._session.Failed(self._session.shouldfail)
        if self._session.shouldstop:
            raise self._session.Interrupted(self._session.shouldstop)


def _report(
    item: pytest.Item,
    when: Literal["setup", "call", "teardown"],
    outcome: Literal["passed", "failed"],
    why: str | None,
    start: float,
    lasted: float,
) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid=item.nodeid,
        location=item.location,
        keywords={},
        outcome=outcome,
        longrepr=why,
        when=when,
        duration=lasted,
        start=start,
        stop=start + lasted,
    )


def _packets_of(packets: list[Packet], deck: int) -> Iterator[Packet]:
    while number := os.read(deck, _NUMBER.size):
        yield packets[_NUMBER.unpack(number)[0]]


def _end(processes: Sequence[Process]) -> None:
    """They are interrupted, tidy up and end; or they are killed."""
    for process in processes:
        os.close(process.pipe)
        os.kill(process.pid, signal.SIGINT)
    latest = time.monotonic() + PATIENCE_S
    for process in processes:
        while not os.waitpid(process.pid, os.WNOHANG)[0]:
            if time.monotonic() > latest:
                os.kill(process.pid, signal.SIGKILL)
            time.sleep(0.02)


class Child:
    """Runs packets in a process of its own, and tells what becomes of each test."""

    def __init__(self, session: pytest.Session, pipe: IO[str]) -> None:
        self._session, self._pipe = session, pipe
        self._reports: list[pytest.TestReport] = []

    def run(self, packets: list[Packet], deck: int) -> None:
        """Each item with the one after it, as what both of them need stays."""
        items = self._items(packets, deck)
        item = next(items, None)
        while item and not (self._session.shouldfail or self._session.shouldstop):
            following = next(items, None)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            self._tell_of_test()
            item = following

    def tell(self, *message: object) -> None:
        self._pipe.write(json.dumps(message, default=str) + "\n")
        self._pipe.flush()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._reports.append(report)

    def _items(self, packets: list[Packet], deck: int) -> Iterator[pytest.Item]:
        while number := os.read(deck, _NUMBER.size):
            (place,) = _NUMBER.unpack(number)
            self.tell("takes", place)
            yield from packets[place]

    def _tell_of_test(self) -> None:
        reports, self._reports = self._reports, []
        plain = [r for r in reports if r.passed and not r.sections and not r.user_properties]
        if [report.when for report in plain] == list(PHASES):
            self.tell("passed", reports[0].start, [report.duration for report in reports])
            return
        config = self._session.config
        to_json = config.hook.pytest_report_to_serializable
        self.tell("told", [to_json(config=config, report=report) for report in reports])


def child_main(
    session: pytest.Session, packets: list[Packet], deck: int, pipe: int, number: int
) -> None:
    """Never returns: what the parent has still to do is not done twice."""
    try:
        with open(pipe, "w", encoding="utf-8") as told:
            child = Child(session, told)
            child.tell("ends", _trouble(session, child, packets, deck, number))
    finally:
        os._exit(0)


def _trouble(
    session: pytest.Session, child: Child, packets: list[Packet], deck: int, number: int
) -> str:
    """What went wrong outside of the tests; empty: nothing."""
    config = session.config
    try:
        config.pluginmanager.unregister(name="terminalreporter")
        config.pluginmanager.register(child)
        if capture := config.pluginmanager.getplugin("capturemanager"):
            capture.stop_global_capturing()  # the files of the parent are no place for us
            capture.start_global_capturing()
            capture.suspend_global_capture()
        config.hook.pytest_forked(number=number)
        child.run(packets, deck)
        config.hook.pytest_unconfigure(config=config)
    except BaseException:  # noqa: BLE001 (whatever it is, the parent tells it)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with contextlib.suppress(Exception):
            session._setupstate.teardown_exact(None)
        return traceback.format_exc()
    return ""
