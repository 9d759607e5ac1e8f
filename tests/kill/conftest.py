"""A desk on each database, migrated once and empty for each test; a demo network beside it."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.kill.desk import Desk
from tests.kill.network import Network
from tests.support.postgres import postgres_server

# A killed worker's connection may linger for a moment.
_ANEW = (
    b"DROP DATABASE IF EXISTS kills WITH (FORCE)",
    b"CREATE DATABASE kills TEMPLATE migrated",
)


@pytest.fixture(scope="session")
def kills() -> int:
    """How often each test kills."""
    return int(os.environ.get("AMENDS_KILLS", "20"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A server's address, without a database's name."""
    with postgres_server() as url:
        yield url.rpartition("/")[0]


def _sqlite(home: Path) -> tuple[Desk, Callable[[], None]]:
    desk = Desk(home)
    desk.ask("migrate")
    file, kept = home / "desk.sqlite3", home / "migrated.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(file, kept)

    def empty() -> None:
        for left in home.glob(f"{file.name}-*"):
            left.unlink()
        shutil.copy(kept, file)

    return desk, empty


def _postgres(home: Path, server: str) -> tuple[Desk, Callable[[], None]]:
    def administer(*statements: bytes) -> None:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    administer(b"CREATE DATABASE kills")
    desk = Desk(home, f"{server}/kills")
    desk.ask("migrate")
    administer(b"CREATE DATABASE migrated TEMPLATE kills")
    return desk, lambda: administer(*_ANEW)


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def _desks(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Desk, Callable[[], None]]]:
    home = tmp_path_factory.mktemp("desk")
    if request.param == "postgres":
        made = _postgres(home, request.getfixturevalue("postgres"))
    else:
        made = _sqlite(home)
    try:
        yield made
    finally:
        made[0].close()


@pytest.fixture
def desk(_desks: tuple[Desk, Callable[[], None]]) -> Desk:
    desk, empty = _desks
    empty()
    return desk


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    made = Network(tmp_path)
    try:
        made.start()
        yield made
    finally:
        made.close()
