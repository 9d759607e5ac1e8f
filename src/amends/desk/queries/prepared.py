"""Queries that pages ask again and again: put into SQL once, not at each asking.

Of what a page takes, most went into that: the database answers in a fraction of the time.
"""

from collections.abc import Callable, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Final, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from amends.desk.models import Case
from amends.desk.models.among import as_one

Row = TypeVar("Row")
Value = int | str | datetime | list[int] | list[str]
Key = tuple[Any, ...]
_FIRST: Final[dict[type, Callable[[int], Value]]] = {
    int: lambda number: -2_000_000_000 - number,
    str: lambda number: f"\x1fvalue {number}\x1f",
    datetime: lambda number: datetime(1001, 1, 1, tzinfo=UTC) + timedelta(microseconds=number),
    list: lambda number: [-2_000_000_000 - number],
}
"""What stands where a value will, while a query is made: nothing that is ever asked for."""


def prepared(make: Callable[..., QuerySet[Any, Row]]) -> Callable[..., list[Row]]:
    """The rows of the query that ``make`` makes of the values it is given.

    Values by position (whole numbers, texts, moments; lists for ``among``) change from one
    asking to the next; those by name change what the query looks like, and each gets its own.
    ``make`` may do nothing with the values by position but compare columns with them. Raises
    ``TypeError`` where it does.
    """
    known: dict[Key, _Ready] = {}

    @wraps(make)
    def ask(*values: Value, **shape: Any) -> list[Row]:
        kinds, key = _asked_with(values, shape)
        ready = known.get(key)
        if ready is None:
            ready = known[key] = _Ready(make, kinds, shape)
        return ready.rows(values)

    return ask


def of_case(case: Case, rows: list[Row]) -> list[Row]:
    """Rows of a case that is at hand, so that none asks for it again."""
    for row in rows:
        row.case = case  # type: ignore[attr-defined]
    return rows


def _asked_with(values: Sequence[Value], shape: dict[str, Any]) -> tuple[tuple[type, ...], Key]:
    """The kinds of the values, and what the SQL depends on."""
    kinds = tuple(_kind(value) for value in values)
    return kinds, (connections[DEFAULT_DB_ALIAS].vendor, kinds, *sorted(shape.items()))


def _kind(value: Value) -> type:
    for kind in _FIRST:
        if isinstance(value, kind) and not isinstance(value, bool):
            return kind
    message = f"{type(value).__name__} is no value of a prepared query"
    raise TypeError(message)


def _adapted(value: Value) -> Any:
    """As the database takes it; an enum as what it stands for."""
    if isinstance(value, datetime):
        return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(value)
    if isinstance(value, list):
        return as_one(value, connections[DEFAULT_DB_ALIAS])
    return int(value) if isinstance(value, int) else str(value)


def prepared_counts(make: Callable[..., Sequence[QuerySet[Any, Any]]]) -> Callable[..., list[int]]:
    """As ``prepared``: how many rows each of several queries has, by one statement."""
    known: dict[Key, _Statement] = {}

    @wraps(make)
    def ask(*values: Value, **shape: Any) -> list[int]:
        kinds, key = _asked_with(values, shape)
        statement = known.get(key)
        if statement is None:
            marks = _marks(kinds)
            statement = known[key] = _Statement(*_counting(make(*marks, **shape)), marks)
        return _counted(statement.sql, statement.given(values))

    return ask


def counts_of(queries: Sequence[QuerySet[Any, Any]]) -> list[int]:
    """How many rows each of them has, by one statement."""
    return _counted(*_counting(queries))


def _counting(queries: Sequence[QuerySet[Any, Any]]) -> tuple[str, list[Any]]:
    parts, params = [], list[Any]()
    for number, query in enumerate(queries):
        try:
            sql, more = query.values("pk").query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS part{number})")  # noqa: S608 (by Django)
        params += more
    return f"SELECT {', '.join(parts)}", params


def _counted(sql: str, params: Sequence[Any]) -> list[int]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchone())


def _marks(kinds: tuple[type, ...]) -> list[Value]:
    return [_FIRST[kind](number) for number, kind in enumerate(kinds)]


class _Statement:
    """SQL with what goes into it: ``places`` are the numbers of the values that its parameters are,
    and ``fixed`` those that stay."""

    def __init__(self, sql: str, fixed: Sequence[Any], marks: Sequence[Value]) -> None:
        self.sql, self.fixed = sql, fixed
        by_mark = {_adapted(mark): number for number, mark in enumerate(marks)}
        self.places = [by_mark.get(one) for one in fixed]
        if set(by_mark.values()) - set(self.places):
            message = "a prepared query does more with its values than compare with them"
            raise TypeError(message)

    def given(self, values: Sequence[Value]) -> tuple[Any, ...]:
        """The parameters for these values."""
        known = [_adapted(value) for value in values]
        pairs = zip(self.places, self.fixed, strict=True)
        return tuple(fixed if place is None else known[place] for place, fixed in pairs)


class _Ready:
    """A query whose SQL and columns are known."""

    def __init__(
        self,
        make: Callable[..., QuerySet[Any, Any]],
        kinds: tuple[type, ...],
        shape: dict[str, Any],
    ) -> None:
        marks = _marks(kinds)
        self.queryset = make(*marks, **shape)
        self.compiler: Any = self.queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, fixed = self.compiler.as_sql()
        self.statement = _Statement(sql, fixed, marks)
        columns = [column for column, *_ in self.compiler.select]
        self.converters = self.compiler.get_converters(columns)

    def rows(self, values: tuple[Value, ...]) -> list[Any]:
        asks = self.statement.sql, self.statement.given(values)
        compiler = copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # of this thread
        compiler.as_sql = lambda: asks
        compiler.get_converters = lambda _: self.converters
        query: Any = _Asked(self.queryset.query, compiler)
        asked: Any = QuerySet(self.queryset.model, query=query)
        for name in ("_iterable_class", "_fields", "_prefetch_related_lookups"):
            setattr(asked, name, getattr(self.queryset, name))
        return list(asked)


class _Asked:
    """In the place of a query: everything as there, and its SQL as it was prepared."""

    def __init__(self, query: Any, compiler: SQLCompiler) -> None:
        self._query, self._compiler = query, compiler

    def get_compiler(self, *_: object, **__: object) -> SQLCompiler:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)
