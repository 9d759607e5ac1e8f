"""Items of feeds to our posts. Anything unreadable raises ``BadInput``."""

import hashlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape

import regex

from amends.connectors.feeds.documents import Item
from amends.connectors.fields import time_of, web_link
from amends.connectors.markup import Plain, plain_text
from amends.terms import Author, BadInput, Media, Post

NETWORK = "feeds"
_LONGEST_ID = 400  # characters; a database keeps 512
_LONGEST_LINK = 4000
_WORD = regex.compile(r"[\p{L}\p{N}]+")
_MOST_LINKS = 100


def read_item(item: Item, *, host: str, latest: datetime) -> Post:
    """A post by an item of a feed on ``host``. No time is later than ``latest``.

    Ids belong to the host: no feed can speak for another's items. Raises ``BadInput`` for an item
    that says nothing.
    """
    content = plain_text(item.html) if item.html else Plain(item.text.strip())
    title = " ".join(unescape(item.title).split())
    text = _joined(title, content.text)
    link = _link(item.link) or _link(item.id)
    if not text:
        raise BadInput("The item has no title and no text.")
    created = _time(item.created) or _time(item.updated)
    return Post(
        id=_id(host, item.id or item.link or text),
        text=text,
        network=NETWORK,
        url=link,
        author=_author(item, host),
        created_at=min(created, latest) if created else None,
        lang=item.lang[:35] or None,
        links=content.links[:_MOST_LINKS],
        media=_media(item, content),
        counts=_rating(item.rating),
    )


def edited(post_time: datetime | None, item: Item, latest: datetime) -> datetime:
    """When an item that has changed was changed, as far as its feed tells."""
    told = _time(item.updated)
    if told is None or (post_time is not None and told <= post_time):
        return latest
    return min(told, latest)


def _id(host: str, told: str) -> str:
    whole = f"{host}/{told}"
    if len(whole) <= _LONGEST_ID and told.isprintable():
        return whole
    return f"{host[:200]}#{hashlib.sha256(whole.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _joined(title: str, content: str) -> str:
    """The title above the content, unless the content begins with it."""
    begins = _WORD.findall(content[: 2 * len(title) + 40].casefold())
    words = _WORD.findall(title.casefold())
    if not title or (words and begins[: len(words)] == words):
        return content
    return f"{title}\n\n{content}" if content else title


def _author(item: Item, host: str) -> Author | None:
    """By the address of a profile; a name alone belongs to the host."""
    name = " ".join(unescape(item.author).split())
    # RSS asks for an address of mail, with the name in brackets behind it.
    mail, _, inside = name.partition(" (")
    if "@" in mail and inside.endswith(")"):
        name = inside[:-1]
    profile = _link(item.author_url)
    if not name and not profile:
        return None
    return Author(id=_id(host, f"by:{profile or name}"), name=name[:640] or None)


def _link(address: str) -> str | None:
    address = address.strip()
    return web_link(address) if len(address) < _LONGEST_LINK else None


def _media(item: Item, content: Plain) -> tuple[Media, ...]:
    told = [(kind, _link(address)) for kind, address in item.enclosures]
    told += [("image/", _link(address)) for address in content.images]
    found: dict[str, Media] = {}
    for kind, address in told:
        name = kind.partition("/")[0]
        if address:
            shown = name if name in ("image", "video", "audio") else "other"
            found.setdefault(address, Media(kind=shown, url=address))
    return tuple(found.values())[:_MOST_LINKS]


def _rating(told: str) -> dict[str, int]:
    """Stars as a whole number, where an item tells them."""
    try:
        stars = round(float(told)) if len(told) < 8 else -1
    except (ValueError, OverflowError):
        return {}
    return {"rating": stars} if 0 <= stars <= 100 else {}


def _time(told: str) -> datetime | None:
    """RFC 822 or RFC 3339; None for what is neither."""
    told = told.strip()
    if not told or len(told) > 60:
        return None
    try:
        if told[0].isdigit() and told[4:5] == "-":
            return time_of(told)
        return parsedate_to_datetime(told).astimezone(UTC)
    except (BadInput, ValueError, TypeError, IndexError, OverflowError):
        return None
