"""Queries that pages ask again and again: put into SQL once, not at each asking.

Of what a page takes, most went into that: the database answers in a fraction of the time.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, wraps
from typing import Any, Final, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet, prefetch_related_objects
from django.db.models import query as django_query
from django.db.models.base import ModelState
from django.db.models.signals import post_init, pre_init
from django.db.models.sql import UpdateQuery

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
_LARGEST: Final = 2**63 - 1
"""The largest number that a database keeps. One beyond it, from an address, is compared as this, which is
no row's either."""


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
        connection = connections[DEFAULT_DB_ALIAS]
        key = _key(values, shape, connection)
        ready = known.get(key)
        if ready is None:
            ready = known[key] = _Ready(make, key[1], shape)
        return ready.rows(values, connection)

    return ask


def of_case(case: Case, rows: list[Row]) -> list[Row]:
    """Rows of a case that is at hand, so that none asks for it again."""
    for row in rows:
        row.case = case  # type: ignore[attr-defined]
    return rows


def _key(values: Sequence[Value], shape: dict[str, Any], connection: BaseDatabaseWrapper) -> Key:
    """What the SQL depends on: the database, the kinds of the values, and what they are given beside."""
    kinds = tuple(map(_kind, map(type, values)))
    return (
        (connection.vendor, kinds, *sorted(shape.items())) if shape else (connection.vendor, kinds)
    )


@cache
def _kind(given: Any) -> type:
    for kind in _FIRST:
        if issubclass(given, kind) and given is not bool:
            return kind
    message = f"{given.__name__} is no value of a prepared query"
    raise TypeError(message)


def _adapted(value: Value, connection: BaseDatabaseWrapper) -> Any:
    """As the database takes it; an enum as what it stands for."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return max(-_LARGEST, min(_LARGEST, int(value)))
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return as_one(value, connection)


def prepared_counts(make: Callable[..., Sequence[QuerySet[Any, Any]]]) -> Callable[..., list[int]]:
    """As ``prepared``: how many rows each of several queries has, by one statement."""
    known: dict[Key, _Statement] = {}

    @wraps(make)
    def ask(*values: Value, **shape: Any) -> list[int]:
        connection = connections[DEFAULT_DB_ALIAS]
        key = _key(values, shape, connection)
        statement = known.get(key)
        if statement is None:
            marks = _marks(key[1])
            statement = known[key] = _Statement(*_counting(make(*marks, **shape)), marks)
        return _counted(statement.sql, statement.given(values, connection), connection)

    return ask


def prepared_change(
    make: Callable[..., tuple[QuerySet[Any, Any], dict[str, Any]]],
) -> Callable[..., int]:
    """As ``prepared``: sets fields of the rows of a query, and says how many those are. What ``make``
    is given by position it may set, too."""
    known: dict[Key, _Statement] = {}

    @wraps(make)
    def change(*values: Value, **shape: Any) -> int:
        connection = connections[DEFAULT_DB_ALIAS]
        key = _key(values, shape, connection)
        statement = known.get(key)
        if statement is None:
            marks = _marks(key[1])
            statement = known[key] = _Statement(*_changing(*make(*marks, **shape)), marks)
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, statement.given(values, connection))
            return int(cursor.rowcount)

    return change


def _changing(rows: QuerySet[Any, Any], fields: dict[str, Any]) -> tuple[str, Sequence[Any]]:
    query: Any = rows.query.chain(UpdateQuery)
    query.add_update_values(fields)
    sql, params = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return sql, params


def counts_of(queries: Sequence[QuerySet[Any, Any]]) -> list[int]:
    """How many rows each of them has, by one statement."""
    return _counted(*_counting(queries), connections[DEFAULT_DB_ALIAS])


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


def _counted(sql: str, params: Sequence[Any], connection: BaseDatabaseWrapper) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchone())


def _marks(kinds: tuple[type, ...]) -> list[Value]:
    return [_FIRST[kind](number) for number, kind in enumerate(kinds)]


class _Statement:
    """SQL with what goes into it: ``places`` are the numbers of the values that its parameters are,
    and ``fixed`` those that stay."""

    def __init__(self, sql: str, fixed: Sequence[Any], marks: Sequence[Value]) -> None:
        self.sql, self.fixed = sql, fixed
        connection = connections[DEFAULT_DB_ALIAS]
        by_mark = {_adapted(mark, connection): number for number, mark in enumerate(marks)}
        self.places = [by_mark.get(one) for one in fixed]
        if set(by_mark.values()) - set(self.places):
            message = "a prepared query does more with its values than compare with them"
            raise TypeError(message)

    def given(self, values: Sequence[Value], connection: BaseDatabaseWrapper) -> tuple[Any, ...]:
        """The parameters for these values."""
        known = [_adapted(value, connection) for value in values]
        pairs = zip(self.places, self.fixed, strict=True)
        return tuple([fixed if place is None else known[place] for place, fixed in pairs])


class _Ready:
    """A query whose SQL and columns are known."""

    def __init__(
        self,
        make: Callable[..., QuerySet[Any, Any]],
        kinds: tuple[type, ...],
        shape: dict[str, Any],
    ) -> None:
        marks = _marks(kinds)
        queryset: Any = make(*marks, **shape)
        compiler: Any = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, fixed = compiler.as_sql()
        self._statement = _Statement(sql, fixed, marks)
        columns = [column for column, *_ in compiler.select]
        self._converters = list(compiler.get_converters(columns).items())
        self._iterable = queryset._iterable_class  # noqa: SLF001 (so below: as Django keeps a query)
        self._fields, self._before = queryset._fields, queryset._prefetch_related_lookups  # noqa: SLF001
        self._query = queryset.query
        self._width = compiler.col_count if compiler.has_extra_select else None
        self._models = _Models(compiler) if self._iterable is django_query.ModelIterable else None

    def rows(self, values: tuple[Value, ...], connection: BaseDatabaseWrapper) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(self._statement.sql, self._statement.given(values, connection))
            found = cursor.fetchall()
        if self._width is not None:
            found = [row[: self._width] for row in found]
        if self._converters and found:
            found = [self._converted(row, connection) for row in found]
        if self._models is None:
            return list(self._iterable(_Asked(self._query, self._fields, found)))
        models = self._models.made(found)
        if self._before and models:
            prefetch_related_objects(models, *self._before)
        return models

    def _converted(self, row: Sequence[Any], connection: BaseDatabaseWrapper) -> Sequence[Any]:
        values = list(row)
        for place, (converters, expression) in self._converters:
            value = values[place]
            for convert in converters:
                value = convert(value, expression, connection)
            values[place] = value
        return tuple(values)


class _Models:
    """Rows as objects, with those that were selected along with them."""

    def __init__(self, compiler: Any) -> None:
        known, select = compiler.klass_info, compiler.select
        self._first, self._end = known["select_fields"][0], known["select_fields"][-1] + 1
        self._model = known["model"]
        self._names = [column.target.attname for column, *_ in select[self._first : self._end]]
        related: Any = django_query.get_related_populators
        self._beside = [_quick(one) for one in related(known, select, DEFAULT_DB_ALIAS)]
        self._one = _Maker.of(self._model)
        self._counted = list((compiler.annotation_col_map or {}).items())

    def made(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        found = []
        for row in rows:
            one = self._one.from_db(DEFAULT_DB_ALIAS, self._names, row[self._first : self._end])
            for related in self._beside:
                related.populate(row, one)
            for name, place in self._counted:
                setattr(one, name, row[place])
            found.append(one)
        return found


def _quick(related: Any) -> Any:
    """What Django makes the objects beside a row with, by ``_Maker``."""
    related.model_cls = _Maker.of(related.model_cls)
    for one in related.related_populators:
        _quick(one)
    return related


class _Maker:
    """Makes an object of a row as its model's ``from_db`` does, which sets each value by itself and tells
    of each object twice, to nobody."""

    def __init__(self, model: type[Model]) -> None:
        self._model = model

    @staticmethod
    def of(model: Any) -> Any:
        """The model itself where, when a query is first asked, somebody wants to know of its objects, or
        it makes them in a way of its own."""
        own = (model.__init__, model.from_db.__func__) != (Model.__init__, Model.from_db.__func__)  # type: ignore[attr-defined]
        heard = pre_init.has_listeners(model) or post_init.has_listeners(model)
        return model if own or heard else _Maker(model)

    def from_db(self, db: str, names: Sequence[str], values: Sequence[Any]) -> Any:
        new = self._model.__new__(self._model)
        state = ModelState()
        state.adding, state.db = False, db
        vars(new).update(zip(names, values, strict=True), _state=state)
        return new


class _Asked:
    """In the place of a query set whose rows are there: what Django makes values of."""

    db: Final = DEFAULT_DB_ALIAS

    def __init__(self, query: Any, fields: Any, rows: Sequence[Any]) -> None:
        self.query, self._fields, self._rows, self._query = self, fields, rows, query

    def get_compiler(self, *_: object, **__: object) -> "_Asked":
        return self

    def results_iter(self, *_: object, **__: object) -> Iterator[Any]:
        return iter(self._rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)
