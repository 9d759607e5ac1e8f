"""A desk on each database, migrated once and empty for each test; a demo network beside it."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.kill.desk import Desk, Zygote
from tests.kill.network import TOKEN, Network
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
    with postgres_server(by_file=True) as url:
        yield url.rpartition("/")[0]


def _sqlite(zygote: Zygote) -> tuple[Desk, Callable[[], None]]:
    desk = Desk(zygote)
    assert desk.ask("migrate") == 0
    file, kept = zygote.home / "desk.sqlite3", zygote.home / "migrated.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(file, kept)

    def empty() -> None:
        for left in zygote.home.glob(f"{file.name}-*"):
            left.unlink()
        shutil.copy(kept, file)

    return desk, empty


def _postgres(zygote: Zygote, server: str) -> tuple[Desk, Callable[[], None]]:
    def administer(*statements: bytes) -> None:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    administer(b"CREATE DATABASE kills")
    desk = Desk(zygote, f"{server}/kills")
    assert desk.ask("migrate") == 0
    administer(b"CREATE DATABASE migrated TEMPLATE kills")
    return desk, lambda: administer(*_ANEW)


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def _desks(
    request: pytest.FixtureRequest, zygote: Zygote, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Desk, Callable[[], None]]:
    """A desk that has rehearsed: what is forked from here on need load and prepare nothing more."""
    if request.param == "postgres":
        desk, empty = _postgres(zygote, request.getfixturevalue("postgres"))
    else:
        desk, empty = _sqlite(zygote)
    with on_a_network(tmp_path_factory.mktemp("rehearsal"), zygote) as network:
        network.do("signup", handle="keyed")
        for number in range(3):
            text = f"@keyed you lost my bag and nobody answers, terrible service. {number}"
            network.do("post", handle=f"customer{number}", text=text, lang="en")
        desk.ask("rehearse", network.url, TOKEN, 3)
    return desk, empty


@pytest.fixture
def desk(_desks: tuple[Desk, Callable[[], None]]) -> Desk:
    desk, empty = _desks
    desk.ask("leave")
    empty()
    return desk


@contextmanager
def on_a_network(folder: Path, zygote: Zygote) -> Iterator[Network]:
    made = Network(folder, zygote)
    try:
        made.start()
        yield made
    finally:
        made.close()


@pytest.fixture
def network(tmp_path: Path, zygote: Zygote) -> Iterator[Network]:
    with on_a_network(tmp_path, zygote) as made:
        yield made
