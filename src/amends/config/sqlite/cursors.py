"""Statements at little more than SQLite's own cost.

Between Django and SQLite stand two cursors, one inside the other, and a dozen calls around each statement.
Most statements find their row in a few microseconds, and those calls took several times as long.
"""

from functools import lru_cache
from sqlite3 import Cursor, Error
from typing import Any, Final, NoReturn, Self

from django.db.backends.sqlite3 import base

LONGEST_KEPT: Final = 20_000
"""Letters of a statement. Longer ones name their values one by one, and are never the same again."""


@lru_cache(512)
def _with_question_marks(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class CursorWrapper(base.SQLiteCursorWrapper):
    """Statements come again and again: each is rewritten for SQLite once."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        if param_names is None and len(query) <= LONGEST_KEPT:
            return _with_question_marks(query)
        return super().convert_query(query, param_names=param_names)


class PlainCursor(CursorWrapper):
    """What Django's two cursors do, in one: errors are Django's, and nothing is asked in a transaction
    that is broken. For connections whose statements nobody listens to."""

    db: Any

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def execute(self, query: str, params: Any = None) -> Any:
        if self.db.needs_rollback:
            self.db.validate_no_broken_transaction()
        try:
            if type(params) in _PLACED and len(query) <= LONGEST_KEPT:
                return _execute(self, _with_question_marks(query), params)
            return super().execute(query, params)
        except Error as error:
            self._tell(error)

    def executemany(self, query: str, param_list: Any) -> Any:
        if self.db.needs_rollback:
            self.db.validate_no_broken_transaction()
        try:
            return super().executemany(query, param_list)
        except Error as error:
            self._tell(error)

    def fetchone(self) -> Any:
        try:
            return _fetchone(self)
        except Error as error:
            self._tell(error)

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        try:
            return super().fetchmany(size)
        except Error as error:
            self._tell(error)

    def fetchall(self) -> Any:
        try:
            return _fetchall(self)
        except Error as error:
            self._tell(error)

    def __next__(self) -> Any:
        try:
            return _next(self)
        except Error as error:
            self._tell(error)

    def _tell(self, error: Error) -> NoReturn:
        """Raise it as Django calls it."""
        with self.db.wrap_database_errors:
            raise error


_PLACED: Final = frozenset((tuple, list))
_own: Any = Cursor
_execute, _fetchone, _fetchall, _next = _own.execute, _own.fetchone, _own.fetchall, _own.__next__
