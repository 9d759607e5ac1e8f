"""Frames of other networks: read whole as history reads their lines, one post a frame."""

import logging
from collections.abc import Iterator, Sequence

import msgspec

from amends.listening.clean import clean_post
from amends.listening.frames.kind import Gone
from amends.listening.history.line import Found, Schema
from amends.listening.steps import text_with_quote
from amends.terms import BadInput, Post

log = logging.getLogger(__name__)

LONGEST_ID = 512  # characters; what the desk's tables hold

Unreadable = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for lines that are not of the shape looked for."""


class Foreign:
    """A kind of frame of one network. Subclasses add ``text``, which reads only what is needed.

    Where a line is odd in any way ``text`` raises one of ``Unreadable`` or ``BadInput`` and the
    line is read whole instead, so that both depths say the same of every post.
    """

    def __init__(self, schema: Schema, network: str) -> None:
        self.name = schema.name
        self.network = network
        self._schema = schema

    def texts(self, lines: Sequence[bytes]) -> list[str | None]:
        found: list[str | None] = []
        text = self.text
        for line in lines:
            try:
                if b"\\" in line and _ODD in line:
                    found.append(self._text_of_whole(line))
                else:
                    found.append(text(line))
            except (*Unreadable, BadInput):
                found.append(self._text_of_whole(line))
        return found

    def text(self, line: bytes) -> str | None:
        """The text of one line, with what it quotes; None where it holds no new post."""
        raise NotImplementedError

    def read(self, line: bytes) -> Post | Gone | None:
        found = self._found(line)
        if found.dead is not None:
            raise BadInput(found.dead)
        if found.deleted is not None:
            return Gone(self.network, found.deleted)
        if found.post is None:
            return None
        if len(found.post.id) > LONGEST_ID:
            msg = f"The post's id is longer than {LONGEST_ID} characters."
            raise BadInput(msg)
        return clean_post(found.post) if may_need_cleaning(line) else found.post

    def value(self, line: bytes) -> object:
        """The JSON that a line holds. Raises one of ``Unreadable``."""
        return msgspec.json.decode(line)

    def _found(self, line: bytes) -> Found:
        """The one thing a line holds. Raises ``BadInput``."""
        try:
            value = self.value(line)
            if not isinstance(value, dict):
                raise BadInput("The line is JSON, but no object.")
            founds = self._schema.translate(value, 0)
            return _only(founds)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"The line is not JSON: {error}.") from error
        except RecursionError:
            raise BadInput("The line is nested too deeply to be read.") from None

    def _text_of_whole(self, line: bytes) -> str | None:
        try:
            found = self.read(line)
        except BadInput:
            return None
        return text_with_quote(found) if isinstance(found, Post) else None


_ODD = b"\\u0000"


def may_need_cleaning(line: bytes) -> bool:
    """Whether a NUL or a lone surrogate, escaped as JSON has them, may be in a line."""
    # One sign is found in no time, and most lines escape nothing.
    return b"\\" in line and (_ODD in line or b"\\ud" in line or b"\\uD" in line)


def _only(founds: Iterator[Found]) -> Found:
    first = next(founds, Found(skipped="not_a_post"))
    if next(founds, None) is not None:
        raise BadInput("The line holds several posts; write one a line.")
    return first
