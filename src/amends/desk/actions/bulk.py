"""Many rows at once, given to the driver as they are.

``bulk_create`` prepares each value by several calls and on SQLite cuts what it is given into
statements of 999 values, ``bulk_update`` writes a CASE for each row: of an import both took most of
the time. SQLite runs one prepared statement for each row; PostgreSQL gets all rows at once, by COPY
or as one array a column. Defaults hold, signals do not exist; rows do not learn their primary keys.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from amends.desk.actions.columns import Column, all_one, for_copy, for_postgres, for_sqlite
from amends.desk.models.among import as_array

Row = Sequence[Any]
"""Values as models hold them, in the order of the names they are given with."""
SKIP: Final = "ON CONFLICT DO NOTHING"
AT_ONCE: Final = 64
"""Rows in one statement on SQLite."""
PART: Final = 1000
"""Rows that PostgreSQL is given at a time."""
Pair = tuple[Any, Column]
"""A field and its values."""


def insert_rows(rows: Sequence[Model], *, known: str = "", keyed: bool = False) -> None:
    """Insert new rows of one model, with their primary keys where those are ``keyed``. ``known``:
    what becomes of those that break a constraint, in the words of SQL, such as ``SKIP``."""
    if not rows:
        return
    model = type(rows[0])
    names = [one.attname for one in _columns(model) if keyed or one is not _key(model)]
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
    """As ``insert_columns``, of rows given as values of the named fields."""
    if not rows:
        return 0
    columns = zip(*rows, strict=True)
    return insert_columns(model, dict(zip(names, columns, strict=True)), known=known)


def insert_columns(model: type[Model], columns: Mapping[str, Column], *, known: str = "") -> int:
    """Insert rows given as a column of values for each field, in which all stand that have no
    default in the database; how many were written. ``known`` as for ``insert_rows``."""
    pairs = [(_field(model, name), column) for name, column in columns.items()]
    number = len(pairs[0][1])
    if not number:
        return 0
    if connection.vendor != "postgresql":
        return _insert_some(model, pairs, number, known)
    if known:
        into = _into(model, (field for field, _ in pairs))
        arrays, values = _arrays(pairs)
        # Table and columns are our own, here and below; the values go beside the statement.
        return _run(f"INSERT INTO {into} SELECT * FROM {arrays} {known}", values)  # noqa: S608
    Insertion(model, columns).run()
    return number


class Insertion:
    """Rows, given as for ``insert_columns``, as the database takes them."""

    def __init__(self, model: type[Model], columns: Mapping[str, Column]) -> None:
        self._model = model
        self._pairs = [(_field(model, name), column) for name, column in columns.items()]
        self._number = len(self._pairs[0][1])
        self._copied: _Copied | None = None
        if self._number and connection.vendor == "postgresql":
            self._copied = _Copied(model, self._pairs, self._number)

    def run(self) -> None:
        """Insert the rows."""
        with self.running():
            pass

    @contextmanager
    def running(self) -> Iterator[None]:
        """Insert the rows. What is done inside, which asks the database nothing, is done while
        PostgreSQL is still at it; the rows are there when that has ended."""
        if self._copied is not None:
            with self._copied.running():
                yield
            return
        if self._number:
            _insert_some(self._model, self._pairs, self._number, "")
        yield


def insert_new(model: type[Model], columns: Mapping[str, Column]) -> bool:
    """Insert those rows, given as for ``insert_columns``, that break no constraint; whether none
    did."""
    if connection.vendor != "postgresql":
        number = len(next(iter(columns.values())))
        return insert_columns(model, columns, known=SKIP) == number
    try:
        with transaction.atomic():
            insert_columns(model, columns)
    except IntegrityError:
        insert_columns(model, columns, known=SKIP)
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
        arrays, values = _arrays(list(zip([key, *fields], zip(*rows, strict=True), strict=True)))
        pairs = ", ".join(f"{column} = given.{column}" for column in columns)
        given = f"given ({', '.join([pk, *columns])})"
        _run(
            f"UPDATE {table} SET {pairs} FROM {arrays} AS {given} WHERE {table}.{pk} = given.{pk}",  # noqa: S608
            values,
        )
        return
    pairs = ", ".join(f"{column} = %s" for column in columns)
    turned = zip(*((*row[1:], row[0]) for row in rows), strict=True)
    prepared = [for_sqlite(*one) for one in zip([*fields, key], turned, strict=True)]
    values = list(zip(*prepared, strict=True))
    _run_each(f"UPDATE {table} SET {pairs} WHERE {pk} = %s", values)  # noqa: S608


def new_keys(model: type[Model], number: int) -> Sequence[int]:
    """Primary keys that no row has or will be given. On SQLite they hold for this transaction,
    which is the only one that writes."""
    table = _table(model)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT array_agg(nextval(%s::regclass)) FROM generate_series(1, %s)",
                [_sequence(table, _key(model).column), number],
            )
            (keys,) = cursor.fetchone()
            return keys or ()
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
        return range(last + 1, last + 1 + number)


def look_up_by_index() -> None:
    """Till the transaction ends let PostgreSQL look a batch's values up, however many, and not go
    through all rows instead, nor compile anything for rows that it then expects."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL jit = off;"
                " SET LOCAL plan_cache_mode = force_generic_plan"
            )


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


@cache
def _quoted(name: str) -> str:
    """The same on either database."""
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


def _insert_some(model: type[Model], pairs: Sequence[Pair], number: int, known: str) -> int:
    """Some rows a statement, columns that hold nothing left out, and what each row holds given once.
    What fails raises and leaves the statement's first rows to whoever rolls back: else SQLite copies
    each page before."""
    shared: list[Any] = []
    places: list[str] = []
    there, given = [], []
    for field, column in pairs:
        if not all_one(column):
            given.append(for_sqlite(field, column))
            places.append("{}")
        elif column[0] is not None:
            shared += for_sqlite(field, column[:1])
            places.append(f"?{len(shared)}")
        else:
            continue
        there.append(field)
    start = f"INSERT OR FAIL INTO {_into(model, there)} VALUES "  # noqa: S608 (as above)
    one = f"({', '.join(places)})"
    flat = tuple(chain.from_iterable(zip(*given, strict=True)))
    same, wide = tuple(shared), len(given)
    full = number - number % AT_ONCE
    written = 0
    for count, rows in ((AT_ONCE, range(0, full, AT_ONCE)), (1, range(full, number))):
        if rows:
            numbers = (f"?{at + 1}" for at in range(len(shared), len(shared) + count * wide))
            sql = f"{start} {', '.join([one] * count).format(*numbers)} {known}"
            some = [same + flat[at * wide : (at + count) * wide] for at in rows]
            written += _run_each(sql, some)
    return written


class _Copied:
    """Lines for PostgreSQL's COPY, one for each row. What each row holds is written into the pattern
    once; columns that hold nothing are left out."""

    def __init__(self, model: type[Model], pairs: Sequence[Pair], number: int) -> None:
        pattern: list[str] = []
        self._given: list[Pair] = []
        there = []
        for field, column in pairs:
            if not all_one(column):
                pattern.append("%s")
                self._given.append((field, column))
            elif column[0] is not None:
                pattern.append(str(for_copy(field, column[:1])[0]).replace("%", "%%"))
            else:
                continue
            there.append(field)
        self._number = number
        self._sql = f"COPY {_into(model, there)} FROM STDIN"
        self._line = "\t".join(pattern) + "\n"

    @contextmanager
    def running(self) -> Iterator[None]:
        """It stores the first rows while the others are still being written, and the last ones while
        the block runs; if anything else is asked there, it ends before."""
        with ExitStack() as copying:
            _end_another()
            copying.enter_context(connection.wrap_database_errors)
            copy = copying.enter_context(connection.cursor()).copy(self._sql)
            write = copying.enter_context(copy).write
            for at in range(0, self._number, PART):
                write("".join(self._lines(at, min(at + PART, self._number))))
            with connection.execute_wrapper(_ends(copying)):
                yield

    def _lines(self, start: int, end: int) -> Iterator[str]:
        if not self._given:
            return iter([self._line % ()] * (end - start))
        some = [for_copy(field, column[start:end]) for field, column in self._given]
        return map(self._line.__mod__, zip(*some, strict=True))


def _ends(copying: ExitStack) -> Callable[..., Any]:
    """Before anything is asked, end what the connection is busy with."""

    def ask(execute: Callable[..., Any], *given: Any) -> Any:
        copying.close()
        return execute(*given)

    return ask


def _end_another() -> None:
    """End a COPY that is under way: the next goes past the cursors that would."""
    if connection.execute_wrappers:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")


def _arrays(pairs: Sequence[Pair]) -> tuple[str, list[Any]]:
    """One array a column, as a table."""
    values = [as_array(for_postgres(field, column)) for field, column in pairs]
    return f"unnest({', '.join(_array_type(field) for field, _ in pairs)})", values


def _array_type(field: Any) -> str:
    """Texts are not cast to their length, which would cut them: too long a one is refused."""
    kind = field.get_internal_type()
    if kind in {"CharField", "TextField"}:
        return "%s::text[]"
    return f"%s::text[]::{field.rel_db_type(connection)}[]"
