"""``name__among=values``: one of many, however many, in a statement that is always the same."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup
from django.db.models.sql.compiler import SQLCompiler

Sql = tuple[str, Any]
_SPECIAL: Final = re.compile(r'["\\]')


def as_array(values: Sequence[str | None]) -> str:
    """As PostgreSQL reads an array; psycopg would look at each value by itself."""
    given = [one for one in values if one is not None]
    if given and len(given) == len(values) and not _SPECIAL.search("".join(given)):
        return '{"' + '","'.join(given) + '"}'
    spelt = ["NULL" if one is None else f'"{_escaped(one)}"' for one in values]
    return f"{{{','.join(spelt)}}}"


def _escaped(value: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", value) if _SPECIAL.search(value) else value


class Among(Lookup):
    """As ``in``, which prepares and names every value by itself: of a batch's look-ups that took
    most of the time. The values go as one."""

    lookup_name = "among"

    def get_prep_lookup(self) -> list[Any]:
        return list(self.rhs)

    def get_db_prep_lookup(self, value: Any, connection: BaseDatabaseWrapper) -> Sql:
        return "%s", [
            as_array(list(map(str, value)))
            if connection.vendor == "postgresql"
            else json.dumps(value)
        ]

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        one_of = f"IN (SELECT value FROM json_each({right}))"  # noqa: S608 (a place for a value, and no value)
        if connection.vendor == "postgresql":
            kind = self.lhs.output_field.rel_db_type(connection).partition("(")[0]
            one_of = f"= ANY({right}::{kind}[])"
        return f"{left} {one_of}", [*left_values, *right_values]
