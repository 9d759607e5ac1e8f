"""A desk as a newcomer starts it: ``amends run`` in a folder of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.processes import wait_until


@dataclass
class Desk:
    """Where it is, the one-time link, and everything it has printed."""

    process: "subprocess.Popen[str]"
    address: str = ""
    link: str = ""
    said: list[str] = field(default_factory=list)


def unset() -> dict[str, str]:
    """The environment without a setting of Amends."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AMENDS_")}


def environment(home: Path, **settings: str) -> dict[str, str]:
    """What a command of a desk in ``home`` is given, with ``settings`` named as in the code."""
    named = {f"AMENDS_{name.upper()}": value for name, value in settings.items()}
    return unset() | {"AMENDS_HOME": str(home)} | named


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


@contextmanager
def running_desk(home: Path, *, forked: bool = False, **settings: str) -> Iterator[Desk]:
    """Start it, wait until it has said where it is, and stop it afterwards.

    ``forked``: it and its halves load nothing themselves, see ``tests.support.commands``.
    """
    port = free_port()
    env = environment(home, port=port, **settings) | {"PYTHONUNBUFFERED": "1"}
    out: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    if forked:
        from tests.support.commands import started

        process: subprocess.Popen[str] = started(["run"], env, **out)
    else:
        process = subprocess.Popen([sys.executable, "-m", "amends", "run"], env=env, **out)
    desk = Desk(process, address=f"http://localhost:{port}")
    reader = threading.Thread(target=_listen, args=(desk,), daemon=True)
    reader.start()
    try:
        wait_until(
            lambda: bool(desk.link) or process.poll() is not None,
            seconds=90,
            what="the desk",
        )
        assert desk.link, "".join(desk.said)
        yield desk
    finally:
        process.terminate()
        assert process.wait(20) in (0, -signal.SIGKILL), "the desk did not end well"
        reader.join(5)
        assert process.stdout is not None
        process.stdout.close()


def _listen(desk: Desk) -> None:
    assert desk.process.stdout is not None
    for line in desk.process.stdout:
        desk.said.append(line)
        if found := re.search(r"http\S+/enter/\S+", line):
            desk.link = found[0]
