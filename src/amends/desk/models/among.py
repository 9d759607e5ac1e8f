"""``name__among=values``: one of many, however many, in a statement that is always the same."""

import json
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup
from django.db.models.sql.compiler import SQLCompiler

Sql = tuple[str, Any]


class Among(Lookup):
    """As ``in``, which prepares and names every value by itself: of a batch's look-ups that took
    most of the time. The values go as one."""

    lookup_name = "among"

    def get_prep_lookup(self) -> list[Any]:
        return list(self.rhs)

    def get_db_prep_lookup(self, value: Any, connection: BaseDatabaseWrapper) -> Sql:
        return "%s", [value if connection.vendor == "postgresql" else json.dumps(value)]

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        one_of = f"IN (SELECT value FROM json_each({right}))"  # noqa: S608 (a place for a value, and no value)
        if connection.vendor == "postgresql":
            one_of = f"= ANY({right})"
        return f"{left} {one_of}", [*left_values, *right_values]
