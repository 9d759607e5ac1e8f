"""The rows of the demo network and the changes that can be made to them, in a transaction.

Times are whole milliseconds since 1970. Every change leaves an event with a number; cursors are
event numbers, and as there is one writer at a time, numbers are in the order of commits.
"""

import hashlib
import re
import sqlite3
from collections.abc import Sequence
from typing import Any

from amends.connectors.demo.refusal import Refusal

HANDLE = re.compile(r"(?<![\w@])@(\w[\w.-]*\w|\w)")
Row = sqlite3.Row


def meta(db: sqlite3.Connection, name: str) -> str | None:
    row = db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row["value"])


def set_meta(db: sqlite3.Connection, name: str, value: object) -> None:
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, str(value)))


def opaque(prefix: str, *parts: object) -> str:
    """An id that tells nothing of order or meaning, and is the same for the same parts."""
    text = ":".join(map(str, parts)).encode()
    return prefix + hashlib.blake2s(text, digest_size=7).hexdigest()


def account(db: sqlite3.Connection, name: str) -> Row | None:
    """The account with this handle or id."""
    row: Row | None = db.execute(
        "SELECT * FROM account WHERE handle = ? OR id = ?", (name.removeprefix("@"), name)
    ).fetchone()
    return row


def need_account(db: sqlite3.Connection, name: str) -> Row:
    row = account(db, name)
    if row is None:
        raise Refusal(404, f"There is no account {name} on the demo network.")
    return row


def signup(
    db: sqlite3.Connection, handle: str, *, name: str = "", followers: int = 100, role: str = ""
) -> str:
    """The account's handle; one that exists already is left as it is."""
    db.execute(
        "INSERT OR IGNORE INTO account VALUES (?, ?, ?, ?, ?)",
        (handle, opaque("u", handle.lower()), name or handle, followers, role or "customer"),
    )
    return handle


def find(db: sqlite3.Connection, post_id: str) -> Row | None:
    row: Row | None = db.execute("SELECT * FROM post WHERE id = ?", (post_id,)).fetchone()
    return row


def need_post(db: sqlite3.Connection, post_id: str) -> Row:
    """A public post that is still there. Refusals: 404, 410."""
    row = find(db, post_id)
    if row is None or row["recipient"] is not None:
        raise Refusal(404, f"There is no post {post_id} on the demo network.")
    if row["deleted_at"] is not None:
        raise Refusal(410, "The post was deleted by its author.")
    return row


def latest(db: sqlite3.Connection) -> int:
    """The time of the last event; nothing new is ever dated before it."""
    return int(db.execute("SELECT coalesce(max(at), 0) FROM event").fetchone()[0])


def add_post(
    db: sqlite3.Connection,
    author: str,
    text: str,
    at: int,
    *,
    lang: str | None = None,
    reply_to: str | None = None,
    quote_of: str | None = None,
    repost_of: str | None = None,
    recipient: str | None = None,
    pictures: Sequence[str] = (),
) -> str:
    """The new post's id; a private message is a post with a recipient."""
    who = need_account(db, author)["handle"]
    number = int(db.execute("SELECT coalesce(max(number), 0) + 1 FROM post").fetchone()[0])
    post_id = opaque("p" if recipient is None else "m", meta(db, "seed"), number)
    root = post_id
    if recipient is not None:
        recipient = str(need_account(db, recipient)["handle"])
        root = opaque("d", *sorted([who.lower(), recipient.lower()]))
    if reply_to is not None:
        root = need_post(db, reply_to)["root"]
    for other in (quote_of, repost_of):
        if other is not None:
            need_post(db, other)
    db.execute(
        "INSERT INTO post VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?, ?, ?, ?)",
        (number, post_id, who, text, lang, at, root, reply_to, quote_of, repost_of, recipient),
    )
    for place, picture in enumerate(pictures):
        if db.execute("SELECT 1 FROM picture WHERE id = ?", (picture,)).fetchone() is None:
            raise Refusal(422, "There is no such picture; give it to the network again.")
        db.execute("INSERT INTO shown VALUES (?, ?, ?)", (post_id, place, picture))
    _tell(db, "post", post_id, text, at)
    return post_id


def keep_picture(db: sqlite3.Connection, content: bytes, *, kind: str, alt: str) -> str:
    picture = opaque("i", hashlib.sha256(content).hexdigest(), kind, alt)
    db.execute("INSERT OR IGNORE INTO picture VALUES (?, ?, ?, ?)", (picture, content, kind, alt))
    return picture


def pictures_of(db: sqlite3.Connection, post_id: str) -> list[tuple[bytes, str, str]]:
    query = (
        "SELECT content, kind, alt FROM shown JOIN picture ON picture.id = shown.picture "
        "WHERE post = ? ORDER BY place"
    )
    return [(row["content"], row["kind"], row["alt"]) for row in db.execute(query, (post_id,))]


def edit_post(db: sqlite3.Connection, post_id: str, text: str, at: int) -> None:
    before = need_post(db, post_id)["text"]
    db.execute("UPDATE post SET text = ?, edited_at = ? WHERE id = ?", (text, at, post_id))
    _tell(db, "edit", post_id, f"{before}\n{text}", at)


def delete_post(db: sqlite3.Connection, post_id: str, at: int) -> None:
    """Removing what is gone already changes nothing."""
    row = find(db, post_id)
    if row is None or row["deleted_at"] is not None:
        return
    db.execute("UPDATE post SET deleted_at = ? WHERE id = ?", (at, post_id))
    _tell(db, "delete", post_id, row["text"], at)


def _tell(db: sqlite3.Connection, kind: str, post_id: str, text: str, at: int) -> None:
    row = db.execute("SELECT * FROM post WHERE id = ?", (post_id,)).fetchone()
    if row["repost_of"]:
        text = db.execute("SELECT text FROM post WHERE id = ?", (row["repost_of"],)).fetchone()[0]
    done = db.execute(
        "INSERT INTO event (kind, post, text, at) VALUES (?, ?, ?, ?)", (kind, post_id, text, at)
    )
    box = "public" if row["recipient"] is None else "private"
    for handle in _recipients(db, row, text):
        db.execute("INSERT OR IGNORE INTO notice VALUES (?, ?, ?)", (handle, box, done.lastrowid))


def _recipients(db: sqlite3.Connection, row: Row, text: str) -> list[str]:
    if row["recipient"] is not None:
        return [row["recipient"].lower()]
    if row["repost_of"]:
        return []
    named = {found.lower() for found in HANDLE.findall(text)}
    for other in (row["reply_to"], row["quote_of"]):
        if other is not None:
            named.add(db.execute("SELECT author FROM post WHERE id = ?", (other,)).fetchone()[0])
    named = {name.lower() for name in named} - {row["author"].lower()}
    return sorted(named)


def as_json(db: sqlite3.Connection, row: Row) -> dict[str, Any]:
    """A post as the network's own JSON."""
    author = account(db, row["author"])
    return {
        "id": row["id"],
        "author": _person(author) if author else None,
        "text": row["text"],
        "lang": row["lang"],
        "at": row["at"],
        "edited_at": row["edited_at"],
        "private": row["recipient"] is not None,
        "root": row["root"],
        "reply_to": _brief(db, row["reply_to"]),
        "quote_of": _brief(db, row["quote_of"]),
        "repost_of": _brief(db, row["repost_of"]),
        "pictures": [{"alt": alt} for _, _, alt in pictures_of(db, row["id"])],
        "counts": _counts(db, row["id"]),
    }


def _person(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "handle", "name", "followers")}


def _brief(db: sqlite3.Connection, post_id: str | None) -> dict[str, Any] | None:
    if post_id is None:
        return None
    row = find(db, post_id)
    if row is None:
        return {"id": post_id}
    author = need_account(db, row["author"])
    brief = {"id": post_id, "author": {"id": author["id"], "handle": author["handle"]}}
    return brief if row["deleted_at"] is not None else brief | {"text": row["text"]}


def _counts(db: sqlite3.Connection, post_id: str) -> dict[str, int]:
    found = {}
    for name, column in (("replies", "reply_to"), ("quotes", "quote_of"), ("reposts", "repost_of")):
        query = f"SELECT count(*) FROM post WHERE {column} = ? AND deleted_at IS NULL"  # noqa: S608
        found[name] = int(db.execute(query, (post_id,)).fetchone()[0])
    return found
