"""Our own post lines, one post a line; see ``docs/schema/post.schema.json``."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from amends.listening.frames.foreign import LONGEST_ID, Unreadable, may_need_cleaning
from amends.listening.frames.kind import Gone
from amends.listening.steps import text_with_quote
from amends.terms import Author, BadInput, Post, decode_post


class _Quoted(msgspec.Struct, gc=False):
    text: str | None = None


class _Said(msgspec.Struct, gc=False):
    text: str
    quote_of: _Quoted | str | int | None = None


_said = msgspec.json.Decoder(_Said)
_posts = msgspec.json.Decoder(Post)


class PostFrames:
    """Lines as ``encode_post`` writes them and ``decode_post`` reads them."""

    name = "posts"

    def texts(self, lines: Sequence[bytes]) -> list[str | None]:
        decode = _said.decode
        try:
            return [
                said.text if said.quote_of is None else _with_quote(said)
                for said in map(decode, lines)
            ]
        except Unreadable:
            return [self._text(line) for line in lines]

    def read(self, line: bytes) -> Post | Gone | None:
        post = _plainly_written(line) or decode_post(line)
        if len(post.id) > LONGEST_ID:
            msg = f"The post's id is longer than {LONGEST_ID} characters."
            raise BadInput(msg)
        return post

    def _text(self, line: bytes) -> str | None:
        try:
            said = _said.decode(line)
        except Unreadable:
            return self._text_of_whole(line)
        return _with_quote(said)

    def _text_of_whole(self, line: bytes) -> str | None:
        try:
            return text_with_quote(decode_post(line))
        except BadInput:
            return None


def _with_quote(said: _Said) -> str:
    quoted = said.quote_of.text if isinstance(said.quote_of, _Quoted) else None
    return f"{said.text}\n{quoted}" if quoted else said.text


def _plainly_written(line: bytes) -> Post | None:
    """The post of a line that needs none of the leniency of ``decode_post``; else None."""
    if may_need_cleaning(line):
        return None
    try:
        post = _posts.decode(line)
    except Unreadable:
        return None
    if not post.id or not _is_utc(post.created_at) or not _is_utc(post.edited_at):
        return None
    if _is_signed(post.author):
        return None
    for ref in (post.in_reply_to, post.repost_of, post.quote_of):
        if ref is not None and _is_signed(ref.author):
            return None
    return post


def _is_utc(time: datetime | None) -> bool:
    return time is None or time.tzinfo is UTC


def _is_signed(author: Author | None) -> bool:
    return author is not None and author.handle is not None and author.handle.startswith("@")
