"""Rows saved one by one at the cost of their values: Django writes the same statement anew each time."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from django.db import connections
from django.db.models import Model

SHAPES: Final = 1024
"""Statements that are kept: one for each set of fields that some action saves."""


class Saved(Model):
    """Of models whose rows come and change at every action. As ``Model``, which it asks where a value
    is an expression."""

    class Meta:
        abstract = True

    def _do_insert(
        self, manager: Any, using: str, fields: Any, returning_fields: Any, raw: bool
    ) -> Any:
        connection = connections[using]
        values = [
            field.get_db_prep_save(_value(field, self, raw=raw), connection=connection)
            for field in fields
        ]
        if _computed(values):
            return super()._do_insert(manager, using, fields, returning_fields, raw)  # type: ignore[misc]
        sql = _insertion(type(self), _columns(fields), _columns(returning_fields))
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return [cursor.fetchone()] if returning_fields else []

    # The stubs are a Django further.
    def _do_update(  # type: ignore[override]
        self, base_qs: Any, using: str, pk_val: Any, values: Any, update_fields: Any, forced: Any
    ) -> Any:
        connection = connections[using]
        given = [field.get_db_prep_save(value, connection=connection) for field, _, value in values]
        if not given or _computed(given):
            django: Any = super()
            return django._do_update(  # noqa: SLF001 (our own)
                base_qs, using, pk_val, values, update_fields, forced
            )
        sql = _change(type(self), _columns([field for field, *_ in values]))
        with connection.cursor() as cursor:
            cursor.execute(sql, [*given, pk_val])
            return cursor.rowcount > 0


def _value(field: Any, row: Model, *, raw: bool) -> Any:
    return getattr(row, field.attname) if raw else field.pre_save(row, True)


def _computed(values: Sequence[Any]) -> bool:
    """Whether one is for the database to work out."""
    return any(hasattr(value, "as_sql") for value in values)


def _columns(fields: Sequence[Any]) -> tuple[str, ...]:
    return tuple([field.column for field in fields])


# Table and columns are our own; both databases quote them alike.
@lru_cache(SHAPES)
def _insertion(model: type[Model], columns: tuple[str, ...], returned: tuple[str, ...]) -> str:
    places = ", ".join(["%s"] * len(columns))
    sql = f'INSERT INTO "{_table(model)}" ({_listed(columns)}) VALUES ({places})'  # noqa: S608
    return f"{sql} RETURNING {_listed(returned)}" if returned else sql


@lru_cache(SHAPES)
def _change(model: type[Model], columns: tuple[str, ...]) -> str:
    pairs = ", ".join(f'"{column}" = %s' for column in columns)
    key = model._meta.pk.column  # noqa: SLF001 (documented: the model _meta API; so below)
    return f'UPDATE "{_table(model)}" SET {pairs} WHERE "{key}" = %s'  # noqa: S608


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _table(model: type[Model]) -> str:
    return model._meta.db_table  # noqa: SLF001
