"""Look-ups of a batch's ids, written as SQL once and from then on asked as they are.

Django writes a query anew each time it is asked, and PostgreSQL reads a batch's ids among the words
of a statement, letter by letter. Of what storing a batch took that was a tenth.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from amends.desk.models.among import as_array, as_json
from amends.desk.models.ids import turned_all

Rows = QuerySet[Any, Any]
_NETWORK: Final = "<network>"
_IDS: Final = "<ids>"


class LookUp:
    """``rows``, asked with a network and with ids, of which it makes one ``among`` and which it uses
    nowhere else, as a query for values that need no converting: numbers and texts."""

    def __init__(self, rows: Callable[[str, Sequence[str]], Rows]) -> None:
        self._rows = rows
        self._written: dict[str, tuple[str, list[Any]]] = {}

    def __call__(self, network: str, ids: Collection[str]) -> list[tuple[Any, ...]]:
        """What the query finds. Ids of any number are one value of it."""
        if not ids:
            return []
        postgres = connection.vendor == "postgresql"
        sql, places = self._written.get(connection.vendor) or self._write()
        spell = as_array if postgres else as_json
        values = [
            network
            if one == _NETWORK
            else one
            if not isinstance(one, tuple)
            else spell(one[0](ids))
            for one in places
        ]
        return _asked_of_postgres(sql, values) if postgres else _asked(sql, values)

    def _write(self) -> tuple[str, list[Any]]:
        sql, values = self._rows(_NETWORK, [_IDS]).query.sql_with_params()
        places = [_place(one) for one in values]
        self._written[connection.vendor] = sql, places
        return sql, places


def _place(value: Any) -> Any:
    """Of a value that holds the ids how they are given: as they are, or turned."""
    if not isinstance(value, str) or _IDS not in value:
        return value
    return (turned_all if value.count(_IDS) > 1 else list,)


def _asked(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _asked_of_postgres(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The values beside the statement, where Django's own cursor writes them into it."""
    from psycopg import Cursor

    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        return cursor.execute(sql.encode(), values).fetchall()
