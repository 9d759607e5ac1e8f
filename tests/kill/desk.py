"""A desk in a folder and a database of its own, whose workers are forked and killed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Desk:
    """Speaks to a ``zygote``. ``database_url`` empty: a SQLite file in ``home``.

    One zygote serves test after test: whoever made it puts an empty database in place for each.
    """

    def __init__(self, home: Path, database_url: str = "") -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.environment = (
            os.environ
            | {
                "AMENDS_HOME": str(home),
                "AMENDS_DATABASE_URL": database_url,
                "AMENDS_READER_DEPTH": "none",  # as the zygote's reader; how deep it reads is no matter here
                "OPENBLAS_NUM_THREADS": "1",  # a process with threads is not safely forked
            }
        )
        self.log = home / "zygote.log"
        with self.log.open("wb") as sink:
            self._zygote = subprocess.Popen(
                [sys.executable, "-m", "tests.kill.zygote"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
                env=self.environment,
                cwd=ROOT,
            )

    def ask(self, verb: str, *arguments: object) -> Any:
        """What a chore returns; fails with the log's end where it returns nothing."""
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        self._zygote.stdin.write(json.dumps([verb, *arguments]).encode() + b"\n")
        self._zygote.stdin.flush()
        answer = json.loads(self._zygote.stdout.readline() or '{"error": "the zygote died"}')
        failed = isinstance(answer, dict) and "error" in answer
        assert not failed, f"{answer['error']}: {self.log.read_text()[-2000:]}"
        return answer

    @contextmanager
    def worker(self, *, limit: int = 10, times: int = 0) -> Iterator[None]:
        """A worker for the length of the block, killed by SIGKILL at its end.

        With ``times``, the block begins when the worker has asked the network so often.
        """
        pid = self.ask("start", limit, times)
        try:
            yield
        finally:
            signal = self.ask("kill", pid)
        assert signal == 9, f"The worker ended by itself: {self.log.read_text()[-2000:]}"

    def close(self) -> None:
        """The zygote ends when its input does."""
        for pipe in (self._zygote.stdin, self._zygote.stdout):
            if pipe is not None:
                pipe.close()
        self._zygote.wait(30)


def until(what: str, done: Callable[[], bool], *, seconds: float = 60) -> None:
    """Ask five times a second; fails naming what did not come about."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"Not within {seconds:.0f} s: {what}"
        time.sleep(0.2)
