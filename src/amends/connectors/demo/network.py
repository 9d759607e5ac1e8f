"""The demo network: accounts, posts, private messages and a cast, in one SQLite file."""

import re
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from amends.connectors.demo import reactions, records, script, stage
from amends.connectors.demo.cast import BRAND
from amends.connectors.demo.faults import Fault, FaultKind, add_fault, clear_faults, take_fault
from amends.connectors.demo.refusal import Refusal
from amends.connectors.demo.store import Store
from amends.connectors.demo.translate import from_ms, to_ms, to_post
from amends.terms import Clock, Post
from amends.text import graphemes

PAUSE = timedelta(minutes=20)
"""What a network that was off catches up with at most; for the rest the world stood still."""

SCAN = 2000
POST_LIMIT = 300
MESSAGE_LIMIT = 1000
PICTURE_LIMIT = 1_000_000
REMEMBER_MS = 60_000


class DemoNetwork:
    """A small social network in a file that several processes may open at once.

    ``cast=False`` leaves out the people of ``cast.py``: nothing happens but what is posted by hand.
    With the cast, what has happened by a moment depends on ``seed``, the moment the file was
    made and what was replied and when; not on how often anybody looked.
    What the network refuses is raised as ``Refusal``.
    """

    def __init__(self, path: Path, *, seed: int, clock: Clock, cast: bool = True) -> None:
        self.clock = clock
        self.cast = cast
        self._store = Store(path)
        with self._store.writing() as db:
            if records.meta(db, "seed") is None:
                records.set_meta(db, "seed", seed)
                name, followers = BRAND.name or "", BRAND.followers or 0
                records.signup(db, BRAND.handle or "", name=name, followers=followers, role="brand")
            if cast and records.meta(db, "advanced") is None:
                now = to_ms(clock.now())
                script.start(db, now)
                records.set_meta(db, "advanced", now)

    # People

    def signup(self, handle: str, *, name: str = "", followers: int = 100, role: str = "") -> str:
        """A new account's id; an old one's where the handle is taken."""
        with self._store.writing() as db:
            records.signup(db, handle, name=name, followers=followers, role=role)
            return str(records.need_account(db, handle)["id"])

    def account(self, name: str) -> dict[str, Any]:
        """A profile by handle or id."""
        with self._store.reading() as db:
            row = records.need_account(db, name)
            return {key: row[key] for key in ("id", "handle", "name", "followers", "role")}

    # Posting by hand

    def post(
        self,
        handle: str,
        text: str,
        *,
        reply_to: str | None = None,
        quote_of: str | None = None,
        repost_of: str | None = None,
        lang: str | None = None,
        at: datetime | None = None,
    ) -> str:
        """The new post's id. An account that does not exist is made."""
        with self._store.writing() as db:
            when = self._moment(db, at)
            records.signup(db, handle)
            post_id = records.add_post(
                db, handle, text, when,
                lang=lang, reply_to=reply_to, quote_of=quote_of, repost_of=repost_of,
            )  # fmt: skip
            self._react(db, post_id)
            return post_id

    def message(self, sender: str, to: str, text: str, *, at: datetime | None = None) -> str:
        """The id of a private message from one account to another."""
        with self._store.writing() as db:
            when = self._moment(db, at)
            records.signup(db, sender)
            message_id = records.add_post(db, sender, text, when, recipient=to)
            self._react(db, message_id)
            return message_id

    def edit(self, post_id: str, text: str, *, at: datetime | None = None) -> None:
        with self._store.writing() as db:
            records.edit_post(db, post_id, text, self._moment(db, at))

    def delete(self, post_id: str, *, at: datetime | None = None) -> None:
        with self._store.writing() as db:
            records.delete_post(db, post_id, self._moment(db, at))

    # Reading

    def thread(self, post_id: str) -> Sequence[Post]:
        """The public conversation around a post, oldest first, without what was deleted."""
        return [to_post(raw) for raw in self.raw_thread(post_id)]

    def posts(self) -> Sequence[Post]:
        """Every public post that is still there, in the order they were made."""
        return self._select("recipient IS NULL AND deleted_at IS NULL")

    def replies_by(self, handle: str) -> Sequence[Post]:
        """What an account has answered in public."""
        where = "author = ? COLLATE NOCASE AND reply_to IS NOT NULL AND deleted_at IS NULL"
        return self._select(where, handle)

    def messages_by(self, handle: str) -> Sequence[Post]:
        """The private messages an account has sent."""
        return self._select("author = ? COLLATE NOCASE AND recipient IS NOT NULL", handle)

    def raw_thread(self, post_id: str) -> list[dict[str, Any]]:
        with self._store.reading() as db:
            row = records.find(db, post_id)
            if row is None or row["recipient"] is not None:
                raise Refusal(404, f"There is no post {post_id} on the demo network.")
            query = "SELECT * FROM post WHERE root = ? AND deleted_at IS NULL ORDER BY number"
            return [records.as_json(db, row) for row in db.execute(query, (row["root"],))]

    def sent(self, handle: str, *, reply_to: str | None, to: str | None) -> list[dict[str, Any]]:
        """What an account sent under a post, or in private to somebody; the newest first."""
        with self._store.reading() as db:
            if to is not None:
                to = str(records.need_account(db, to)["handle"])
            query = (
                "SELECT * FROM post WHERE author = ? COLLATE NOCASE AND reply_to IS ? "
                "AND recipient IS ? AND deleted_at IS NULL ORDER BY number DESC LIMIT 100"
            )
            return [records.as_json(db, row) for row in db.execute(query, (handle, reply_to, to))]

    def events(self, handle: str, source: str, after: int, limit: int) -> dict[str, Any]:
        """What has happened after an event.

        ``{"items": [{"seq", "kind": "post" | "edit" | "delete", "post"}], "cursor", "more"}``.
        ``source`` is ``notifications``, ``messages`` or ``search:`` with a phrase.
        """
        with self._store.reading() as db:
            rows, cursor, more = _scan(db, handle.lower(), source, after, limit)
            items = [item for row in rows if (item := _item(db, row))]
            return {"items": items, "cursor": cursor, "more": more}

    # What a client of the network does

    def keep_picture(self, content: bytes, *, kind: str, alt: str) -> str:
        """The id of a picture that was given to the network; the same one again has the same."""
        if kind not in ("image/jpeg", "image/png") or not 0 < len(content) <= PICTURE_LIMIT:
            raise Refusal(422, f"A picture is a JPEG or PNG of at most {PICTURE_LIMIT:,} bytes.")
        with self._store.writing() as db:
            return records.keep_picture(db, content, kind=kind, alt=alt)

    def pictures(self, post_id: str) -> list[tuple[bytes, str, str]]:
        """Content, kind and description of the pictures beside a post."""
        with self._store.reading() as db:
            return records.pictures_of(db, post_id)

    def publish(
        self,
        handle: str,
        text: str,
        *,
        reply_to: str,
        key: str | None,
        pictures: Sequence[str] = (),
    ) -> dict[str, Any]:
        """A public reply. The same key again answers with what the first one made."""
        _check_length(text, POST_LIMIT)
        with self._store.writing() as db:
            when = self._moment(db, None)
            return self._once(
                db,
                handle,
                key,
                lambda: records.add_post(
                    db, handle, text, when, reply_to=reply_to, pictures=pictures
                ),
            )

    def send(
        self, handle: str, text: str, *, to: str, key: str | None, pictures: Sequence[str] = ()
    ) -> dict[str, Any]:
        """A private message, in the same way."""
        _check_length(text, MESSAGE_LIMIT)
        with self._store.writing() as db:
            when = self._moment(db, None)
            return self._once(
                db,
                handle,
                key,
                lambda: records.add_post(db, handle, text, when, recipient=to, pictures=pictures),
            )

    def attempt(self, handle: str, key: str) -> dict[str, Any] | None:
        """What was made of a key."""
        with self._store.reading() as db:
            query = "SELECT post FROM attempt WHERE account = ? AND key = ?"
            found = db.execute(query, (handle.lower(), key)).fetchone()
            row = records.find(db, found["post"]) if found else None
            return records.as_json(db, row) if row is not None else None

    def withdraw(self, handle: str, post_id: str) -> None:
        """Remove a post of one's own; removing it twice is no error."""
        with self._store.writing() as db:
            row = records.find(db, post_id)
            if row is not None and row["author"].lower() != handle.lower():
                raise Refusal(403, "Only its author can delete a post.")
            records.delete_post(db, post_id, self._moment(db, None))

    # Time

    def advance(self, now: datetime) -> int:
        """Let the cast do all that is due by ``now``; how many steps that was."""
        until = to_ms(now)
        if not self.cast or not self._has_due(until):
            return 0
        with self._store.writing() as db:
            done = stage.perform(db, until)
            records.set_meta(db, "advanced", max(until, int(records.meta(db, "advanced") or 0)))
            return done

    def tick(self) -> None:
        """``advance`` to the present. After a long pause the cast acts as if it had slept too."""
        if not self.cast:
            return
        now = to_ms(self.clock.now())
        if now - self._advanced() > REMEMBER_MS:
            with self._store.writing() as db:
                slept = (
                    now
                    - int(records.meta(db, "advanced") or now)
                    - PAUSE // timedelta(milliseconds=1)
                )
                if slept > 0:
                    db.execute("UPDATE plan SET due = -due - ?", (slept,))
                    db.execute("UPDATE plan SET due = -due")
                stage.perform(db, now)
                records.set_meta(db, "advanced", now)
        self.advance(from_ms(now))

    # Faults

    def fail(
        self, verb: str, kind: FaultKind, *, times: int = 1, retry_after: timedelta | None = None
    ) -> None:
        """The next calls of a verb go wrong; see ``faults.py`` for verbs and kinds."""
        seconds = int((retry_after or timedelta(seconds=30)).total_seconds())
        with self._store.writing() as db:
            add_fault(db, Fault(verb=verb, kind=kind, times=times, seconds=seconds))

    def heal(self) -> None:
        """Forget all faults that were asked for."""
        with self._store.writing() as db:
            clear_faults(db)

    def next_fault(self, verb: str) -> Fault | None:
        with self._store.reading() as db:
            if db.execute("SELECT 1 FROM fault LIMIT 1").fetchone() is None:
                return None
        with self._store.writing() as db:
            return take_fault(db, verb)

    # Inside a transaction

    def _moment(self, db: sqlite3.Connection, at: datetime | None) -> int:
        moment = to_ms(at or self.clock.now())
        if self.cast:
            stage.perform(db, moment)
        return moment if at else max(moment, records.latest(db))

    def _react(self, db: sqlite3.Connection, post_id: str) -> None:
        row = records.find(db, post_id)
        if not self.cast or row is None or row["author"].lower() != BRAND.handle:
            return
        if row["recipient"] is not None:
            reactions.hear_message(db, row)
        elif row["reply_to"] is not None:
            reactions.hear_reply(db, row)

    def _once(
        self, db: sqlite3.Connection, handle: str, key: str | None, add: Callable[[], str]
    ) -> dict[str, Any]:
        query = "SELECT post FROM attempt WHERE account = ? AND key = ?"
        found = db.execute(query, (handle.lower(), key)).fetchone() if key else None
        if found is None:
            post_id = add()
            if key:
                db.execute("INSERT INTO attempt VALUES (?, ?, ?)", (handle.lower(), key, post_id))
            self._react(db, post_id)
        else:
            post_id = found["post"]
        row = records.find(db, post_id)
        return records.as_json(db, row) if row is not None else {}

    def _select(self, where: str, *values: object) -> Sequence[Post]:
        with self._store.reading() as db:
            query = f"SELECT * FROM post WHERE {where} ORDER BY number"  # noqa: S608
            return [to_post(records.as_json(db, row)) for row in db.execute(query, values)]

    def _has_due(self, until: int) -> bool:
        with self._store.reading() as db:
            query = "SELECT 1 FROM plan WHERE due <= ? LIMIT 1"
            return db.execute(query, (until,)).fetchone() is not None

    def _advanced(self) -> int:
        with self._store.reading() as db:
            return int(records.meta(db, "advanced") or 0)


def _check_length(text: str, limit: int) -> None:
    if not text.strip():
        raise Refusal(422, "There is nothing in it: write some text first.")
    if graphemes(text) > limit:
        raise Refusal(422, f"It is longer than {limit} characters: shorten it.")


def _item(db: sqlite3.Connection, event: sqlite3.Row) -> dict[str, Any] | None:
    """An event as JSON; nothing is told any more of a post that was deleted but just that."""
    entry = {"seq": event["seq"], "kind": event["kind"]}
    if event["kind"] == "delete":
        return entry | {"post": {"id": event["post"]}}
    post = records.find(db, event["post"])
    if post is None or post["deleted_at"] is not None:
        return None
    return entry | {"post": records.as_json(db, post)}


Rows = list[sqlite3.Row]


def _scan(
    db: sqlite3.Connection, handle: str, source: str, after: int, limit: int
) -> tuple[Rows, int, bool]:
    """The events of a source, the number to go on from, and whether more are waiting."""
    box = {"notifications": "public", "messages": "private"}.get(source)
    if box is not None:
        rows = db.execute(
            "SELECT event.* FROM notice JOIN event USING (seq) "
            "WHERE account = ? AND box = ? AND seq > ? ORDER BY seq LIMIT ?",
            (handle, box, after, limit + 1),
        ).fetchall()
    elif source.startswith("search:") and source != "search:":
        return _search(db, source.removeprefix("search:"), after, limit)
    else:
        raise Refusal(404, f"There is no source {source} on the demo network.")
    if len(rows) > limit:
        return rows[:limit], rows[limit - 1]["seq"], True
    return rows, max(after, _newest(db)), False


def _search(db: sqlite3.Connection, phrase: str, after: int, limit: int) -> tuple[Rows, int, bool]:
    words = r"\s+".join(re.escape(word) for word in phrase.casefold().split())
    found: Rows = []
    scanned = after
    rows = db.execute(
        "SELECT event.* FROM event JOIN post ON post.id = event.post "
        "WHERE event.seq > ? AND recipient IS NULL ORDER BY event.seq LIMIT ?",
        (after, SCAN),
    ).fetchall()
    for row in rows:
        if re.search(rf"(?<!\w){words}(?!\w)", row["text"].casefold()):
            if len(found) == limit:
                return found, scanned, True
            found.append(row)
        scanned = row["seq"]
    if len(rows) == SCAN:
        return found, scanned, True
    return found, max(after, _newest(db)), False


def _newest(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0])
