"""One database in place of another, in a process that has loaded Django."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.utils import ConnectionHandler


def use(databases: dict[str, Any]) -> None:
    """From here on, what is asked of the database is asked of this one (as in ``DATABASES``)."""
    connections.close_all()
    settings.DATABASES = databases
    vars(connections).pop("settings", None)
    ConnectionHandler.__init__(connections)  # every module has hold of this one


@contextmanager
def on_postgres(url: str) -> Iterator[None]:
    """For the length of the block a database on PostgreSQL is used."""
    from amends.config import django_settings  # makes a folder, so it comes after its name

    before = settings.DATABASES
    use({"default": django_settings._postgres(url)})
    try:
        yield
    finally:
        connection.close()
        connections["default"].close_pool()  # type: ignore[attr-defined]
        use(before)


@contextmanager
def rolled_back() -> Iterator[None]:
    """What the block writes is gone after it; by then each row must refer to rows that are there.

    As a ``TestCase`` of Django, without a class for each test.
    """
    block: Any = transaction.atomic()
    block._from_testcase = True  # for blocks inside that must be the outermost
    with block:
        try:
            yield
            if not connection.needs_rollback and connection.is_usable():
                connection.check_constraints()
        finally:
            transaction.set_rollback(True)


@contextmanager
def emptied() -> Iterator[None]:
    """The block commits what it likes; after it every table is empty, and nobody is connected.

    As a ``TransactionTestCase`` of Django, but tables without rows are left alone, and none is made
    anew: few of them have any.
    """
    try:
        yield
    finally:
        _empty()
        connections.close_all()


def tables_with_rows() -> list[str]:
    """The names of those tables that are not empty."""
    quoted = connection.ops.quote_name
    parts = (
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quoted(name)})"
        for name in connection.introspection.django_table_names(include_views=False)
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return [name for (name,) in cursor.fetchall()]


def _empty() -> None:
    unchecked = connection.constraint_checks_disabled()
    with unchecked, transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # it checks nothing where it copies from another
            cursor.execute("SET LOCAL session_replication_role = replica")
        for name in tables_with_rows():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")
