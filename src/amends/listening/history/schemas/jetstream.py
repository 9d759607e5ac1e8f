"""Bluesky's Jetstream, version 1 and 2: creates, updates and deletes of posts."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from amends.listening.history.line import Found, Json
from amends.listening.history.schemas.fields import (
    mapping_of,
    mappings_of,
    text_of,
    time_of,
    web_link,
)
from amends.terms import Author, BadInput, Media, Post, Ref

POSTS = "app.bsky.feed.post"

_V2 = "network.bsky.jetstream.subscribeEvents#"
_KINDS = ("commit", "identity", "account", "sync", "info")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class JetstreamSchema:
    name = "jetstream"

    def looks_like(self, value: Json) -> bool:
        payload = mapping_of(value.get("payload"))
        if str(payload.get("$type", "")).startswith(_V2):
            return True
        return value.get("kind") in _KINDS and "did" in value

    def translate(self, value: Json, _number: int, /) -> Iterator[Found]:
        if value.get("$type") == "error":
            message = text_of(value.get("message")) or text_of(value.get("error"))
            raise BadInput(f"The stream reported an error here: {message}.")
        if "payload" in value:
            event = mapping_of(value["payload"])
            kind = str(event.get("$type", "")).removeprefix(_V2)
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
            did,
            rkey,
            mapping_of(commit.get("record")),
            heard_at=heard_at,
            edited=operation == "update",
        )
    )


def _post(
    uri: str, did: str, rkey: str, record: Json, *, heard_at: datetime | None, edited: bool
) -> Post:
    text = record.get("text")
    if not isinstance(text, str):
        raise BadInput("The record has no text.")
    reply = mapping_of(record.get("reply"))
    langs = record.get("langs")
    return Post(
        id=uri,
        text=text,
        network="bluesky",
        url=f"https://bsky.app/profile/{did}/post/{rkey}",
        author=Author(id=did),
        created_at=_written_at(record, heard_at),
        edited_at=heard_at if edited else None,
        lang=text_of(langs[0]) if isinstance(langs, list) and langs else None,
        conversation=text_of(mapping_of(reply.get("root")).get("uri")) or uri,
        in_reply_to=_ref(mapping_of(reply.get("parent"))),
        quote_of=_quote(mapping_of(record.get("embed"))),
        links=_links(record),
        media=_media(mapping_of(record.get("embed"))),
    )


def _written_at(record: Json, heard_at: datetime | None) -> datetime | None:
    """The author's own clock says when, and may say anything: never later than it was heard."""
    try:
        written = time_of(record.get("createdAt"))
    except BadInput:
        written = None
    if written is None or (heard_at is not None and written > heard_at):
        return heard_at
    return written


def _from_micros(value: object) -> datetime | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    try:
        return _EPOCH + timedelta(microseconds=value)
    except OverflowError:
        raise BadInput("The event's time_us is no time.") from None


def _ref(strong: Json) -> Ref | None:
    uri = text_of(strong.get("uri"))
    if uri is None:
        return None
    did = uri.removeprefix("at://").split("/", 1)[0] if uri.startswith("at://did:") else None
    return Ref(id=uri, author=Author(id=did) if did else None)


def _quote(embed: Json) -> Ref | None:
    record = mapping_of(embed.get("record"))
    if embed.get("$type") == "app.bsky.embed.recordWithMedia":
        record = mapping_of(record.get("record"))
    found = _ref(record)
    return found if found is not None and f"/{POSTS}/" in found.id else None


def _attached(embed: Json) -> Mapping[str, Any]:
    """What hangs on the post, whether or not it also quotes."""
    if embed.get("$type") == "app.bsky.embed.recordWithMedia":
        return mapping_of(embed.get("media"))
    return embed


def _links(record: Json) -> tuple[str, ...]:
    links = [
        web_link(feature.get("uri"))
        for facet in mappings_of(record.get("facets"))
        for feature in mappings_of(facet.get("features"))
    ]
    card = mapping_of(_attached(mapping_of(record.get("embed"))).get("external"))
    links.append(web_link(card.get("uri")))
    return tuple(dict.fromkeys(link for link in links if link))


def _media(embed: Json) -> tuple[Media, ...]:
    attached = _attached(embed)
    images = [
        Media(kind="image", alt=text_of(one.get("alt")))
        for one in mappings_of(attached.get("images"))
    ]
    if attached.get("$type") == "app.bsky.embed.video":
        images.append(Media(kind="video", alt=text_of(attached.get("alt"))))
    return tuple(images)
