"""Texts as what their words look like: a second plain form, made only where a query asks for it."""

import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np

from amends.matching.engine.plain import PADDING, codes, joined
from amends.matching.engine.shapes import (
    BLANK,
    DROPPED,
    HARD,
    MARK,
    ROW_END,
    SEPARATOR,
    UNSPACED,
    Codes,
    shapes,
)
from amends.text import REPLACED, appearance

# Hangul in pieces, which may join: all that a table of single characters cannot know.
_PIECES = (*range(0x1100, 0x1200), *range(0xA960, 0xA980), *range(0xD7B0, 0xD800))
_REPLACED = tuple((one.encode(), two.encode()) for one, two in REPLACED)
_REPLACED_ASCII = tuple(pair for pair in _REPLACED if b"".join(pair).isascii())


def alike_form(texts: Sequence[str]) -> bytes:
    """The skeletons of the tokens of each text, a row each, in the order of the texts.

    As in plain form a byte up to 0x20 is a border. Marks that are no common accents are borders
    too, so a token may come in pieces here; it does so in every text alike.
    """
    # Texts of ASCII mostly come first, and cost a fraction of the others.
    simple = next((at for at, text in enumerate(texts) if not text.isascii()), len(texts))
    return b"".join((PADDING, _narrow(texts[:simple]), _wide(texts[simple:]), PADDING))


def alike_tokens(word: str) -> list[str]:
    """What one word comes to in that form: one token, or several where marks cut it."""
    return alike_form([word]).decode().split()


def _narrow(texts: Sequence[str]) -> bytes:
    if not texts:
        return b""
    form = joined(texts).encode("ascii").translate(_ascii())
    for one, two in _REPLACED_ASCII:
        form = form.replace(one, two)
    return form


def _wide(texts: Sequence[str]) -> bytes:
    if not texts:
        return b""
    seen = _looks().take(codes(joined(texts)), mode="clip")
    hard = seen == HARD
    if hard.any():
        ends = np.flatnonzero(seen == ROW_END)
        is_hard = np.logical_or.reduceat(hard, np.concatenate(([0], ends[:-1] + 1))).tolist()
        easy = [_easy(text) if bad else text for text, bad in zip(texts, is_hard, strict=True)]
        seen = _looks().take(codes(joined(easy)), mode="clip")
        seen[seen == HARD] = BLANK
    left: Codes = seen[seen != DROPPED]
    form = left.tobytes().decode("utf-32-le").encode()
    for one, two in _REPLACED:
        form = form.replace(one, two)
    return form


def _easy(text: str) -> str:
    """The text as the table can read it: what may join has joined."""
    return "".join(map(_seen, unicodedata.normalize("NFKC", text)))


@lru_cache(4096)
def _seen(char: str) -> str:
    return " " if _splits(char) else appearance(char)


def _splits(char: str) -> bool:
    """Whether a character of a text in form NFKC is a token of its own, or folds to one."""
    shaped = shapes().shaped
    return any(int(shaped[ord(one)]) & UNSPACED for one in (char, *char.casefold()))


@cache
def _ascii() -> bytes:
    """What each byte of ASCII looks like."""
    table = bytearray(b" " * 256)
    for char in map(chr, range(128)):
        if char.isalnum():
            table[ord(char)] = ord(appearance(char))
    table[ord(SEPARATOR)] = ROW_END
    return bytes(table)


@cache
def _looks() -> Codes:
    """What each code point of a text as it came looks like: one code point, or ``BLANK``,
    ``DROPPED`` or ``HARD``."""
    plain = shapes()
    table = plain.folded.copy()
    table[table & UNSPACED > 0] = BLANK
    for code in np.flatnonzero((table > BLANK) & (table != DROPPED)).tolist():
        char = chr(code)
        composed = unicodedata.normalize("NFKC", char)
        if table[code] == HARD and composed == char and _splits(char):
            continue  # it is a border, unless it joins what stands before it
        if table[code] & (HARD | MARK) or char != composed or char != appearance(char):
            table[code] = _look(composed, plain.shaped)
    table[np.isin(table, _PIECES)] = HARD
    return table


def _look(composed: str, shaped: Codes) -> int:
    """The value of what NFKC makes of one code point."""
    found: list[str] = []
    for char in composed:
        kind = int(shaped[ord(char)])
        if kind == BLANK or _splits(char):
            found.append(" ")
        elif not kind & DROPPED:
            found += [" " if shaped[ord(one)] & MARK else one for one in appearance(char)]
    if not found:
        return int(DROPPED)
    if set(found) == {" "}:
        return BLANK
    return ord(found[0]) if len(found) == 1 else int(HARD)
