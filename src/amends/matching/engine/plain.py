"""Texts in plain form: one buffer for a batch, tokens between blanks, a line end after each text."""

import unicodedata
from collections.abc import Sequence
from itertools import compress
from operator import not_
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from amends.matching.engine.shapes import (
    BLANK,
    CODE_POINT,
    DROPPED,
    HARD,
    MARK,
    ROW_END,
    SEPARATOR,
    UNSPACED,
    Codes,
    shapes,
)
from amends.text import tokens

PADDING = b" " * 8
"""Stands at both ends of a buffer, so that eight bytes may be read before and behind any token."""


def _ascii_table() -> bytes:
    table = bytearray(b" " * 256)
    for code in range(128):
        if chr(code).isalnum():
            table[code] = ord(chr(code).lower())
    table[ord(SEPARATOR)] = ROW_END
    return bytes(table)


_ASCII = _ascii_table()
_FEW = 8  # texts for which the tables are not worth their making
_FIRST = np.zeros(1, dtype=np.intp)


Places = npt.NDArray[np.intp]


class Plain(NamedTuple):
    """``order[row]`` is the place of the row's text among the texts given.

    ``buffer`` is UTF-8 in which a byte up to 0x20 is a border. Each row ends with a line end.
    """

    buffer: bytes
    order: Places


def plain(texts: Sequence[str]) -> Plain:
    """Texts as their tokens, folded as ``normalise`` does; the tokens are those of ``tokens``.

    Texts of ASCII come first, then the others.
    """
    simple = [text.isascii() for text in texts]
    if all(simple):
        return Plain(
            b"".join((PADDING, _plain_ascii(texts), PADDING)), np.arange(len(texts), dtype=np.intp)
        )
    is_simple = np.frombuffer(bytes(simple), dtype=np.bool_)
    wide, wide_order = _plain_wide(list(compress(texts, map(not_, simple))))
    order = np.concatenate((np.flatnonzero(is_simple), np.flatnonzero(~is_simple)[wide_order]))
    ascii_form = _plain_ascii(list(compress(texts, simple)))
    return Plain(b"".join((PADDING, ascii_form, wide, PADDING)), order)


def joined(texts: Sequence[str]) -> str:
    """Texts with ``SEPARATOR`` behind each, and nowhere else."""
    rows = SEPARATOR.join(texts) + SEPARATOR
    if rows.count(SEPARATOR) != len(texts):
        rows = SEPARATOR.join([text.replace(SEPARATOR, " ") for text in texts]) + SEPARATOR
    return rows


def _plain_ascii(texts: Sequence[str]) -> bytes:
    if not texts:
        return b""
    return joined(texts).encode("ascii").translate(_ASCII)


def _plain_wide(texts: Sequence[str]) -> tuple[bytes, Places]:
    """The form of texts beyond ASCII, and the order in which they stand in it."""
    if len(texts) <= _FEW:
        few = "".join(" ".join((*tokens(text), "\n")) for text in texts)
        return few.encode(), np.arange(len(texts), dtype=np.intp)
    folded = shapes().folded.take(codes(joined(texts)), mode="clip")
    if np.bitwise_or.reduce(folded) <= CODE_POINT:
        return _encode(folded), np.arange(len(texts), dtype=np.intp)
    ends = np.flatnonzero(folded == ROW_END)
    flags = np.bitwise_or.reduceat(folded, np.concatenate((_FIRST, ends[:-1] + 1)))
    kinds = np.where(flags & HARD, 2, np.where(flags > CODE_POINT, 1, 0)).astype(np.int8)
    kind_of_each = np.repeat(kinds, np.diff(ends, prepend=-1))
    hard = np.flatnonzero(kinds == 2)
    form = _encode(folded[kind_of_each == 0]) + _finish(folded[kind_of_each == 1])
    if len(hard):
        composed = [unicodedata.normalize("NFKC", texts[at]).casefold() for at in hard.tolist()]
        form += _finish(shapes().shaped.take(codes(joined(composed)), mode="clip"))
    return form, np.argsort(kinds, kind="stable")


def codes(text: str) -> Codes:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _finish(values: Codes) -> bytes:
    """UTF-8 of looked-up values, once their flags are honoured."""
    values = values[values & DROPPED == 0]
    flags = int(np.bitwise_or.reduce(values))
    if flags & MARK:
        values = _strip_leading_marks(values)
    if flags & UNSPACED:
        values = _set_apart(values)
    return _encode(values & CODE_POINT)


def _encode(values: Codes) -> bytes:
    return values.tobytes().decode("utf-32-le").encode()


def _strip_leading_marks(values: Codes) -> Codes:
    """A mark with no letter before it belongs to no token."""
    values = values.copy()
    at = np.flatnonzero(values & MARK)
    while True:
        before = values[at - 1] if len(at) else values[:0]
        if len(at) and at[0] == 0:
            before[0] = BLANK
        loose = at[(before <= BLANK) | (before & UNSPACED > 0)]
        if not len(loose):
            return values
        values[loose] = BLANK
        at = np.setdiff1d(at, loose)


def _set_apart(values: Codes) -> Codes:
    """Blanks around each character that is a token of its own."""
    alone = values & UNSPACED > 0
    widths = np.where(alone, 3, 1)
    ends = np.cumsum(widths)[alone]
    spread = np.repeat(values, widths)
    spread[ends - 1] = BLANK
    spread[ends - 3] = BLANK
    return spread
