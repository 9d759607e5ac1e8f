"""``name__among=values``: one of many, however many, in a statement that is always the same."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final, cast

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup
from django.db.models.sql.compiler import SQLCompiler

Sql = tuple[str, Any]
_SPECIAL: Final = re.compile(r'["\\]')


def as_array(values: Sequence[str | None]) -> str:
    """As PostgreSQL reads an array; psycopg would look at each value by itself."""
    if values and None not in values:
        spelt = '{"' + '","'.join(given := cast("Sequence[str]", values)) + '"}'
        if "\\" not in spelt and spelt.count('"') == 2 * len(given):
            return spelt
    each = ["NULL" if one is None else f'"{_escaped(one)}"' for one in values]
    return f"{{{','.join(each)}}}"


def _escaped(value: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", value) if _SPECIAL.search(value) else value


def as_json(values: Sequence[Any]) -> str:
    """As SQLite reads a list."""
    try:
        return msgspec.json.encode(values).decode()
    except ValueError:  # half of a pair of surrogates, which no id of a stored row holds
        return json.dumps(values)


def as_one(values: Sequence[Any], connection: BaseDatabaseWrapper) -> str:
    """Values as the one that a database takes in their place."""
    if connection.vendor == "postgresql":
        return as_array(list(map(str, values)))
    return as_json(values)


class Among(Lookup):
    """As ``in``, which prepares and names every value by itself: of a batch's look-ups that took
    most of the time. The values go as one."""

    lookup_name = "among"

    def get_prep_lookup(self) -> list[Any]:
        return list(self.rhs)

    def get_db_prep_lookup(self, value: Any, connection: BaseDatabaseWrapper) -> Sql:
        return "%s", [as_one(value, connection)]

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        one_of = f"IN (SELECT value FROM json_each({right}))"  # noqa: S608 (a place for a value, and no value)
        if connection.vendor == "postgresql":
            kind = self.lhs.output_field.rel_db_type(connection).partition("(")[0]
            one_of = f"= ANY({right}::{kind}[])"
        return f"{left} {one_of}", [*left_values, *right_values]
