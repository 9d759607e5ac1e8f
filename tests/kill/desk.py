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


class Zygote:
    """Speaks to a ``zygote``, which has a desk in ``home``."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home, self.log = home, home / "zygote.log"
        self.environment = (
            os.environ
            | {
                "AMENDS_HOME": str(home),
                "AMENDS_DATABASE_URL": "",
                "AMENDS_READER_DEPTH": "none",  # as the zygote's reader; how deep it reads is no matter here
                "OPENBLAS_NUM_THREADS": "1",  # a process with threads is not safely forked
            }
        )
        self._database_url = ""
        with self.log.open("wb") as sink:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.kill.zygote"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
                env=self.environment,
                cwd=ROOT,
            )

    def ask(self, verb: str, *arguments: object) -> Any:
        """What a verb or a chore returns; fails with the log's end where it returns nothing."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([verb, *arguments]).encode() + b"\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "the zygote died"}')
        failed = isinstance(answer, dict) and "error" in answer
        assert not failed, f"{answer['error']}: {self.log.read_text()[-2000:]}"
        return answer

    def use(self, database_url: str) -> None:
        """What is forked from now on works on this database; empty: on the SQLite file in ``home``."""
        if database_url != self._database_url:
            assert self.ask("use", database_url) == ("postgresql" if database_url else "sqlite")
            self._database_url = database_url

    def close(self) -> None:
        """The zygote ends when its input does."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait(30)


class Desk:
    """A desk on a database. ``database_url`` empty: a SQLite file.

    One zygote serves test after test: whoever made it puts an empty database in place for each.
    """

    def __init__(self, zygote: Zygote, database_url: str = "") -> None:
        self._zygote, self._database_url = zygote, database_url
        self.environment = zygote.environment | {"AMENDS_DATABASE_URL": database_url}

    def ask(self, verb: str, *arguments: object) -> Any:
        """What a verb or a chore returns on this desk's database."""
        self._zygote.use(self._database_url)
        return self._zygote.ask(verb, *arguments)

    @contextmanager
    def worker(
        self, *, limit: int = 10, times: int = 0, writing: bool = False, tend_s: float = 0.5
    ) -> Iterator[None]:
        """A worker for the length of the block, killed by SIGKILL at its end.

        With ``times``, the block begins when the worker has asked the network so often, or
        (``writing``) has begun so often to give it a reply. ``tend_s``: how often it looks after
        what is due by the clock, such as what rules say, in seconds.
        """
        with self._killed(self.ask("start", limit, times, writing, tend_s)):
            yield

    @contextmanager
    def command(self, *words: str) -> Iterator[None]:
        """A forked ``amends`` with these words for the length of the block, killed at its end."""
        with self._killed(self.ask("run", str(self._zygote.log), words)):
            yield

    @contextmanager
    def _killed(self, pid: int) -> Iterator[None]:
        try:
            yield
        finally:
            signal = self.ask("kill", pid)
        assert signal == 9, f"It ended by itself: {self._zygote.log.read_text()[-2000:]}"


def until(what: str, done: Callable[[], bool], *, seconds: float = 60) -> None:
    """Ask some times a second; fails naming what did not come about."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"Not within {seconds:.0f} s: {what}"
        time.sleep(0.25)
