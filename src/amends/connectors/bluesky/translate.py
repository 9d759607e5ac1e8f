"""Bluesky's records and views, as JSON, to our posts. Anything unreadable raises ``BadInput``."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from amends.connectors.polling import shown
from amends.terms import Author, BadInput, Media, Post, Ref

POSTS = "app.bsky.feed.post"
NETWORK = "bluesky"

_URI = re.compile(r"at://(did:[a-z0-9]+:[^/\s]+)/([A-Za-z0-9.-]+)/([^/\s]+)")
_LANG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_COUNTS = {"replyCount": "replies", "repostCount": "reposts", "quoteCount": "quotes"}
_COUNTS |= {"likeCount": "likes"}
_NO_HANDLE = "handle.invalid"  # what the network shows where a handle no longer resolves

Handles = Mapping[str, str]
"""Handles by DID, as far as they are known."""


def read_uri(uri: object) -> tuple[str, str, str]:
    """The account, collection and record key of an ``at://`` address."""
    match = _URI.fullmatch(uri) if isinstance(uri, str) else None
    if match is None:
        msg = f"{_brief(uri)} is not the address of a record (at://did/collection/key)."
        raise BadInput(msg)
    return match[1], match[2], match[3]


def read_time(value: object) -> datetime | None:
    """A time in UTC; None for what is no time, as any client may write what it likes."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_author(view: object, *, followers: bool = False) -> Author:
    """A profile view; ``id`` is the DID."""
    did = _text(_object(view, "a profile").get("did"))
    if did is None:
        msg = f"A profile without a DID: {_brief(view)}"
        raise BadInput(msg)
    count = _get(view, "followersCount")
    return Author(
        id=did,
        handle=_handle(_get(view, "handle")),
        name=_text(_get(view, "displayName")),
        followers=count if followers and _is_count(count) else None,
    )


def read_record(
    record: object,
    *,
    uri: object,
    author: Author | None = None,
    handles: Handles | None = None,
    edited_at: datetime | None = None,
    indexed_at: datetime | None = None,
) -> Post:
    """A post's record as its author wrote it.

    A record of our own PDS, a notification or a stream holds no counts and no pictures' addresses;
    ``read_view`` adds what the AppView knows.
    """
    fields = _object(record, "a record")
    did, _, key = read_uri(uri)
    text = fields.get("text")
    if not isinstance(text, str):
        msg = f"{uri} has no text: {_brief(record)}"
        raise BadInput(msg)
    known = dict(handles or {})
    author = author or Author(id=did, handle=known.get(did))
    return Post(
        id=str(uri),
        text=text,
        network=NETWORK,
        url=web_address(did, key, author.handle),
        author=author,
        created_at=read_time(fields.get("createdAt")) or indexed_at,
        edited_at=edited_at,
        lang=_lang(fields.get("langs")),
        conversation=_strong(_get(fields, "reply", "root")) or str(uri),
        in_reply_to=_reply(fields, known),
        quote_of=_quote(fields.get("embed"), known),
        links=tuple(dict.fromkeys(_links(fields))),
        media=tuple(_media(fields.get("embed"))),
    )


def read_view(view: object, *, handles: Handles | None = None) -> Post:
    """An ``app.bsky.feed.defs#postView``."""
    fields = _object(view, "a post")
    post = read_record(
        fields.get("record"),
        uri=fields.get("uri"),
        author=read_author(fields.get("author")),
        handles=handles,
        indexed_at=read_time(fields.get("indexedAt")),
    )
    embed = fields.get("embed")
    counts = {ours: fields[theirs] for theirs, ours in _COUNTS.items() if theirs in fields}
    return Post(
        **{name: getattr(post, name) for name in post.__struct_fields__}
        | {
            "quote_of": _quote(embed, dict(handles or {})) or post.quote_of,
            "media": tuple(_media(embed)) or post.media,
            "counts": {name: count for name, count in counts.items() if _is_count(count)},
        }
    )


def read_notification(item: object, *, handles: Handles | None = None) -> Post:
    """A notification of a mention, a reply or a quote, which carries the whole record."""
    fields = _object(item, "a notification")
    return read_record(
        fields.get("record"),
        uri=fields.get("uri"),
        author=read_author(fields.get("author")),
        handles=handles,
        indexed_at=read_time(fields.get("indexedAt")),
    )


def read_message(view: object, *, convo: str, authors: Mapping[str, Author]) -> Post:
    """A private message (``chat.bsky.convo.defs#messageView``) of the conversation ``convo``."""
    fields = _object(view, "a message")
    did, text = _text(_get(fields, "sender", "did")), fields.get("text")
    key = _text(fields.get("id"))
    if did is None or key is None or not isinstance(text, str):
        msg = f"A message without sender, id or text: {_brief(view)}"
        raise BadInput(msg)
    answered = _text(_get(fields, "replyTo", "id"))
    return Post(
        id=message_id(convo, key),
        text=text,
        network=NETWORK,
        author=authors.get(did, Author(id=did)),
        created_at=read_time(fields.get("sentAt")),
        visibility="private",
        conversation=message_id(convo),
        in_reply_to=Ref(id=message_id(convo, answered)) if answered else None,
        links=tuple(dict.fromkeys(_links(fields))),
    )


def message_id(convo: str, key: str | None = None) -> str:
    """Our id of a private conversation or of a message in it; the service has none of its own."""
    return f"chat:{convo}" if key is None else f"chat:{convo}/{key}"


def read_message_id(post_id: str) -> tuple[str, str]:
    """The conversation and the message that ``message_id`` named."""
    convo, slash, key = post_id.removeprefix("chat:").partition("/")
    if not post_id.startswith("chat:") or not slash:
        msg = f"{_brief(post_id)} is not the id of a private message."
        raise BadInput(msg)
    return convo, key


def web_address(did: str, key: str, handle: str | None) -> str:
    """Where people read a post."""
    return f"https://bsky.app/profile/{handle or did}/post/{key}"


def _reply(record: Mapping[str, Any], handles: Handles) -> Ref | None:
    parent = _strong(_get(record, "reply", "parent"))
    if parent is None:
        return None
    did = read_uri(parent)[0]
    return Ref(id=parent, author=Author(id=did, handle=handles.get(did)))


def _quote(embed: object, handles: Handles) -> Ref | None:
    """The quoted post of an embed, as a record (``record``) or as a view (with the text)."""
    quoted = _get(embed, "record")
    if _text(_get(quoted, "uri")) is None:
        quoted = _get(quoted, "record")  # recordWithMedia holds it one deeper
    uri = _strong(quoted)
    if uri is None or read_uri(uri)[1] != POSTS:
        return None
    did = read_uri(uri)[0]
    handle = _handle(_get(quoted, "author", "handle")) or handles.get(did)
    text = _get(quoted, "value", "text")
    return Ref(
        id=uri,
        author=Author(id=did, handle=handle, name=_text(_get(quoted, "author", "displayName"))),
        text=text if isinstance(text, str) else None,
    )


def _links(record: Mapping[str, Any]) -> Iterator[str]:
    for facet in _list(record.get("facets")):
        for feature in _list(_get(facet, "features")):
            if _get(feature, "$type") == "app.bsky.richtext.facet#link":
                yield from _found(_get(feature, "uri"))
    for embed in _embeds(record.get("embed")):
        yield from _found(_get(embed, "external", "uri"))


def _media(embed: object) -> Iterator[Media]:
    for part in _embeds(embed):
        for image in _list(_get(part, "images")):
            alt = _text(_get(image, "alt"))
            yield Media(kind="image", url=_text(_get(image, "fullsize")), alt=alt)
        if str(_get(part, "$type")).startswith("app.bsky.embed.video"):
            alt = _text(_get(part, "alt"))
            yield Media(kind="video", url=_text(_get(part, "playlist")), alt=alt)


def _embeds(embed: object) -> Iterator[object]:
    yield embed
    yield _get(embed, "media")


def _strong(ref: object) -> str | None:
    uri = _get(ref, "uri")
    return uri if isinstance(uri, str) and _URI.fullmatch(uri) else None


def _get(value: object, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _object(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        msg = f"Instead of {what} came {_brief(value)}"
        raise BadInput(msg)
    return value


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _found(value: object) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value


def _handle(value: object) -> str | None:
    return value if isinstance(value, str) and value not in ("", _NO_HANDLE) else None


def _lang(langs: object) -> str | None:
    first = next(iter(_list(langs)), None)
    return first if isinstance(first, str) and _LANG.fullmatch(first) else None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _brief(value: object) -> str:
    begun = shown(value, 201)
    return begun if len(begun) <= 200 else f"{begun[:200]}…"


def is_wanted(item: object, reasons: tuple[str, ...]) -> bool:
    """Whether a notification is of one of these kinds; what cannot be read is kept to be shown."""
    reason = _get(item, "reason")
    return reason in reasons or not isinstance(reason, str)
