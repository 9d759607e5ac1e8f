"""Stored posts as queries see them, newest first: what a watch is tried on before it is saved."""

from collections.abc import Iterator
from typing import Any, Final

from amends.desk.models import PostRow
from amends.terms import Author, Media, Post, Ref

MOST: Final = 20_000

_COLUMNS: Final = (
    "native_id", "text", "network", "created_at", "lang", "conversation", "in_reply_to", "repost_of",
    "quote_of", "links", "media", "author__native_id", "author__handle", "author__name",
    "author__followers",
)  # fmt: skip


def newest_posts(*, most: int = MOST) -> Iterator[Post]:
    """Public posts that others wrote; nothing is read before it is asked for."""
    rows = PostRow.objects.filter(private=False, ours=False, erased_at=None, deleted_at=None)
    newest: Any = rows.order_by("-created_at", "-id").values_list(*_COLUMNS)[:most]
    return (_post(row) for row in newest.iterator(chunk_size=500))


def _post(row: tuple[Any, ...]) -> Post:
    native, text, network, at, lang, thread, parent, reposted, quote, links, media, *author = row
    return Post(
        id=native,
        text=text,
        network=network,
        created_at=at,
        lang=lang or None,
        conversation=thread,
        author=_author(*author),
        in_reply_to=Ref(id=parent) if parent else None,
        repost_of=Ref(id=reposted) if reposted else None,
        quote_of=_quoted(quote) if quote else None,
        links=tuple(links),
        media=tuple(Media(kind=str(one.get("kind", "other"))) for one in media),
    )


def _author(
    native: str | None, handle: str | None, name: str | None, followers: int | None
) -> Author | None:
    if native is None:
        return None
    return Author(id=native, handle=handle or None, name=name or None, followers=followers)


def _quoted(quote: dict[str, Any]) -> Ref:
    return Ref(id=str(quote.get("id", "")), text=quote.get("text"))
