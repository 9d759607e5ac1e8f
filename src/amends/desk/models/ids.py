"""Ids that networks give, found by an index in which what came at one time lies together.

Bluesky's ids begin with their author and end with the moment, so that in an index each new one lands
on a page of its own, which must be read, written and written again. Turned about, the last thirteen
letters first, they follow each other. Numbers that grow do so either way.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Func
from django.db.models.lookups import Exact, In
from django.db.models.sql.compiler import SQLCompiler

from amends.desk.models.among import Among, Sql

TAIL: Final = 13
"""As long as a moment is in Bluesky's ids."""


def turned(native_id: str) -> str:
    """What the index holds for an id: as ``Turned`` has it in SQL."""
    return native_id[-TAIL:] + native_id


def turned_all(native_ids: Iterable[str]) -> list[str]:
    """``turned`` of thousands."""
    return [one[-TAIL:] + one for one in native_ids]


class Turned(Func):
    """``turned`` of a column. PostgreSQL compares it letter by letter, whatever its locale."""

    template = f'((RIGHT(%(expressions)s, {TAIL}) || %(expressions)s) COLLATE "C")'
    output_field = models.TextField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any) -> Sql:
        plain = f"(SUBSTR(%(expressions)s, -{TAIL}) || %(expressions)s)"
        return self.as_sql(compiler, connection, template=plain, **more)


class NativeId(models.CharField):  # type: ignore[type-arg]  # generic in the stubs alone
    """A network's id, at most 512 letters, that is looked up by ``Turned``; with another column it
    is compared as it is."""

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "amends.desk.models.ids.NativeId", args, kwargs


class _Among(Among):
    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        return Among(Turned(self.lhs), turned_all(self.rhs)).as_sql(compiler, connection)


class _Exact(Exact):
    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        if not self.rhs_is_direct_value():
            return super().as_sql(compiler, connection)
        left, values = compiler.compile(Turned(self.lhs))
        return f"{left} = %s", [*values, turned(self.rhs)]


class _In(In):
    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        if not self.rhs_is_direct_value():
            return super().as_sql(compiler, connection)
        if not self.rhs:
            raise EmptyResultSet
        return compiler.compile(_Among(self.lhs, self.rhs))


for _lookup in (_Among, _Exact, _In):
    NativeId.register_lookup(_lookup)
