"""Mastodon's statuses, as JSON, to our posts. Anything unreadable raises ``BadInput``."""

from collections.abc import Mapping
from typing import Any, Literal, NoReturn

from amends.connectors.fields import (
    mapping_of,
    mappings_of,
    text_of,
    time_of,
    web_link,
    whole_of,
)
from amends.connectors.mastodon.html import CONTENT_LIMIT, Plain, plain_text
from amends.terms import Author, BadInput, Media, Post, Ref

NETWORK = "mastodon"

Json = Mapping[str, Any]

_COUNTS = {
    "replies_count": "replies",
    "reblogs_count": "reposts",
    "quotes_count": "quotes",
    "favourites_count": "likes",
}
_MEDIA = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}


def read_status(value: Json) -> Post:
    """A status. Raises ``BadInput`` where it has no id or no content."""
    status_id = text_of(value.get("id")) or _missing("id")
    reposted = mapping_of(value.get("reblog"))
    plain = _said(reposted or value)
    parent = text_of(value.get("in_reply_to_id"))
    return Post(
        id=status_id,
        text=plain.text,
        network=NETWORK,
        url=web_link(value.get("url")) or web_link(value.get("uri")),
        author=read_account(mapping_of(value.get("account"))),
        created_at=time_of(value.get("created_at")),
        edited_at=time_of(value.get("edited_at")),
        lang=text_of(value.get("language")),
        visibility=_visibility(value),
        conversation=None if parent else status_id,
        in_reply_to=_parent(value, parent),
        repost_of=_ref(reposted) if reposted else None,
        quote_of=_quote(mapping_of(value.get("quote"))),
        links=plain.links,
        media=_media(value),
        counts=_counts(value),
    )


def _said(value: Json) -> Plain:
    """What the status says, with the warning its author put above it."""
    content, warning = value.get("content"), text_of(value.get("spoiler_text"))
    if not isinstance(content, str):
        _missing("content")
    plain = plain_text(str(content))
    return Plain(with_warning(warning, plain.text), plain.links)


def with_warning(warning: str | None, text: str) -> str:
    """The text below the warning that its author put above it, if any."""
    return f"{warning.strip()}\n\n{text}".strip() if warning else text


def read_account(account: Json) -> Author | None:
    """An account; None where it has neither id nor handle."""
    account_id, handle = text_of(account.get("id")), text_of(account.get("acct"))
    if account_id is None and handle is None:
        return None
    return Author(
        id=account_id,
        handle=handle or text_of(account.get("username")),
        name=text_of(account.get("display_name")),
        bio=_bio(account.get("note")),
        followers=whole_of(account.get("followers_count")),
    )


def _bio(note: object) -> str | None:
    """What an account says of itself, as plain text; nothing where that is beyond all measure."""
    if not isinstance(note, str) or len(note) > CONTENT_LIMIT:
        return None
    return plain_text(note).text or None


def _parent(value: Json, parent: str | None) -> Ref | None:
    if parent is None:
        return None
    account_id = text_of(value.get("in_reply_to_account_id"))
    named = (one for one in mappings_of(value.get("mentions")) if one.get("id") == account_id)
    handle = text_of(next(named, {}).get("acct"))
    author = Author(id=account_id, handle=handle) if account_id else None
    return Ref(id=parent, author=author)


def _ref(status: Json) -> Ref | None:
    found = text_of(status.get("id"))
    if found is None:
        return None
    return Ref(
        id=found, author=read_account(mapping_of(status.get("account"))), text=_said(status).text
    )


def _quote(quote: Json) -> Ref | None:
    """A quote is the status, or only its id, or (as some servers send it) the status itself."""
    status = mapping_of(quote.get("quoted_status"))
    if status or "content" in quote:
        return _ref(status or quote)
    shallow = text_of(quote.get("quoted_status_id"))
    return Ref(id=shallow) if shallow else None


def _visibility(value: Json) -> Literal["public", "private"]:
    """``private`` (for followers) and ``direct`` are no place for a public answer."""
    return "private" if value.get("visibility") in ("private", "direct") else "public"


def _media(value: Json) -> tuple[Media, ...]:
    return tuple(
        Media(
            kind=_MEDIA.get(str(one.get("type")), "other"),
            url=web_link(one.get("url")),
            alt=text_of(one.get("description")),
        )
        for one in mappings_of(value.get("media_attachments"))
    )


def _counts(value: Json) -> dict[str, int]:
    counted = {ours: whole_of(value.get(theirs)) for theirs, ours in _COUNTS.items()}
    return {name: number for name, number in counted.items() if number is not None}


def _missing(name: str) -> NoReturn:
    raise BadInput(f"The status has no {name}.")
