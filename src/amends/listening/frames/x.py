"""X API v2: the lines of a filtered stream, bare posts, and pages, under both sets of names."""

from html import unescape

import msgspec
from msgspec import UNSET, Raw, UnsetType

from amends.listening.frames.foreign import Foreign, Unreadable
from amends.listening.history.schemas.x import XSchema
from amends.terms import BadInput


class _Note(msgspec.Struct, gc=False):
    text: str | None = None


class _Reference(msgspec.Struct, gc=False):
    type: str = ""
    id: str = ""


class _Said(msgspec.Struct, gc=False):
    """What is read of a post; ``id`` and ``text`` are checked by whoever uses it."""

    id: str = ""
    text: str | None = None
    note_tweet: _Note | None = None
    note_post: _Note | None = None


class _Data(_Said, gc=False):
    referenced_tweets: list[_Reference] | None = None
    referenced_posts: list[_Reference] | None = None
    event_type: str | UnsetType | None = UNSET


class _Line(_Data, gc=False):
    data: _Data | None = None
    includes: Raw = Raw()
    errors: Raw = Raw()
    meta: Raw = Raw()


class _Includes(msgspec.Struct, gc=False):
    tweets: list[_Said] | None = None
    posts: list[_Said] | None = None


class _Page(msgspec.Struct, gc=False):
    data: list[Raw]
    includes: Raw = Raw(b"{}")


_lines = msgspec.json.Decoder(_Line)
_includes = msgspec.json.Decoder(_Includes)
_pages = msgspec.json.Decoder(_Page)


class XFrames(Foreign):
    """Posts of X. Edits come as new posts, deletions as events of the activity API."""

    def __init__(self) -> None:
        super().__init__(XSchema(), "x")

    def text(self, line: bytes) -> str | None:
        frame = _lines.decode(line)
        data = frame if frame.data is None else frame.data
        if data.event_type is not UNSET or not data.id:
            raise BadInput("It must be read whole.")
        text = _text(data)
        quoted = _quoted(data)
        if quoted is None or not frame.includes:
            return text
        there = _post_of(_includes.decode(frame.includes), quoted)
        also = _text(there) if there is not None else ""
        return f"{text}\n{also}" if also else text


def may_be_page(line: bytes) -> bool:
    """Whether a line looks like a page. Told without decoding, for pages are rare among lines."""
    return b'"data":[' in line or b'"data": [' in line


def unfold(line: bytes) -> list[bytes]:
    """A page of X (``data`` is a list) as a line for each post; any other line as it is."""
    if not may_be_page(line):
        return [line]
    try:
        page = _pages.decode(line)
    except Unreadable:
        return [line]
    if len(page.data) < 2:
        return [line]
    includes = bytes(page.includes)
    return [b'{"data":%b,"includes":%b}' % (bytes(one), includes) for one in page.data]


def _text(said: _Said) -> str:
    note = said.note_tweet or said.note_post
    text = (note.text if note is not None else None) or said.text
    if text is None:
        raise BadInput("The post has no text.")
    return unescape(text) if "&" in text else text


def _quoted(data: _Data) -> str | None:
    listed = data.referenced_tweets or data.referenced_posts or ()
    return next((one.id for one in listed if one.type == "quoted" and one.id), None)


def _post_of(includes: _Includes, post_id: str) -> _Said | None:
    found = None
    for listed in (includes.tweets, includes.posts):
        for one in listed or ():
            if one.id == post_id:
                found = one
    return found
