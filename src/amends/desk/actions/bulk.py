"""Many rows at once, given to the driver as they are.

``bulk_create`` prepares each value by several calls and on SQLite cuts what it is given into
statements of 999 values, ``bulk_update`` writes a CASE for each row: of an import both took most of
the time. Defaults hold, signals do not exist; rows do not learn their primary keys.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, JSONField, Model

Prepare = Callable[[Any], Any]


def insert_rows(rows: Sequence[Model], *, skip_known: bool = False) -> None:
    """Insert new rows of one model. ``skip_known``: those that break a constraint are passed over."""
    if not rows:
        return
    table = _table(rows[0])
    fields = [field for field in table.concrete_fields if field is not table.pk]
    columns = ", ".join(_quoted(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    # Table and columns are our own; the values go beside the statement.
    sql = f"INSERT INTO {_quoted(table.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
    _run(sql + (" ON CONFLICT DO NOTHING" if skip_known else ""), _values(rows, fields))


def update_rows(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write the named fields of stored rows of one model."""
    if not rows:
        return
    table = _table(rows[0])
    fields = [table.get_field(name) for name in names]
    columns = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
    where = f"{_quoted(table.pk.column)} = %s"
    sql = f"UPDATE {_quoted(table.db_table)} SET {columns} WHERE {where}"  # noqa: S608 (as above)
    _run(sql, _values(rows, [*fields, table.pk]))


def _table(row: Model) -> Any:
    return row._meta  # noqa: SLF001 (Django's own, and documented: the model _meta API)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _run(sql: str, values: list[list[Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)


def _values(rows: Sequence[Model], fields: Sequence[Any]) -> list[list[Any]]:
    read = attrgetter(*(field.attname for field in fields))
    prepare = [(place, one) for place, one in enumerate(map(_prepare, fields)) if one]
    lines = []
    for row in rows:
        line = list(read(row))
        for place, one in prepare:
            if line[place] is not None:
                line[place] = one(line[place])
        lines.append(line)
    return lines


def _prepare(field: Any) -> Prepare | None:
    """What the database wants a value as; None where it takes it as it is."""
    if isinstance(field, DateTimeField):
        return _once_a_run(connection.ops.adapt_datetimefield_value)
    if isinstance(field, JSONField):
        return _json(field)
    return None


def _json(field: Any) -> Prepare:
    adapt, encoder = connection.ops.adapt_json_value, field.encoder
    empty = {kind: adapt(kind(), encoder) for kind in (list, dict)}  # most of them are
    return lambda value: empty[type(value)] if value in ([], {}) else adapt(value, encoder)


def _once_a_run(prepare: Prepare) -> Prepare:
    """The same moment stands in row after row: it is prepared for the first of them."""
    known: list[Any] = [None, None]

    def one(value: Any) -> Any:
        if value is not known[0]:
            known[:] = value, prepare(value)
        return known[1]

    return one
