"""Servers that tests start for themselves: free ports, ordinary users, and an end to them all."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

LOOPBACK = "127.0.0.1"


def free_ports(count: int) -> list[int]:
    """Ports of loopback that were free a moment ago, all different."""
    held = [socket.socket() for _ in range(count)]
    try:
        for sock in held:
            sock.bind((LOOPBACK, 0))
        return [int(sock.getsockname()[1]) for sock in held]
    finally:
        for sock in held:
            sock.close()


def program(name: str, *folders: str) -> str | None:
    """Where a program lies: on PATH or in one of ``folders``."""
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(folders) or None)


def as_user(user: str, command: list[str]) -> list[str]:
    """The same command, run by ``user`` where we are root, as some servers refuse root."""
    if os.geteuid() != 0:
        return command
    return ["runuser", "-u", user, "--", *command]


def wait_until(ready: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Ask every 50 ms; raise ``TimeoutError`` naming ``what`` once ``seconds`` have passed."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            msg = f"{what} was not ready within {seconds:.0f} s"
            raise TimeoutError(msg)
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Whether something listens on a port of loopback."""
    with socket.socket() as sock:
        sock.settimeout(0.5)
        return sock.connect_ex((LOOPBACK, port)) == 0


def stop(process: subprocess.Popen[bytes], *, seconds: float = 10) -> None:
    """SIGTERM to the process's own group, SIGKILL where that is not heeded."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, sign)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue


def start(
    command: list[str], *, log: Path, env: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a server in a group of its own, everything it says going to ``log``."""
    with log.open("wb") as sink:
        return subprocess.Popen(
            command, stdout=sink, stderr=subprocess.STDOUT, env=env, start_new_session=True
        )
