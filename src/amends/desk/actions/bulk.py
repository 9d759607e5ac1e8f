"""Many rows at once, given to the driver as they are.

``bulk_create`` prepares each value by several calls and on SQLite cuts what it is given into
statements of 999 values, ``bulk_update`` writes a CASE for each row: of an import both took most of
the time. SQLite runs one prepared statement for each row; PostgreSQL gets all rows at once, by COPY
or as one array a column. Defaults hold, signals do not exist; rows do not learn their primary keys.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import chain
from json.encoder import encode_basestring_ascii
from operator import attrgetter
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.db.models import BooleanField, DateField, DateTimeField, JSONField, Model

from amends.desk.models.among import as_array

Row = Sequence[Any]
"""Values as models hold them, in the order of the names they are given with."""
Column = Sequence[Any]
SKIP: Final = "ON CONFLICT DO NOTHING"
AT_ONCE: Final = 16
"""Rows in one statement on SQLite."""


def insert_rows(rows: Sequence[Model], *, known: str = "") -> None:
    """Insert new rows of one model. ``known``: what becomes of those that break a constraint, in
    the words of SQL, such as ``SKIP``."""
    if not rows:
        return
    model = type(rows[0])
    names = [one.attname for one in _columns(model) if one is not _key(model)]
    insert_values(model, names, list(map(attrgetter(*names), rows)), known=known)


def update_rows(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write the named fields of stored rows of one model."""
    if not rows:
        return
    model = type(rows[0])
    attributes = [_field(model, name).attname for name in names]
    update_values(model, attributes, list(map(attrgetter(_key(model).attname, *attributes), rows)))


def insert_values(
    model: type[Model], names: Sequence[str], rows: Sequence[Row], *, known: str = ""
) -> int:
    """Insert rows given as values of the named fields, which are all that have no default in the
    database; how many were written. ``known`` as for ``insert_rows``."""
    if not rows:
        return 0
    fields = [_field(model, name) for name in names]
    # Table and columns are our own, here and below; the values go beside the statement.
    into = _into(model, fields)
    if connection.vendor != "postgresql":
        return _insert_some(model, fields, rows, known)
    if known:
        arrays, values = _arrays(fields, rows)
        return _run(f"INSERT INTO {into} SELECT * FROM {arrays} {known}", values)  # noqa: S608
    _copy(f"COPY {into} FROM STDIN", fields, rows)
    return len(rows)


def insert_new(model: type[Model], names: Sequence[str], rows: Sequence[Row]) -> bool:
    """Insert those rows that break no constraint; whether none did."""
    if connection.vendor != "postgresql":
        return insert_values(model, names, rows, known=SKIP) == len(rows)
    try:
        with transaction.atomic():
            insert_values(model, names, rows)
    except IntegrityError:
        insert_values(model, names, rows, known=SKIP)
        return False
    return True


def update_values(model: type[Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Write the named fields of stored rows, each given as its primary key and their values."""
    if not rows:
        return
    fields, key = [_field(model, name) for name in names], _key(model)
    table, pk = _quoted(_table(model)), _quoted(key.column)
    columns = [_quoted(field.column) for field in fields]
    if connection.vendor == "postgresql":
        arrays, values = _arrays([key, *fields], rows)
        pairs = ", ".join(f"{column} = given.{column}" for column in columns)
        given = f"given ({', '.join([pk, *columns])})"
        _run(
            f"UPDATE {table} SET {pairs} FROM {arrays} AS {given} WHERE {table}.{pk} = given.{pk}",  # noqa: S608
            values,
        )
        return
    pairs = ", ".join(f"{column} = %s" for column in columns)
    turned = zip(*((*row[1:], row[0]) for row in rows), strict=True)
    prepared = [_prepared(*one) for one in zip([*fields, key], turned, strict=True)]
    values = list(zip(*prepared, strict=True))
    _run_each(f"UPDATE {table} SET {pairs} WHERE {pk} = %s", values)  # noqa: S608


def new_keys(model: type[Model], number: int) -> Sequence[int]:
    """Primary keys that no row has or will be given. On SQLite they hold for this transaction,
    which is the only one that writes."""
    table = _table(model)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(%s::regclass) FROM generate_series(1, %s)",
                [_sequence(table, _key(model).column), number],
            )
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
        return range(last + 1, last + 1 + number)


def look_up_by_index() -> None:
    """Till the transaction ends let PostgreSQL look a batch's values up, however many, and not go
    through all rows instead, nor compile anything for rows that it then expects."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL jit = off")


@cache
def _sequence(table: str, column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [_quoted(table), column])
        (name,) = cursor.fetchone()
    return str(name)


def _table(model: type[Model]) -> str:
    return model._meta.db_table  # noqa: SLF001 (documented: the model _meta API; so below)


def _columns(model: type[Model]) -> Sequence[Any]:
    return model._meta.concrete_fields  # noqa: SLF001


def _key(model: type[Model]) -> Any:
    return model._meta.pk  # noqa: SLF001


def _field(model: type[Model], name: str) -> Any:
    return model._meta.get_field(name)  # noqa: SLF001


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _run(sql: str, values: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _into(model: type[Model], fields: Iterable[Any]) -> str:
    columns = ", ".join(_quoted(field.column) for field in fields)
    return f"{_quoted(_table(model))} ({columns})"


def _run_each(sql: str, values: Sequence[Sequence[Any]]) -> int:
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)
        return int(cursor.rowcount)


def _insert_some(model: type[Model], fields: Sequence[Any], rows: Sequence[Row], known: str) -> int:
    """Some rows a statement, and columns that hold nothing left out. What fails raises and leaves
    the statement's first rows to whoever rolls back: else SQLite copies each page before."""
    pairs = zip(fields, zip(*rows, strict=True), strict=True)
    there = [(field, column) for field, column in pairs if column.count(None) < len(column)]
    values = list(zip(*(_prepared(*one) for one in there), strict=True))
    insert = "INSERT" if known else "INSERT OR FAIL"
    start = f"{insert} INTO {_into(model, (field for field, _ in there))} VALUES "
    places = f"({', '.join(['%s'] * len(there))})"
    full = len(values) - len(values) % AT_ONCE
    some = [tuple(chain(*values[at : at + AT_ONCE])) for at in range(0, full, AT_ONCE)]
    written = 0
    for count, given in ((AT_ONCE, some), (1, values[full:])):
        if given:
            written += _run_each(f"{start} {', '.join([places] * count)} {known}", given)
    return written


def _copy(sql: str, fields: Sequence[Any], rows: Iterable[Row]) -> None:
    """PostgreSQL reads a line for each row; what COPY's text form gives a meaning is escaped."""
    columns = zip(*rows, strict=True)
    spelt = [
        _without_none(_escaped(field, _spelt(field, values)))
        for field, values in zip(fields, columns, strict=True)
    ]
    lines = map("\t".join, zip(*spelt, strict=True))
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(sql) as copy:
        copy.write("\n".join(lines) + "\n")


def _arrays(fields: Sequence[Any], rows: Iterable[Row]) -> tuple[str, list[Any]]:
    """One array a column, as a table."""
    columns = zip(*rows, strict=True)
    values = [
        as_array(_spelt(field, column)) for field, column in zip(fields, columns, strict=True)
    ]
    return f"unnest({', '.join(map(_array_type, fields))})", values


def _array_type(field: Any) -> str:
    """Texts are not cast to their length, which would cut them: too long a one is refused."""
    kind = field.get_internal_type()
    if kind in {"CharField", "TextField"}:
        return "%s::text[]"
    return f"%s::text[]::{field.rel_db_type(connection)}[]"


_EMPTY: Final[dict[type, str]] = {list: "[]", tuple: "[]", dict: "{}"}
_SPECIAL: Final = re.compile(r"[\\\t\n\r]")
_ESCAPES: Final = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def _prepared(field: Any, column: Column) -> Column:
    """What SQLite wants the values as."""
    if isinstance(field, DateTimeField):
        return _each(_moment, column)
    if isinstance(field, DateField):
        return _each(str, column)
    if isinstance(field, BooleanField):  # for any but numbers and texts sqlite3 asks for adapters
        return _each(int, column)
    return _json(column) if isinstance(field, JSONField) else column


@lru_cache(4096)  # when a post was written stands in each of its rows
def _moment(value: datetime) -> str:
    """As Django's field would write it: in UTC, without saying so."""
    return str(value if value.tzinfo is UTC else value.astimezone(UTC))[:-6]


def _spelt(field: Any, column: Column) -> Column:
    """The values as PostgreSQL reads them from text."""
    if isinstance(field, JSONField):
        return _json(column)
    if isinstance(field, BooleanField):
        return _each(_FLAGS.__getitem__, column)
    return column if _TEXT_TYPES.issuperset(map(type, column)) else _each(str, column)


def _escaped(field: Any, column: Column) -> Column:
    if field.get_internal_type() not in _TEXTS:
        return column
    search = _SPECIAL.search
    if search("".join(filter(None, column))) is None:
        return column
    return [_escape(one) if one is not None and search(one) else one for one in column]


def _without_none(column: Column) -> Column:
    return ["\\N" if one is None else one for one in column] if None in column else column


_FLAGS: Final = {True: "t", False: "f"}
_TEXT_TYPES: Final = frozenset({str, type(None)})
_TEXTS: Final = frozenset({"CharField", "TextField", "JSONField"})


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text)


def _each(prepare: Callable[[Any], Any], column: Column) -> Column:
    """Each value prepared; where the same stands in row after row, once."""
    first = column[0]
    if len(set(map(id, column))) == 1:
        return [None if first is None else prepare(first)] * len(column)
    return [None if value is None else prepare(value) for value in column]


def _json(column: Column) -> Column:
    """As Django's field would write it. Tuples are lists there; the same one comes often."""
    known: dict[Any, str] = {}
    spelt: list[str | None] = []
    for value in column:
        if value is None:
            spelt.append(None)
        elif not value:
            spelt.append(_EMPTY[type(value)])
        elif isinstance(value, tuple):
            spelt.append(known.get(value) or known.setdefault(value, _listed(value)))
        else:
            spelt.append(_listed(value) if isinstance(value, list) else json.dumps(value))
    return spelt


def _listed(value: Sequence[Any]) -> str:
    """As ``json.dumps`` would, which makes an encoder each time: most are lists of a word or two."""
    try:
        return f"[{', '.join(map(encode_basestring_ascii, value))}]"
    except TypeError:
        return json.dumps(value)
