"""A PostgreSQL server of the benchmark's own, with the settings that `docs/operations.md` names."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from amends.bench.nodes import LOOPBACK, free_ports, wait_until
from amends.terms import BadInput

_DEBIAN: Final = "/usr/lib/postgresql/15/bin"
_ACCOUNT: Final = "postgres"  # PostgreSQL refuses root
SETTINGS: Final[Mapping[str, str]] = {
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
}
"""What a server for a desk that hears a stream is given beyond what a new one has. After a checkpoint each
page of an index is written whole once more, and a new server's come often."""


@contextmanager
def own_postgres(folder: Path, settings: Mapping[str, str] = SETTINGS) -> Iterator[tuple[str, int]]:
    """A server in ``folder`` for the length of the block: its address, and its process's id.

    ``settings``: by their names in ``postgresql.conf``; without any it is as a new one is.
    Raises ``BadInput`` where PostgreSQL is not installed.
    """
    folder.mkdir(mode=0o755)
    if os.geteuid() == 0:
        shutil.chown(folder, _ACCOUNT, _ACCOUNT)
    data, (port,) = folder / "data", free_ports(1)
    made = [_program("initdb"), "-D", str(data), "-A", "trust", "-U", "amends", "--encoding=UTF8"]
    subprocess.run(  # noqa: S603 (our own arguments)
        [*_as_user(), *made, "--locale=C.UTF-8"], check=True, capture_output=True, cwd="/"
    )
    command = [_program("postgres"), "-D", str(data), "-p", str(port), "-h", LOOPBACK, "-k", ""]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 (our own arguments)
            [*_as_user(), *command],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",
        )
    url = f"postgresql://amends@{LOOPBACK}:{port}/postgres"
    try:
        wait_until(lambda: _answers(url), seconds=30, what="PostgreSQL")
        yield url, int((data / "postmaster.pid").read_text().split()[0])
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=_DEBIAN)
    if found is None:
        raise BadInput("PostgreSQL is not installed; install it, or give --database an address.")
    return found


def _as_user() -> list[str]:
    return ["runuser", "-u", _ACCOUNT, "--"] if os.geteuid() == 0 else []


def _answers(url: str) -> bool:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:  # it is still starting up
        return False
    return True
