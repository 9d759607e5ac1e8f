"""The demo network's file: one SQLite database that several processes may share."""

import os
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUSY_SECONDS = 20.0

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS account (
    handle TEXT PRIMARY KEY COLLATE NOCASE,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    followers INTEGER NOT NULL,
    role TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS post (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    lang TEXT,
    at INTEGER NOT NULL,
    edited_at INTEGER,
    deleted_at INTEGER,
    root TEXT NOT NULL,
    reply_to TEXT,
    quote_of TEXT,
    repost_of TEXT,
    recipient TEXT
);
CREATE INDEX IF NOT EXISTS post_root ON post (root, number);
CREATE INDEX IF NOT EXISTS post_reply ON post (reply_to);
CREATE INDEX IF NOT EXISTS post_quote ON post (quote_of);
CREATE INDEX IF NOT EXISTS post_repost ON post (repost_of);
CREATE INDEX IF NOT EXISTS post_author ON post (author, number);
CREATE TABLE IF NOT EXISTS picture (
    id TEXT PRIMARY KEY,
    content BLOB NOT NULL,
    kind TEXT NOT NULL,
    alt TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shown (
    post TEXT NOT NULL,
    place INTEGER NOT NULL,
    picture TEXT NOT NULL,
    PRIMARY KEY (post, place)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    post TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS notice (
    account TEXT NOT NULL,
    box TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (account, box, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attempt (
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    post TEXT NOT NULL,
    PRIMARY KEY (account, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS plan (
    due INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (due, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS story (
    number INTEGER PRIMARY KEY,
    customer TEXT NOT NULL,
    root TEXT NOT NULL UNIQUE,
    data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS story_customer ON story (customer, number);
CREATE TABLE IF NOT EXISTS fault (
    number INTEGER PRIMARY KEY,
    verb TEXT NOT NULL,
    kind TEXT NOT NULL,
    times INTEGER NOT NULL,
    seconds INTEGER NOT NULL
);
"""


class _Idle:
    """Connections that nobody uses for the moment: opening one reads the whole schema, and closing the
    last one writes the file anew."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._left: list[sqlite3.Connection] = []

    def take(self) -> sqlite3.Connection | None:
        """None where there is none, and in a fork, to which another's connections are no use."""
        if self._process != os.getpid():
            return None
        try:
            return self._left.pop()
        except IndexError:
            return None

    def give(self, db: sqlite3.Connection) -> None:
        if self._process == os.getpid():
            self._left.append(db)
        else:
            db.close()

    def close(self) -> None:
        while (db := self.take()) is not None:
            db.close()


class Store:
    """Each piece of work has a connection of its own, so threads and processes share nothing else."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle = _Idle()
        weakref.finalize(self, self._idle.close)
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            # One transaction: each of its own would be written to the disk by itself.
            db.executescript(f"BEGIN IMMEDIATE;{SCHEMA}COMMIT;")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        db = self._idle.take() or self._connect()
        try:
            yield db
        except BaseException:
            db.close()
            raise
        self._idle.give(db)

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous=NORMAL")
        return db

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent view of the file."""
        with self._open() as db:
            db.execute("BEGIN")
            yield db
            db.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The only writer, until the block ends; all of it is kept, or nothing."""
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
