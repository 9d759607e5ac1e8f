"""The demo network's file: connections are kept, and belong to one process."""

import os
import sqlite3
from pathlib import Path

import pytest

from amends.connectors.demo.store import Store


def told(store: Store) -> list[str]:
    with store.reading() as db:
        return [row["name"] for row in db.execute("SELECT name FROM meta ORDER BY name")]


def tell(store: Store, name: str) -> None:
    with store.writing() as db:
        db.execute("INSERT INTO meta VALUES (?, '')", (name,))


def test_a_fork_opens_connections_of_its_own(tmp_path: Path) -> None:
    store = Store(tmp_path / "demo.sqlite3")
    tell(store, "before")
    pid = os.fork()
    if not pid:
        try:
            tell(store, "forked")
        finally:
            os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    tell(store, "parent")
    assert told(store) == ["before", "forked", "parent"]


def test_work_that_failed_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store(tmp_path / "demo.sqlite3")
    with pytest.raises(sqlite3.ProgrammingError), store.writing() as db:
        db.executemany("INSERT INTO meta VALUES (?, ?)", [("half", ""), ("half of it",)])
    with pytest.raises(sqlite3.OperationalError), store.reading() as db:
        db.execute("SELECT * FROM nowhere")
    tell(store, "whole")
    assert told(store) == ["whole"]
