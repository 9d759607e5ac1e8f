"""SQLite has one writer at a time. Who waits looks often, who wrote for long lets others pass.

SQLite's own waiting sleeps longer and longer, up to 100 ms, and whoever wakes while the place is
taken sleeps again. Beside a worker that stores batch after batch, a person's claim or draft would be
in luck or wait for seconds. Who stores so much spills nothing, and leaves checkpoints to a thread.
"""

import sqlite3
import time
from collections.abc import Callable
from datetime import datetime
from threading import Thread, get_ident
from typing import Any, Final

from django.db import OperationalError
from django.db.backends.sqlite3 import base, operations

from amends.config.sqlite.checkpoints import checkpoint_aside
from amends.config.sqlite.cursors import CursorWrapper, PlainCursor

LOOK_S: Final = 0.001
PART_LEFT: Final = 0.06  # of the time the place was held, it is left to others
MOST_LEFT_S: Final = 0.02
CHECKPOINT_S: Final = 0.5
"""Of holding the place, by one who stores by the thousand: some 10,000 pages."""


class DatabaseOperations(operations.DatabaseOperations):
    def convert_datetimefield_value(
        self, value: Any, expression: object, connection: object
    ) -> Any:
        """Moments as they were written; whatever else may stand there Django reads."""
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            return super().convert_datetimefield_value(value, expression, connection)
        return moment if moment.tzinfo else moment.replace(tzinfo=self.connection.timezone)


def _kind(error: OperationalError) -> int | None:
    """SQLite's code in its last eight bits; what stands before them says why it is busy, such as that
    somebody puts right what one who was killed left."""
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _depth(number: int) -> str:
    return f"depth_{number}"


class DatabaseWrapper(base.DatabaseWrapper):
    """``sleep`` and ``clock`` are the machine's own, seconds."""

    # A key of this very type is SQLite's own row number, also where it points to another table;
    # ``bigint`` would be an index of its own.
    data_types = base.DatabaseWrapper.data_types | {"BigIntegerField": "integer"}

    ops_class = DatabaseOperations
    sleep: Callable[[float], None] = staticmethod(time.sleep)
    clock: Callable[[], float] = staticmethod(time.monotonic)
    _began: float | None = None
    _not_before: float = 0.0
    _held_s: float | None = None  # since its last checkpoint, of one who stores by the thousand
    _checkpoint: Thread | None = None

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._open: list[str] = []  # savepoints, the innermost last

    def cursor(self) -> Any:
        """As Django's; one that is plain where nobody looks after more than the statement itself."""
        self.ensure_connection()
        own: Any = self
        watched = own.queries_logged or own.execute_wrappers or own.health_check_enabled
        if watched or own._thread_ident != get_ident():  # noqa: SLF001 (by it Django keeps threads apart)
            return super().cursor()
        cursor = PlainCursor(self.connection)
        cursor.db = self
        return cursor

    def store_by_the_thousand(self) -> None:
        """From the next transaction on keep in memory what would be written to files for this
        connection alone, and have a thread take in the log. Does nothing within a transaction.

        A statement of many rows notes what each page held, and beyond 64 KB in a file: an eighth of what
        storing a batch took. Other connections may sort a whole table, which is better done in a file.
        """
        if not self.in_atomic_block:
            self.cursor().execute("PRAGMA temp_store = MEMORY")
            self._held_s = self._held_s or 0.0

    def create_cursor(self, name: str | None = None) -> CursorWrapper:  # noqa: ARG002 (as Django asks)
        cursor: CursorWrapper = self.connection.cursor(factory=CursorWrapper)
        return cursor

    def _savepoint(self, sid: str) -> None:
        """Under a name that comes again at the same depth. Django's come once, and each would drive a
        statement that is asked again and again out of those that are kept read."""
        self._open.append(sid)
        super()._savepoint(_depth(len(self._open)))  # type: ignore[misc] # so below: not in the stubs

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(self._depth_of(sid))  # type: ignore[misc]
        del self._open[self._open.index(sid) + 1 :]

    def _savepoint_commit(self, sid: str) -> None:
        super()._savepoint_commit(self._depth_of(sid))  # type: ignore[misc]
        del self._open[self._open.index(sid) :]

    def _depth_of(self, sid: str) -> str:
        if sid not in self._open:
            message = f"no such savepoint: {sid}"
            raise OperationalError(message)
        return _depth(self._open.index(sid) + 1)

    def _start_transaction_under_autocommit(self) -> None:
        """Begin as a writer. Raises ``OperationalError`` after the connection's timeout."""
        left = self._not_before - self.clock()
        if left > 0:
            self.sleep(left)
        timeout_s = float(self.get_connection_params().get("timeout", 5.0))
        end = self.clock() + timeout_s
        self._wait_inside(0.0)
        try:
            while not self._begin(last=self.clock() >= end):
                self.sleep(LOOK_S)
        finally:
            self._wait_inside(timeout_s)
        self._began = self.clock()

    def _begin(self, *, last: bool) -> bool:
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc] # not in the stubs
        except OperationalError as error:
            if last or _kind(error) != sqlite3.SQLITE_BUSY:
                raise
            return False
        return True

    def _wait_inside(self, seconds: float) -> None:
        self.cursor().execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc] # not in the stubs
        finally:
            self._ended()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc] # not in the stubs
        finally:
            self._ended()

    def _ended(self) -> None:
        self._open.clear()
        if self._began is not None:
            now = self.clock()
            held, self._began = now - self._began, None
            self._not_before = now + min(MOST_LEFT_S, PART_LEFT * held)
            self._count(held)

    def _count(self, held: float) -> None:
        if self._held_s is None:
            return
        self._held_s += held
        going = self._checkpoint is not None and self._checkpoint.is_alive()
        if self._held_s >= CHECKPOINT_S and not going and not self.is_in_memory_db():
            self._held_s = 0.0
            self._checkpoint = checkpoint_aside(str(self.settings_dict["NAME"]))
