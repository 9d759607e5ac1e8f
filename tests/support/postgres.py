"""A PostgreSQL server of the tests' own: empty, on loopback, gone afterwards."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.support.processes import (
    LOOPBACK,
    answers,
    as_user,
    free_ports,
    program,
    start,
    stop,
    wait_until,
)
from tests.support.require import need

DEBIAN_BINARIES = "/usr/lib/postgresql/15/bin"
ACCOUNT = "postgres"  # the user of the machine that runs the server where we are root
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}
LONGEST = (
    80  # characters of a folder in which a socket may lie; the system takes 107 for all its path
)


def missing_postgres() -> str | None:
    """What keeps PostgreSQL from starting here, as one sentence; None where it can."""
    if program("initdb", DEBIAN_BINARIES) is None or program("postgres", DEBIAN_BINARIES) is None:
        return "PostgreSQL is not installed; install Debian's postgresql-15."
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return "PostgreSQL refuses root and runuser is missing; install util-linux."
    return None


@contextmanager
def postgres_server(*, by_file: bool = False) -> Iterator[str]:
    """Start a server; yields ``postgresql://amends@127.0.0.1:PORT/postgres``, without a password.

    ``by_file``: the address of a socket in its folder, where each question and answer costs a sixth less.
    Skips the test where PostgreSQL is missing (see ``need``, part ``postgres``).
    """
    need("postgres", missing_postgres())
    folder = Path(tempfile.mkdtemp(prefix="amends-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, ACCOUNT, ACCOUNT)
        yield from _serve(folder, by_file=by_file and len(str(folder)) <= LONGEST)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve(folder: Path, *, by_file: bool) -> Iterator[str]:
    _initialise(folder / "data")
    (port,) = free_ports(1)
    command = [str(_binary("postgres")), "-D", str(folder / "data"), "-p", str(port)]
    for name, value in (SETTINGS | {"unix_socket_directories": str(folder) * by_file}).items():
        command += ["-c", f"{name}={value}"]
    log = folder / "server.log"
    server = start(as_user(ACCOUNT, command), log=log)
    try:
        wait_until(lambda: _ready(port), seconds=30, what="PostgreSQL")
        host = quote(str(folder), safe="") if by_file else LOOPBACK
        yield f"postgresql://amends@{host}:{port}/postgres"
    finally:
        _end(server, folder / "data" / "postmaster.pid")


def _end(server: "subprocess.Popen[bytes]", pid_file: Path) -> None:
    """Asked in its own way, which waits for no client: killed, it leaves its memory in /dev/shm."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, subprocess.TimeoutExpired):
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)
        server.wait(10)
    stop(server)


def _initialise(data: Path) -> None:
    command = [str(_binary("initdb")), "-D", str(data), "-A", "trust", "-U", "amends"]
    command += ["--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
    subprocess.run(as_user(ACCOUNT, command), check=True, capture_output=True, cwd="/")


def _binary(name: str) -> str | None:
    return program(name, DEBIAN_BINARIES)


def _ready(port: int) -> bool:
    if not answers(port):
        return False
    import psycopg

    try:
        psycopg.connect(
            f"postgresql://amends@{LOOPBACK}:{port}/postgres", connect_timeout=2
        ).close()
    except psycopg.OperationalError:  # the server is still starting up
        return False
    return True
