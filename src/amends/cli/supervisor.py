"""The supervisor: starts the pages and the worker, starts them again when they die, ends them."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from urllib.error import URLError

import click

from amends.config.settings import Settings
from amends.terms import BadInput

PATIENCE_S = 30.0
GRACE_S = 10.0
LONGEST_PAUSE_S = 30.0


@dataclass(slots=True)
class Child:
    """One half of the desk. ``deaths`` in a row make the pause before the next start longer."""

    name: str
    command: list[str]
    fds: tuple[int, ...]
    process: "subprocess.Popen[bytes] | None" = None
    deaths: int = 0
    born: float = 0.0
    due: float = 0.0

    def start(self, now: float) -> None:
        self.born = now
        # The pipe on its standard input closes when we die, and the child ends with us.
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, pass_fds=self.fds)  # noqa: S603

    def has_died(self, now: float) -> bool:
        if self.process is None or self.process.poll() is None:
            return False
        self.deaths = 1 if now - self.born > 60 else self.deaths + 1
        self.due = now + min(2.0 ** (self.deaths - 1), LONGEST_PAUSE_S)
        click.echo(
            f"The {self.name} process ended ({self.process.returncode}); it is started again.",
            err=True,
        )
        self.process = None
        return True


@dataclass(slots=True)
class Supervisor:
    """Owns the listening socket, so that nobody is turned away while the pages start again."""

    door: socket.socket
    tick: Callable[[float], None] = time.sleep
    children: list[Child] = field(default_factory=list)
    _stopping: bool = False

    def start(self) -> None:
        fd = self.door.fileno()
        this = [sys.executable, "-m", "amends"]
        self.children = [
            Child("web", [*this, "web", "--tied", "--fd", str(fd)], (fd,)),
            Child("worker", [*this, "work", "--tied"], ()),
        ]
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        for child in self.children:
            child.start(time.monotonic())

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def wait_until_ready(self, settings: Settings) -> None:
        """Raise ``BadInput`` where the pages do not answer within half a minute."""
        host, port = self.door.getsockname()[:2]
        name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
        url = f"http://{f'[{name}]' if ':' in name else name}:{port}/healthz"
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and not self._stopping:
            web = self.children[0].process
            if web is not None and web.poll() is not None:
                break
            try:
                with urllib.request.urlopen(url, timeout=2):
                    return
            except (URLError, OSError):
                self.tick(0.05)
        if not self._stopping:
            self.end()
            raise BadInput(
                f"The pages do not answer at {settings.address}; what they said stands above."
            )

    def watch(self) -> int:
        """Until told to stop: start again what dies. Returns the exit status."""
        while not self._stopping:
            now = time.monotonic()
            for child in self.children:
                child.has_died(now)
                if child.process is None and now >= child.due:
                    child.start(now)
            self.tick(0.2)
        self.end()
        return 0

    def end(self) -> None:
        """Ask both to end, and end what does not."""
        living = [c.process for c in self.children if c.process is not None]
        for process in living:
            process.terminate()
        until = time.monotonic() + GRACE_S
        for process in living:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
