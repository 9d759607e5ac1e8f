"""A desk on each database, and a demo network beside it."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.kill.desk import Desk
from tests.kill.network import Network
from tests.support.postgres import postgres_server

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def kills() -> int:
    """How often each test kills."""
    return int(os.environ.get("AMENDS_KILLS", "20"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A server's address, without a database's name."""
    with postgres_server() as url:
        yield url.rpartition("/")[0]


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = ""
    if request.param == "postgres":
        name = f"kills_{next(_numbers)}"
        server = request.getfixturevalue("postgres")
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        url = f"{server}/{name}"
    made = Desk(tmp_path / "desk", url)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    made = Network(tmp_path)
    try:
        made.start()
        yield made
    finally:
        made.close()
