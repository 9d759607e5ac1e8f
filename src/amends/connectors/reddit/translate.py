"""Reddit's things, as JSON, to our posts. Anything unreadable raises ``BadInput``."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from amends.connectors.fields import mapping_of, mappings_of, text_of, web_link, whole_of
from amends.terms import Author, BadInput, Media, Post, Ref

NETWORK = "reddit"
WEB = "https://www.reddit.com"

Json = Mapping[str, Any]

_LINK = re.compile(r"https?://[^\s<>\"'\]})]{1,2000}")
_IN_PATH = re.compile(r"/comments/([a-z0-9]{1,13})(?:/|$)")
_NAME = re.compile(r"t[1-6]_[a-z0-9]{1,13}")
_GONE = frozenset({"[deleted]", "[removed]", "[ Removed by Reddit ]"})
_MOST_LINKS = 50
_MOST = 5_000  # things of one conversation


def read_thing(thing: Json, web: str = WEB) -> Post:
    """A submission (t3), a comment (t1) or a private message (t4)."""
    kind, data = thing.get("kind"), mapping_of(thing.get("data"))
    if kind == "t3":
        return _submission(data, web)
    if kind == "t1":
        return _comment(data, web)
    if kind == "t4":
        return _message(data, web)
    raise BadInput(f"Reddit calls this {str(kind)[:20]!r}, which is nothing one reads.")


def is_gone(thing: Json) -> bool:
    """Whether its author deleted it, or somebody removed it."""
    data = mapping_of(thing.get("data"))
    said = data.get("body") if thing.get("kind") == "t1" else data.get("selftext")
    return said in _GONE or bool(data.get("removed_by_category"))


def things_of(listing: Any) -> list[Json]:
    """The things of a listing."""
    return mappings_of(mapping_of(mapping_of(listing).get("data")).get("children"))


def following(listing: Any) -> str | None:
    """Where the next page of a listing begins."""
    return text_of(mapping_of(mapping_of(listing).get("data")).get("after"))


def all_below(listing: Any) -> Iterator[Json]:
    """The comments of a listing with what answers them, however deep that goes."""
    waiting, given = things_of(listing)[::-1], 0
    while waiting and given < _MOST:
        thing = waiting.pop()
        given += 1
        yield thing
        waiting += things_of(mapping_of(thing.get("data")).get("replies"))[::-1]


def stamp(thing: Json) -> datetime | None:
    """When a thing was made. Raises ``BadInput`` for what is no time."""
    return _time(mapping_of(thing.get("data")).get("created_utc"))


def name_of(thing: Json) -> str:
    """Its full name, such as t1_abc; empty where it has none."""
    data = mapping_of(thing.get("data"))
    name = text_of(data.get("name")) or f"{thing.get('kind')}_{text_of(data.get('id')) or ''}"
    return name if _NAME.fullmatch(name) else ""


def is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text))


def _submission(data: Json, web: str) -> Post:
    name = _named(data, "t3")
    title, said = text_of(data.get("title")) or "", text_of(data.get("selftext")) or ""
    away = None if data.get("is_self") else web_link(data.get("url"))
    original = next(iter(mappings_of(data.get("crosspost_parent_list"))), {})
    return Post(
        id=name,
        text=f"{title}\n\n{said}".strip(),
        network=NETWORK,
        url=_permalink(data, web),
        author=_author(data),
        created_at=_time(data.get("created_utc")),
        edited_at=_edited(data),
        conversation=name,
        quote_of=_original(original) if original else None,
        links=_links(said, away),
        media=_media(data),
        counts=_counts(data),
    )


def _comment(data: Json, web: str) -> Post:
    """A comment, also as the inbox tells of it, which names the submission in its address alone."""
    name, body = _named(data, "t1"), data.get("body")
    if not isinstance(body, str):
        _missing("body")
    parent = text_of(data.get("parent_id"))
    found = _IN_PATH.search(text_of(data.get("context")) or text_of(data.get("permalink")) or "")
    thread = text_of(data.get("link_id")) or (f"t3_{found[1]}" if found else None)
    return Post(
        id=name,
        text=str(body),
        network=NETWORK,
        url=_permalink(data, web),
        author=_author(data),
        created_at=_time(data.get("created_utc")),
        edited_at=_edited(data),
        conversation=thread,
        in_reply_to=Ref(id=parent) if parent and _NAME.fullmatch(parent) else None,
        links=_links(str(body), None),
        counts=_counts(data),
    )


def _message(data: Json, web: str) -> Post:
    name, body = _named(data, "t4"), data.get("body")
    if not isinstance(body, str):
        _missing("body")
    first = text_of(data.get("first_message_name")) or name
    subject = text_of(data.get("subject")) or ""
    parent = text_of(data.get("parent_id"))
    return Post(
        id=name,
        text=f"{subject}\n\n{body}".strip() if first == name else str(body),
        network=NETWORK,
        url=f"{web}/message/messages/{name[3:]}",
        author=_author(data),
        created_at=_time(data.get("created_utc")),
        visibility="private",
        conversation=first if _NAME.fullmatch(first) else name,
        in_reply_to=Ref(id=parent) if parent and _NAME.fullmatch(parent) else None,
        links=_links(str(body), None),
    )


def read_account(data: Json) -> Author | None:
    """An account as ``/api/v1/me`` and ``/user/name/about`` show it; None where it has no name."""
    name, account = text_of(data.get("name")), text_of(data.get("id"))
    if name is None:
        return None
    bio = text_of(mapping_of(data.get("subreddit")).get("public_description"))
    return Author(id=f"t2_{account}" if account else None, handle=name, bio=bio)


def _author(data: Json) -> Author | None:
    handle, account = text_of(data.get("author")), text_of(data.get("author_fullname"))
    if handle in (None, *_GONE):
        return None
    return Author(id=account, handle=handle)


def _original(data: Json) -> Ref | None:
    name = text_of(data.get("name"))
    if name is None:
        return None
    return Ref(id=name, author=_author(data), text=text_of(data.get("title")))


def _media(data: Json) -> tuple[Media, ...]:
    link = web_link(data.get("url"))
    if data.get("is_video"):
        return (Media(kind="video", url=link),)
    if data.get("post_hint") == "image":
        return (Media(kind="image", url=link),)
    told = mapping_of(data.get("media_metadata"))
    shown = [(mapping_of(one), mapping_of(mapping_of(one).get("s"))) for one in told.values()]
    return tuple(
        Media(kind="image", url=web_link(source.get("u")))
        for one, source in shown[:20]
        if one.get("e") == "Image"
    )


def _counts(data: Json) -> dict[str, int]:
    counted = {"replies": whole_of(data.get("num_comments")), "likes": whole_of(data.get("score"))}
    counted["reposts"] = whole_of(data.get("num_crossposts"))
    return {name: number for name, number in counted.items() if number is not None}


def _links(said: str, away: str | None) -> tuple[str, ...]:
    found = _LINK.findall(said)[:_MOST_LINKS] if "://" in said else []
    return tuple(dict.fromkeys([*([away] if away else []), *found]))


def _permalink(data: Json, web: str) -> str | None:
    path = text_of(data.get("permalink")) or text_of(data.get("context"))
    return f"{web}{path}" if path and path.startswith("/") else None


def _edited(data: Json) -> datetime | None:
    edited = data.get("edited")
    return _time(edited) if edited and edited is not True else None


def _time(value: object) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise BadInput(f"{str(value)[:60]!r} is no time.")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise BadInput(f"{str(value)[:60]!r} is no time.") from None


def _named(data: Json, kind: str) -> str:
    name = text_of(data.get("name")) or f"{kind}_{text_of(data.get('id')) or ''}"
    if not _NAME.fullmatch(name):
        _missing("name")
    return name


def _missing(field: str) -> NoReturn:
    raise BadInput(f"What Reddit sent has no {field}.")
