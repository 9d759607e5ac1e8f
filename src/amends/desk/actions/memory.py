"""What storing by the thousand does with memory: nothing is collected meanwhile, nothing spilt."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def uncollected() -> Iterator[None]:
    """Let nothing be collected meanwhile: it would look through a batch's mentions again and again
    and find nothing. Of storing it took a seventh. Threads may overlap; it ends switched on."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def spill_nothing() -> None:
    """Let this connection to SQLite keep in memory what it would write to files for itself alone; for
    one that stores, before its transaction.

    A statement of many rows notes what each page held, and beyond 64 KB in a file: an eighth of what
    storing a batch took. Other connections may sort a whole table, which is better done in a file.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA temp_store = MEMORY")
