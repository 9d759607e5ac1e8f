"""One writer at a time, and nobody waits long for the place."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import SynchronousOnlyOperation
from django.db import DatabaseError, OperationalError, connection, connections, transaction
from django.db.backends.sqlite3 import base, operations
from django.test.utils import CaptureQueriesContext

from amends.config.sqlite.base import (
    CHECKPOINT_S,
    LOOK_S,
    MOST_LEFT_S,
    PART_LEFT,
    DatabaseWrapper,
)
from amends.config.sqlite.checkpoints import checkpoint_aside
from amends.config.sqlite.cursors import LONGEST_KEPT

pytestmark = pytest.mark.django_db  # on a file of its own


class Times:
    """A clock that a sleep moves on; at ``frees_at`` the place of the writer becomes free."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, [0.0]
        self.other: sqlite3.Connection | None = None
        self.frees_at = 0.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        if self.other is not None and self.now >= self.frees_at:
            self.other.rollback()


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.sqlite3"


@pytest.fixture
def writer(times: Times, path: Path) -> Iterator[DatabaseWrapper]:
    asked = {
        **connections["default"].settings_dict,
        "NAME": str(path),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 2},
    }
    made = DatabaseWrapper(asked)
    made.inc_thread_sharing()
    made.sleep, made.clock = times.sleep, times.clock
    made.ensure_connection()
    yield made
    made.close()


def begin(writer: DatabaseWrapper) -> None:
    writer.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def end(writer: DatabaseWrapper) -> None:
    writer.commit()
    writer.set_autocommit(True)


def test_writer_looks_again_and_again_until_the_place_is_free(
    times: Times, path: Path, writer: DatabaseWrapper
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        times.other, times.frees_at = other, 0.5
        begin(writer)
    assert set(times.slept[1:]) == {LOOK_S}
    assert 0.5 <= times.now < 0.51
    end(writer)


@pytest.mark.parametrize("why", [sqlite3.SQLITE_BUSY_RECOVERY, sqlite3.SQLITE_BUSY_SNAPSHOT])
def test_writer_looks_again_whatever_the_place_is_busy_with(
    times: Times, writer: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch, why: int
) -> None:
    begin_as_django = base.DatabaseWrapper._start_transaction_under_autocommit  # type: ignore[attr-defined]

    def busy_first(self: DatabaseWrapper) -> None:
        if times.now < 0.5:
            cause = sqlite3.OperationalError("database is locked")
            cause.sqlite_errorcode = why
            raise OperationalError from cause
        begin_as_django(self)

    monkeypatch.setattr(base.DatabaseWrapper, "_start_transaction_under_autocommit", busy_first)
    begin(writer)
    assert 0.5 <= times.now < 0.51
    end(writer)


def test_writer_gives_up_after_the_timeout(
    times: Times, path: Path, writer: DatabaseWrapper
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            begin(writer)
    assert 2 <= times.now < 2.1


@pytest.mark.parametrize(("held", "left"), [(0.08, 0.08 * PART_LEFT), (9, MOST_LEFT_S), (0, 0)])
def test_who_held_the_place_leaves_it_to_others_for_a_while(
    times: Times, writer: DatabaseWrapper, held: float, left: float
) -> None:
    begin(writer)
    times.now += held
    end(writer)
    begin(writer)
    assert sum(times.slept) == pytest.approx(left)
    end(writer)


def _in_the_file(path: Path) -> int:
    """How many tables stand in the database's file, without what is in its log alone."""
    alone = path.with_name("alone.sqlite3")
    alone.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(alone)) as there:
        return int(there.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _write(writer: DatabaseWrapper, times: Times, name: str, *, held: float) -> None:
    begin(writer)
    writer.cursor().execute(f"CREATE TABLE {name} (number integer)")
    times.now += held
    end(writer)
    if writer._checkpoint is not None:
        writer._checkpoint.join()


def test_who_stores_by_the_thousand_leaves_checkpoints_to_a_thread(
    times: Times, path: Path, writer: DatabaseWrapper
) -> None:
    writer.cursor().execute("PRAGMA journal_mode = WAL")
    _write(writer, times, "one", held=CHECKPOINT_S)
    assert _in_the_file(path) == 0  # nobody stores so much yet
    writer.store_by_the_thousand()
    _write(writer, times, "two", held=CHECKPOINT_S * 0.6)
    assert _in_the_file(path) == 0
    _write(writer, times, "three", held=CHECKPOINT_S * 0.6)
    assert _in_the_file(path) == 3
    _write(writer, times, "four", held=CHECKPOINT_S * 0.6)
    assert _in_the_file(path) == 3


def test_checkpoint_of_a_database_that_is_gone_does_nothing(path: Path) -> None:
    checkpoint_aside(str(path)).join()
    assert not path.exists()


def _failures(cursor: Any, kinds: Any) -> list[Any]:
    """What each way to ask in vain comes to; of the rows the second cannot be read."""
    bad = """SELECT json(value) FROM json_each('["1", "no"]')"""
    ways: list[Callable[[], object]] = [
        lambda: cursor.execute("SELECT nothing"),
        lambda: cursor.execute("SELECT nothing WHERE 1 = %s", [1]),
        lambda: cursor.executemany("INSERT INTO nowhere VALUES (%s)", [(1,)]),
        lambda: (cursor.execute(bad), cursor.fetchone()),
        lambda: (cursor.execute(bad), cursor.fetchmany(2)),
        lambda: (cursor.execute(bad), cursor.fetchall()),
        lambda: (cursor.execute(bad), list(cursor)),
    ]
    found = []
    for way in ways:
        with transaction.atomic(), pytest.raises(kinds) as raised:
            way()
        error = raised.value
        found.append((type(error), str(error), type(error.__cause__)))
    return found


def test_plain_cursor_says_of_errors_what_djangos_two_cursors_say() -> None:
    with connection.cursor() as plain, CaptureQueriesContext(connection):
        with connection.cursor() as watched:
            said = _failures(watched, OperationalError)
        kinds = [type(one).__name__ for one in (plain, watched)]
        assert kinds == ["PlainCursor", "CursorDebugWrapper"]
        assert _failures(plain, OperationalError) == said
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            plain.execute("SELECT 1")
        with pytest.raises(transaction.TransactionManagementError):
            plain.executemany("SELECT 1", [])
        transaction.set_rollback(False)


def test_no_statement_is_asked_from_another_thread(writer: DatabaseWrapper) -> None:
    def ask() -> str:
        with pytest.raises(DatabaseError, match="can only be used in that same thread") as raised:
            writer.cursor()
        return str(raised.value)

    writer.dec_thread_sharing()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(ask).result()
    writer.inc_thread_sharing()


def test_savepoints_are_undone_and_released_as_deep_as_they_stand() -> None:
    """By names that come again, so that statements stay read."""

    def kept() -> list[int]:
        cursor.execute("SELECT number FROM tried ORDER BY number")
        return [number for (number,) in cursor.fetchall()]

    def add(number: int) -> str:
        mark = str(transaction.savepoint())
        cursor.execute("INSERT INTO tried VALUES (%s)", [number])
        return mark

    with CaptureQueriesContext(connection) as asked, connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE tried (number integer)")
        outer, inner = add(1), add(2)
        transaction.savepoint_rollback(inner)
        assert kept() == [1]
        transaction.savepoint_commit(inner)
        other, last = add(3), add(4)
        transaction.savepoint_commit(other)  # with what stands in it
        with pytest.raises(OperationalError, match="no such savepoint"):
            transaction.savepoint_commit(last)
        assert kept() == [1, 3, 4]
        add(5)
        transaction.savepoint_rollback(outer)
        assert kept() == []
        transaction.savepoint_commit(outer)
        with pytest.raises(OperationalError, match="no such savepoint"):
            transaction.savepoint_rollback(outer)
    marks = [one["sql"] for one in asked if one["sql"].startswith("SAVEPOINT")]
    assert marks == [f'SAVEPOINT "depth_{depth}"' for depth in (1, 2, 2, 3, 2)]


def test_what_waits_for_the_end_is_forgotten_with_its_own_savepoint_alone(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks() as waiting:
        with transaction.atomic():
            transaction.on_commit(first := lambda: None)
        mark = transaction.savepoint()
        with transaction.atomic():
            transaction.on_commit(lambda: None)
            transaction.set_rollback(True)
        transaction.savepoint_rollback(mark)
    assert waiting == [first]


def test_who_listens_hears_each_statement() -> None:
    heard: list[str] = []

    def listen(run: Any, sql: str, *rest: object) -> Any:
        heard.append(sql)
        return run(sql, *rest)

    with connection.execute_wrapper(listen), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert heard == ["SELECT 1"]


@pytest.mark.alike
@pytest.mark.parametrize("blanks", [0, LONGEST_KEPT])
def test_values_stand_where_statements_have_their_places(blanks: int) -> None:
    """Of a statement that is rewritten once as of one that is rewritten each time."""
    asked = f"SELECT %s, '%%s', %s {' ' * blanks}"
    named = f"SELECT %(a)s, '%%s', %(b)s {' ' * blanks}"
    with connection.cursor() as cursor:
        found = [cursor.execute(asked, (text, n)).fetchone() for text, n in (("a?", 1), ("b", 2))]
        found.append(cursor.execute(named, {"a": "c", "b": 3}).fetchone())
    assert found == [("a?", "%s", 1), ("b", "%s", 2), ("c", "%s", 3)]


@pytest.mark.parametrize(
    "stored", [None, "2026-03-02 12:00:00", "2026-03-02 12:00:00.5", "2026-03-02 12:00:00+02:00"]
)
def test_moments_are_read_as_django_reads_them(stored: str | None) -> None:
    both: list[Any] = [connection.ops, operations.DatabaseOperations(connection)]
    read = [one.convert_datetimefield_value(stored, None, connection) for one in both]
    assert read[0] == read[1]
    assert stored is None or read[0].utcoffset() == read[1].utcoffset()


@pytest.mark.alike
async def test_database_holds_no_event_loop_up() -> None:
    with pytest.raises(SynchronousOnlyOperation):
        connection.cursor()
