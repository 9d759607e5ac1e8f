"""Look-ups of a batch's ids, written as SQL once and from then on asked as they are.

Django writes a query anew each time it is asked, and PostgreSQL reads a batch's ids among the words
of a statement, letter by letter. Of what storing a batch took that was a tenth.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from amends.desk.models.among import as_array, as_json
from amends.desk.models.ids import turned_all

Rows = QuerySet[Any, Any]
Found = list[tuple[Any, ...]]
_NETWORK, _IDS, _LOW, _HIGH = "<network>", "<ids>", "<low>", "<high>"
MOST: Final = 1000
"""Rows in a stretch that are looked through, and no more."""


class LookUp:
    """``rows``, asked with a network and with ids, of which it makes one ``among`` and which it uses
    nowhere else, as a query for values that need no converting: numbers and texts."""

    def __init__(self, rows: Callable[[str, Sequence[str]], Rows]) -> None:
        self._asked = _Written(lambda: rows(_NETWORK, [_IDS]))

    def __call__(self, network: str, ids: Collection[str]) -> Found:
        """What the query finds. Ids of any number are one value of it."""
        return self._asked({_NETWORK: network, _IDS: ids}) if ids else []


class Stretch:
    """One look at the stretch of an index of turned ids that a batch's ids lie in, for what thousands
    of them would be looked up for in vain: of posts that are written now none is stored yet.

    ``rows``: the ids that stand there from one to another, both turned, as the query's only value.
    """

    def __init__(self, rows: Callable[[str, str], Rows], *, most: int = MOST) -> None:
        self._most = most
        self._asked = _Written(lambda: rows(_LOW, _HIGH)[: most + 1])

    def narrow(self, ids: Collection[str]) -> Collection[str]:
        """Those of the ids that stand there; all of them where the stretch is long."""
        if len(ids) < self._most // 10:
            return ids
        turned = turned_all(ids)
        found = self._asked({_LOW: min(turned), _HIGH: max(turned)})
        if len(found) > self._most:
            return ids
        there = {one for (one,) in found}
        return there.intersection(ids)


class _Written:
    """A query for each kind of database, as SQL with places for what it is asked with."""

    def __init__(self, rows: Callable[[], Rows]) -> None:
        self._rows = rows
        self._sql: dict[str, tuple[str, Sequence[Any]]] = {}

    def __call__(self, given: Mapping[str, Any]) -> Found:
        postgres = connection.vendor == "postgresql"
        if connection.vendor not in self._sql:
            self._sql[connection.vendor] = self._rows().query.sql_with_params()
        sql, places = self._sql[connection.vendor]
        values = [_value(one, given, as_array if postgres else as_json) for one in places]
        return _asked_of_postgres(sql, values) if postgres else _asked(sql, values)


def _value(place: Any, given: Mapping[str, Any], spell: Callable[[Sequence[str]], str]) -> Any:
    if not isinstance(place, str):
        return place
    if _IDS in place:  # twice where they are turned
        ids = given[_IDS]
        return spell(turned_all(ids) if place.count(_IDS) > 1 else list(ids))
    return given.get(place, place)


def _asked(sql: str, values: Sequence[Any]) -> Found:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: Found = cursor.fetchall()
        return rows


def _asked_of_postgres(sql: str, values: Sequence[Any]) -> Found:
    """The values beside the statement, where Django's own cursor writes them into it."""
    from psycopg import Cursor

    if connection.execute_wrappers:  # of one who must know, as where a COPY has to end first
        return _asked(sql, values)
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        return cursor.execute(sql.encode(), values).fetchall()
