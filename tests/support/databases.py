"""One database in place of another, in a process that has loaded Django."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, connections
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
