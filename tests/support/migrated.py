"""Databases that are up to date: one is migrated for all test processes, and copied for each."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.commands import amends


def migrated_home(factory: pytest.TempPathFactory) -> Path:
    """A folder in which ``amends migrate`` has run on SQLite; copy it, do not change it."""
    with _one_at_a_time(factory) as shared:
        made = shared / "migrated" / "var"
        if not made.exists():
            fresh = shared / "migrating" / "var"
            shutil.rmtree(fresh, ignore_errors=True)
            _migrate(fresh)
            fresh.parent.rename(made.parent)
    return made


def copy_on_postgres(factory: pytest.TempPathFactory, server: str, name: str) -> None:
    """Create the database ``name`` on a server (its address, without a database's name)."""
    import psycopg

    with (
        _one_at_a_time(factory) as shared,
        psycopg.connect(f"{server}/postgres", autocommit=True) as connection,
    ):
        if not (shared / "postgres").exists():
            connection.execute("DROP DATABASE IF EXISTS migrated")
            connection.execute("CREATE DATABASE migrated")
            _migrate(factory.mktemp("home"), database_url=f"{server}/migrated")
            (shared / "postgres").touch()
        copy = psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE migrated")
        connection.execute(copy.format(psycopg.sql.Identifier(name)))


@contextmanager
def _one_at_a_time(factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that the test processes of one run share, for one of them at a time."""
    shared = factory.getbasetemp()
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield shared


def _migrate(home: Path, **settings: str) -> None:
    done = amends("migrate", home=home, **settings)
    assert done.returncode == 0, done.stderr
