"""SQLite's write-ahead log, taken into the database's file by a thread beside whoever stores.

Else whoever commits next, once the log is long, does it meanwhile: 80 ms and more for 10,000 pages, of
the time of one who stores batch after batch an eighth; or it is a person's claim that waits.
"""

import sqlite3
from contextlib import closing, suppress
from threading import Thread
from urllib.parse import quote


def checkpoint_aside(path: str) -> Thread:
    """Begin to take the log of the database at ``path`` into its file, as far as nobody needs to
    wait for that. What fails is left to a later one, and to SQLite's own after some 100 MB."""
    thread = Thread(target=_checkpoint, args=(path,), name="checkpoint", daemon=True)
    thread.start()
    return thread


def _checkpoint(path: str) -> None:
    there = f"file:{quote(path)}?mode=rw"  # a database that is gone is not made anew
    with suppress(sqlite3.Error), closing(sqlite3.connect(there, uri=True)) as database:
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
