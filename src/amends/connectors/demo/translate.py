"""The demo network's own JSON, as posts, pages and authors."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from amends.terms import Author, DeadLetter, Post, Published
from amends.terms.post import Media, Ref

LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def from_ms(moment: int) -> datetime:
    return EPOCH + timedelta(milliseconds=moment)


def to_author(raw: Mapping[str, Any]) -> Author:
    return Author(
        id=raw["id"], handle=raw["handle"], name=raw.get("name"), followers=raw.get("followers")
    )


def to_post(raw: Mapping[str, Any], base_url: str | None = None) -> Post:
    """One post. Raises KeyError, TypeError, ValueError or OverflowError on what is not one."""
    edited = raw.get("edited_at")
    visibility: Literal["public", "private"] = "private" if raw.get("private") else "public"
    return Post(
        id=str(raw["id"]),
        text=str(raw["text"]),
        network="demo",
        url=address(raw["id"], base_url) if visibility == "public" else None,
        author=to_author(raw["author"]),
        created_at=from_ms(raw["at"]),
        edited_at=None if edited is None else from_ms(edited),
        lang=raw.get("lang"),
        visibility=visibility,
        conversation=raw["root"],
        in_reply_to=to_ref(raw.get("reply_to")),
        repost_of=to_ref(raw.get("repost_of")),
        quote_of=to_ref(raw.get("quote_of")),
        links=tuple(LINK.findall(raw["text"])),
        media=tuple(Media(kind="image", alt=str(one["alt"])) for one in raw.get("pictures") or ()),
        counts=dict(raw.get("counts") or {}),
    )


def address(post_id: str, base_url: str | None) -> str | None:
    """Where a post can be read; a network inside the process has no address."""
    return None if base_url is None else f"{base_url}/posts/{post_id}"


def to_ref(raw: Mapping[str, Any] | None) -> Ref | None:
    if raw is None:
        return None
    author = raw.get("author")
    return Ref(id=raw["id"], author=to_author(author) if author else None, text=raw.get("text"))


def to_published(raw: Mapping[str, Any], base_url: str | None = None) -> Published:
    private = raw.get("private")
    url = None if private else address(raw["id"], base_url)
    return Published(id=raw["id"], url=url, at=from_ms(raw["at"]))


def in_order(items: list[Any]) -> list[Any]:
    """The events by their numbers, each once: what comes twice or late is what it was."""
    seen: dict[object, Any] = {}
    for place, item in enumerate(items):
        number = item.get("seq") if isinstance(item, dict) else None
        seen.setdefault(number if isinstance(number, int) else f"none {place}", item)
    return sorted(seen.values(), key=_number)


def _number(item: Any) -> int:
    number = item.get("seq") if isinstance(item, dict) else None
    return number if isinstance(number, int) else -1


def read_items(
    items: list[Any], source: str, base_url: str | None
) -> tuple[list[Post], list[str], list[DeadLetter]]:
    """Posts, ids of deleted ones, and what could not be read."""
    posts: list[Post] = []
    deleted: list[str] = []
    dead: list[DeadLetter] = []
    for item in in_order(items):
        try:
            if item["kind"] == "delete":
                deleted.append(str(item["post"]["id"]))
            else:
                posts.append(to_post(item["post"], base_url))
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
            reason = f"This is no post of the demo network ({type(error).__name__}: {error})."
            dead.append(DeadLetter(source=f"demo:{source}", reason=reason, raw=str(item)[:2000]))
    return posts, deleted, dead
