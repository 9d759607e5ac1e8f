"""How far a feed was read: what it held when we looked, by marks of ids and of contents.

A feed has no order to rely on and its times may be missing, so its place is not a time. An item
whose content has changed has another second half of its mark.
"""

import hashlib
from collections.abc import Iterable

import msgspec

from amends.terms import ConnectorError, Post

MOST = 20_000  # marks; the oldest that a feed no longer holds are forgotten first
_ID, _CONTENT = 14, 8  # digits of a mark


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A cursor. ``etag`` and ``modified`` are those of a document that was read to its end."""

    etag: str = ""
    modified: str = ""
    known: tuple[str, ...] = ()

    @classmethod
    def read(cls, cursor: str) -> "Place":
        """Raises ``ConnectorError`` for what is no cursor of ours."""
        try:
            return msgspec.json.decode(cursor, type=cls)
        except (msgspec.DecodeError, UnicodeError) as error:
            msg = "The stored place in this feed cannot be read; start the feed anew."
            raise ConnectorError(msg) from error

    def write(self) -> str:
        return msgspec.json.encode(self).decode()

    def contents(self) -> dict[str, str]:
        """The content's mark by the id's."""
        return {mark[:_ID]: mark[_ID:] for mark in self.known}

    def with_known(self, marks: Iterable[str]) -> "Place":
        """Knowing these too, as the newest."""
        known = self.contents()
        for mark in marks:
            known.pop(mark[:_ID], None)
            known[mark[:_ID]] = mark[_ID:]
        kept = [name + content for name, content in known.items()][-MOST:]
        return msgspec.structs.replace(self, known=tuple(kept))


def mark_of(post: Post) -> str:
    """The mark of a post as it reads now."""
    return mark_of_text(post.id, post.text)


def mark_of_text(name: str, text: str) -> str:
    return _digest(name)[:_ID] + _digest(text)[:_CONTENT]


def id_part(mark: str) -> str:
    return mark[:_ID]


def content_part(mark: str) -> str:
    return mark[_ID:]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
