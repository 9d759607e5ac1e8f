"""One thread for the database: the event loop never blocks on it, SQLite has one writer here."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


class DatabaseThread:
    """Runs plain functions, one after another, in a thread that holds the connection."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")

    def __call__(self, work: Callable[[], T], /) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._pool, self._run, work)

    def _run(self, work: Callable[[], T]) -> T:
        for connection in connections.all(initialized_only=True):
            connection.close_at = None  # kept as long as it works; one that broke is opened anew
            connection.close_if_unusable_or_obsolete()
        return work()

    def close(self) -> None:
        """Finish what was begun and let go of the connection."""
        self._pool.submit(connections.close_all).result()
        self._pool.shutdown()
