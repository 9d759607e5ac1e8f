"""What is noted in passing: nobody waits for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import OperationalError, connection

WAIT_MS: Final = 25


@contextmanager
def in_passing() -> Iterator[None]:
    """Writes that may be left out when somebody else is writing, as SQLite has one writer: a page
    does not stand still behind what is being stored. Elsewhere they are made as any."""
    if connection.vendor != "sqlite":
        yield
        return
    patience_ms = int(float(connection.settings_dict["OPTIONS"].get("timeout", 5.0)) * 1000)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
        try:
            yield
        except OperationalError as error:
            if "locked" not in str(error):
                raise
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience_ms}")
