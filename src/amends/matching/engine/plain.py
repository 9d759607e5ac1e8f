"""Texts in plain form: one buffer for a batch, tokens between blanks, a line end after each text."""

import unicodedata
from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from amends.matching.engine.shapes import (
    BLANK,
    CODE_POINT,
    DROPPED,
    FILLER,
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


_BETWEEN_ASCII = "   "  # the middle one becomes a line end, as the lengths of texts tell where


def _table() -> bytes:
    """What each byte of UTF-8 becomes; those of characters beyond ASCII stay."""
    table = bytearray(range(256))
    table[:128] = b" " * 128
    for code in range(128):
        if chr(code).isalnum():
            table[code] = ord(chr(code).lower())
    table[ord(SEPARATOR)] = ROW_END
    return bytes(table)


_TABLE = _table()
_AT_ONCE = 1 << 17  # bytes folded at once, which stay in the cache meanwhile
_CASE, _A, _LETTERS, _0, _DIGITS = np.array((0x20, ord("a"), 26, ord("0"), 10), dtype=np.uint8)
_FEW = 8  # texts for which the tables are not worth their making
_FIRST = np.zeros(1, dtype=np.intp)
_WIDE = np.uint8(0xC0)  # from here on a byte begins a character of two bytes, three, four
_LEADS = np.arange(256)
_SIZES = (1 + np.searchsorted((0xC0, 0xE0, 0xF0), _LEADS, side="right")).astype(np.uint8)
_LEAD_BITS = (_LEADS & np.array((0, 0, 0x1F, 0x0F, 0x07))[_SIZES]).astype(np.uint32)
_BETWEEN = f" {SEPARATOR} "

Places = npt.NDArray[np.intp]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


class Plain(NamedTuple):
    """``order[row]`` is the place of the row's text among the texts given, ``ends[row]`` where the
    row ends.

    ``buffer`` is UTF-8 in which a byte up to 0x20 is a border. Each row ends with a line end, and
    each token stands between blanks.
    """

    buffer: bytes
    order: Places
    ends: Places


def plain(texts: Sequence[str]) -> Plain:
    """Texts as their tokens, folded as ``normalise`` does; the tokens are those of ``tokens``.

    Texts of ASCII come first, then the others.
    """
    simple = list(map(str.isascii, texts))
    if all(simple):
        ends = _ascii_ends(texts)
        order = np.arange(len(texts), dtype=np.intp)
        form = b"".join((PADDING, _plain_ascii(texts, ends), PADDING))
        return Plain(form, order, len(PADDING) + ends)
    is_simple = np.frombuffer(bytes(simple), dtype=np.bool_)
    wide, wide_order = _plain_wide(list(compress(texts, (~is_simple).tobytes())))
    order = np.concatenate((np.flatnonzero(is_simple), np.flatnonzero(~is_simple)[wide_order]))
    ascii_texts = list(compress(texts, simple))
    ascii_ends = _ascii_ends(ascii_texts)
    ascii_form = _plain_ascii(ascii_texts, ascii_ends)
    wide_ends = np.flatnonzero(np.frombuffer(wide, dtype=np.uint8) == ROW_END)
    ends = np.concatenate((ascii_ends, len(ascii_form) + wide_ends))
    return Plain(b"".join((PADDING, ascii_form, wide, PADDING)), order, len(PADDING) + ends)


def joined(texts: Sequence[str]) -> str:
    """Texts with ``SEPARATOR`` behind each, and nowhere else, all of them between blanks."""
    rows = _BETWEEN.join(("", *texts, ""))[2:-1]
    if rows.count(SEPARATOR) != len(texts):
        return joined([text.replace(SEPARATOR, " ") for text in texts])
    return rows


def _joined_bytes(texts: Sequence[str]) -> Bytes:
    """``joined`` as UTF-8, to be written over."""
    rows = _BETWEEN.join(("", *texts, ""))[2:-1]
    try:
        encoded = rows.encode()
    except UnicodeEncodeError:  # a lone surrogate
        encoded = rows.encode("utf-8", "surrogatepass")
    data = np.array(np.frombuffer(encoded, dtype=np.uint8))
    if np.count_nonzero(data == ord(SEPARATOR)) != len(texts):
        return _joined_bytes([text.replace(SEPARATOR, " ") for text in texts])
    return data


def _plain_ascii(texts: Sequence[str], ends: Places) -> bytes:
    if not texts:
        return b""
    rows = _BETWEEN_ASCII.join(("", *texts, ""))[2:-1]
    form = _folded(np.frombuffer(rows.encode("ascii"), dtype=np.uint8))
    form[ends] = ROW_END
    return form.tobytes()


def _folded(data: Bytes) -> Bytes:
    """Letters of ASCII small, digits as they are, blanks for all else; in two thirds of the
    time that ``bytes.translate`` takes."""
    form, width = np.empty_like(data), min(len(data), _AT_ONCE)
    rest = np.empty(width, dtype=np.uint8)
    letters, digits = np.empty((2, width), dtype=np.bool_)
    for start in range(0, len(data), _AT_ONCE):
        some, out = data[start : start + _AT_ONCE], form[start : start + _AT_ONCE]
        left, is_kept, is_digit = rest[: len(some)], letters[: len(some)], digits[: len(some)]
        np.bitwise_or(some, _CASE, out=out)
        np.less(np.subtract(out, _A, out=left), _LETTERS, out=is_kept)
        np.less(np.subtract(some, _0, out=left), _DIGITS, out=is_digit)
        np.logical_or(is_kept, is_digit, out=is_kept)
        np.multiply(out, is_kept.view(np.uint8), out=out)
        np.bitwise_or(out, _CASE, out=out)  # where nothing was kept this is a blank
    return form


def _ascii_ends(texts: Sequence[str]) -> Places:
    """Where rows of ``_plain_ascii`` end. To look for the ends would take longer."""
    sizes = np.fromiter(map(len, texts), dtype=np.intp, count=len(texts))
    return np.cumsum(sizes + len(_BETWEEN_ASCII)) - 1


def _plain_wide(texts: Sequence[str]) -> tuple[bytes, Places]:
    """The form of texts beyond ASCII, and the order in which they stand in it.

    What each character becomes is written over it, as far as that needs no more room. Texts in
    which something needs more, or a look at its neighbours, come last.
    """
    if len(texts) <= _FEW:
        few = "".join(" ".join(("", *tokens(text), "\n")) for text in texts)
        return few.encode(), np.arange(len(texts), dtype=np.intp)
    data = _joined_bytes(texts)
    at = np.flatnonzero(data >= _WIDE)
    sizes, points = _characters(data, at)
    written = shapes().written.take(points, mode="clip")
    alone = np.flatnonzero(shapes().folded.take(points, mode="clip") & UNSPACED)
    left, kept = _parted(data, at[written == 0], len(texts))
    _write(data, at, sizes, written.view(np.uint8).reshape(-1, 4))
    if left is not None:
        data[left] = FILLER
    if len(alone):
        data = _with_blanks(data, at[alone], at[alone] + sizes[alone])
    form = data.tobytes().translate(_TABLE, bytes((FILLER,)))
    if left is None:
        return form, kept
    others = np.setdiff1d(np.arange(len(texts)), kept)
    slow, order = _plain_slow([texts[place] for place in others.tolist()])
    return form + slow, np.concatenate((kept, others[order]))


def _characters(data: Bytes, at: Places) -> tuple[Bytes, Codes]:
    """The sizes in bytes and the code points of the characters that begin there, all beyond ASCII.

    Behind the last of them stand two bytes and more.
    """
    leads = data[at]
    sizes = _SIZES.take(leads)
    codes = _LEAD_BITS.take(leads)
    codes = (codes << np.uint32(6)) | (data.take(at + 1, mode="clip") & np.uint8(0x3F))
    for step in (2, 3):
        some = np.flatnonzero(sizes > step)
        more = data.take(at[some] + step, mode="clip") & np.uint8(0x3F)
        codes[some] = (codes[some] << np.uint32(6)) | more
    return sizes, codes


def _write(data: Bytes, at: Places, sizes: Bytes, written: Bytes) -> None:
    """Write over the characters that begin there, of two bytes and more, ``written`` a row each."""
    data[at] = written[:, 0]
    data[at + 1] = written[:, 1]
    for step in (2, 3):
        some = np.flatnonzero(sizes > step)
        data[at[some] + step] = written[some, step]


def _parted(data: Bytes, hard: Places, rows: int) -> tuple[Flags | None, Places]:
    """The bytes of the rows in which something hard stands, and the places of the other rows."""
    if not len(hard):
        return None, np.arange(rows, dtype=np.intp)
    ends = np.flatnonzero(data == ord(SEPARATOR))
    easy = np.ones(rows, dtype=np.bool_)
    easy[np.searchsorted(ends, hard)] = False
    return np.repeat(~easy, np.diff(ends, prepend=-1)), np.flatnonzero(easy)


def _with_blanks(data: Bytes, starts: Places, ends: Places) -> Bytes:
    """With a blank before each start and each end."""
    steps = 2 * np.arange(len(starts))
    taken = np.ones(len(data) + 2 * len(starts), dtype=np.bool_)
    taken[starts + steps] = False
    taken[ends + steps + 1] = False
    spread = np.full(len(taken), BLANK, dtype=np.uint8)
    spread[taken] = data
    return spread


def _plain_slow(texts: Sequence[str]) -> tuple[bytes, Places]:
    """The form of texts by code points, and the order in which they stand in it."""
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
