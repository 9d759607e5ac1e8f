"""Bluesky's Jetstream, version 1 and 2: creates, updates and deletes of posts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from amends.connectors.bluesky.translate import POSTS, read_record
from amends.connectors.fields import mapping_of, text_of, time_of, web_link
from amends.listening.history.line import Found, Json
from amends.terms import Author, BadInput, Post, Ref

__all__ = ["POSTS", "V2", "JetstreamSchema"]

V2 = "network.bsky.jetstream.subscribeEvents#"
_KINDS = ("commit", "identity", "account", "sync", "info")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class JetstreamSchema:
    name = "jetstream"

    def looks_like(self, value: Json) -> bool:
        payload = mapping_of(value.get("payload"))
        if str(payload.get("$type", "")).startswith(V2):
            return True
        return value.get("kind") in _KINDS and "did" in value

    def translate(self, value: Json, _number: int, /) -> Iterator[Found]:
        if value.get("$type") == "error":
            message = text_of(value.get("message")) or text_of(value.get("error"))
            raise BadInput(f"The stream reported an error here: {message}.")
        if "payload" in value:
            event = mapping_of(value["payload"])
            kind = str(event.get("$type", "")).removeprefix(V2)
            commit, heard_at = event, time_of(event.get("time"))
        else:
            event, kind = value, str(value.get("kind", ""))
            commit, heard_at = mapping_of(value.get("commit")), _from_micros(value.get("time_us"))
        if kind not in _KINDS:
            raise BadInput("The line is no Jetstream event.")
        if kind != "commit" or commit.get("collection") != POSTS:
            yield Found(skipped="not_a_post")
            return
        yield _commit(text_of(event.get("did")), commit, heard_at)


def _commit(did: str | None, commit: Json, heard_at: datetime | None) -> Found:
    rkey, operation = text_of(commit.get("rkey")), commit.get("operation")
    if did is None or rkey is None:
        raise BadInput("The event names no did or no rkey.")
    uri = f"at://{did}/{POSTS}/{rkey}"
    if operation == "delete":
        return Found(deleted=uri)
    if operation not in ("create", "update"):
        raise BadInput(f"The event's operation is {str(operation)[:40]!r}.")
    return Found(
        post=_post(
            uri,
            mapping_of(commit.get("record")),
            heard_at=heard_at,
            edited=operation == "update",
        )
    )


def _post(uri: str, record: Json, *, heard_at: datetime | None, edited: bool) -> Post:
    post = read_record(record, uri=uri, edited_at=heard_at if edited else None, indexed_at=heard_at)
    return msgspec.structs.replace(
        post,
        created_at=_written_at(post.created_at, heard_at),
        quote_of=_bare(post.quote_of),
        links=tuple(link for link in post.links if web_link(link)),
    )


def _bare(quoted: Ref | None) -> Ref | None:
    """The quoted post by its address: what a record says of another's words and name is no
    witness of them."""
    if quoted is None or quoted.author is None:
        return quoted
    return Ref(id=quoted.id, author=Author(id=quoted.author.id))


def _written_at(written: datetime | None, heard_at: datetime | None) -> datetime | None:
    """The author's own clock says when, and may say anything: never later than it was heard."""
    if written is None or heard_at is None:
        return heard_at or written
    return min(written, heard_at)


def _from_micros(value: object) -> datetime | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    try:
        return _EPOCH + timedelta(microseconds=value)
    except OverflowError:
        raise BadInput("The event's time_us is no time.") from None
