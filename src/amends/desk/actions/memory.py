"""What storing by the thousand asks of the collector and of the connection."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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


def store_by_the_thousand() -> None:
    """Ready this connection for storing, before its transaction; for SQLite, as ``config.sqlite`` has it."""
    if connection.vendor == "sqlite":
        ours: Any = connection
        ours.store_by_the_thousand()
