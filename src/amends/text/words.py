"""Words: where they begin and end in any script."""

import re
from typing import NamedTuple

import regex

from amends.text.normal import normalise

UNSPACED = (
    r"\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}"
    r"\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}"
)
"""Scripts written without blanks, as the inside of a ``regex`` set."""

_WORD = r"[\p{L}\p{N}\p{Mn}\p{Mc}]"
_SINGLE = rf"[[{UNSPACED}]&&{_WORD}]"
_RUN = rf"[[\p{{L}}\p{{N}}]--[{UNSPACED}]][{_WORD}--[{UNSPACED}]]*"
_TOKEN = regex.compile(rf"(?V1){_RUN}|{_SINGLE}")
_ASCII_TOKEN = re.compile("[A-Za-z0-9]+")
_FIRST_WORD = regex.compile(r"\S+")


class Token(NamedTuple):
    """A token of a normalised text and its code-point offsets in it."""

    text: str
    start: int
    end: int


def tokens(text: str) -> list[str]:
    """The tokens of a text, normalised.

    Runs of letters, digits and their accents; everything else is a border. In scripts written
    without blanks each character is a token of its own, so that a word is a sequence of them.
    """
    return tokens_of(normalise(text))


def tokens_of(normalised: str) -> list[str]:
    """The tokens of a text that ``normalise`` made."""
    # The same tokens in half the time.
    if normalised.isascii():
        return _ASCII_TOKEN.findall(normalised)
    return _TOKEN.findall(normalised)


def token_spans(normalised: str) -> list[Token]:
    """The tokens of a text that ``normalise`` made, with their places."""
    if normalised.isascii():
        return [Token(found[0], *found.span()) for found in _ASCII_TOKEN.finditer(normalised)]
    return [Token(found.group(), *found.span()) for found in _TOKEN.finditer(normalised)]


def initial_words(text: str, count: int) -> str:
    """The first ``count`` words as they stand, blanks made single."""
    found = _FIRST_WORD.finditer(text)
    return " ".join(word.group() for word, _ in zip(found, range(count), strict=False))
