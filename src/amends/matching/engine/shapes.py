"""What each code point becomes in plain form, as tables that numpy can look up.

A value is the folded code point, ``BLANK`` for a border, and flags for what needs a closer look.
"""

import sys
import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from amends.text import UNSPACED as UNSPACED_SCRIPTS

Codes = npt.NDArray[np.uint32]

BLANK = 0x20
ROW_END = 0x0A
SEPARATOR = "\x1e"
"""Stands between texts that are shaped together; in a text it is a border like any control."""

CODE_POINT = np.uint32((1 << 24) - 1)
UNSPACED = np.uint32(1 << 24)  # a token of its own
MARK = np.uint32(1 << 25)  # continues a token and begins none
DROPPED = np.uint32(1 << 26)  # invisible
HARD = np.uint32(1 << 27)  # its form depends on its neighbours, or is longer than one

# Letters that fold or join lie in the first two planes and among the ideographs of compatibility;
# behind the ideographs of the next two planes there are no letters, only what is invisible.
_FOLDING = (*range(0xD800), *range(0xE000, 0x20000), *range(0x2F800, 0x2FA20))
_ASSIGNED = (*range(0xD800), *range(0xE000, 0x40000), *range(0xE0000, 0xE1000))
_MODIFIER_APOSTROPHE = 0x2BC  # a letter to Unicode, an apostrophe in normal form
# Each finds what stands together in one go.
_BEGINS = r"[\p{L}\p{N}]+"
_CONTINUES = r"[\p{L}\p{N}\p{Mn}\p{Mc}]+"
_ALONE = rf"(?V1)[[{UNSPACED_SCRIPTS}]&&[\p{{L}}\p{{N}}\p{{Mn}}\p{{Mc}}]]+"
_INVISIBLE = r"\p{Default_Ignorable_Code_Point}+"
_JAMO_THAT_JOIN = (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))


FILLER = 0xFF
"""No byte of UTF-8: stands where nothing is left of a character."""
_NOTHING = 0xFFFFFFFF


class Shapes(NamedTuple):
    """``shaped`` is for text in normal form, ``folded`` for text as it came.

    ``written`` is what is put over the UTF-8 of text as it came: at most as many bytes, the first of
    them lowest, then ``FILLER``. 0 where that cannot be done.
    """

    shaped: Codes
    folded: Codes
    written: Codes


@cache
def shapes() -> Shapes:
    """The tables, computed once from the tokeniser's classes and Python's Unicode data."""
    shaped = _shaped()
    folded = _folded(shaped)
    return Shapes(shaped, folded, _written(shaped, folded))


def _shaped() -> Codes:
    table = np.full(sys.maxunicode + 1, BLANK, dtype=np.uint32)
    assigned = "".join(map(chr, _ASSIGNED))
    continues, begins = _members(_CONTINUES, assigned), _members(_BEGINS, assigned)
    table[continues] = continues | MARK
    table[begins] = begins
    alone = _members(_ALONE, assigned)
    table[alone] = alone | UNSPACED
    table[_members(_INVISIBLE, assigned)] = DROPPED
    table[_MODIFIER_APOSTROPHE] = BLANK
    table[ord(SEPARATOR)] = ROW_END
    return table


def _folded(shaped: Codes) -> Codes:
    table = shaped.copy()
    joins = _joining()
    for code in _changed():
        composed = unicodedata.normalize("NFKC", chr(code))
        kinds = shaped[[ord(char) for char in composed.casefold()]]
        if any(char in joins for char in composed):
            table[code] = HARD
        elif len(kinds) == 1:
            table[code] = kinds[0]
        else:
            table[code] = BLANK if (kinds == BLANK).all() else HARD
    table[[ord(char) for char in joins]] = HARD
    return table


def _written(shaped: Codes, folded: Codes) -> Codes:
    table = np.zeros(len(folded), dtype=np.uint32)
    table[folded == BLANK] = _utf8(np.array([BLANK], dtype=np.uint32))  # most are not assigned
    codes = np.flatnonzero((folded & (MARK | HARD) == 0) & (folded != BLANK)).astype(np.uint32)
    values = folded[codes] & CODE_POINT
    fitting = _sizes(values) <= _sizes(codes)
    table[codes[fitting]] = _utf8(values[fitting])
    table[folded == DROPPED] = _NOTHING
    joins = _joining()
    for code in np.flatnonzero(folded == HARD).tolist():
        composed = unicodedata.normalize("NFKC", chr(code))
        kinds = shaped[[ord(char) for char in composed.casefold()]]
        data = "".join(map(chr, kinds & CODE_POINT)).encode()
        fits = len(data) <= len(chr(code).encode()) and (kinds <= CODE_POINT).all()
        if fits and not joins.intersection(composed):
            table[code] = int.from_bytes(data.ljust(4, bytes((FILLER,))), "little")
    return table


def _utf8(codes: Codes) -> Codes:
    wide = [codes | 0xFFFFFF00]
    for first, tail in ((0xC0, 1), (0xE0, 2), (0xF0, 3)):
        parts = [first | (codes >> (6 * tail))]
        parts += [0x80 | ((codes >> (6 * (tail - step))) & 0x3F) for step in range(1, tail + 1)]
        parts += [np.full_like(codes, FILLER)] * (3 - tail)
        shifted = [part << np.uint32(8 * step) for step, part in enumerate(parts)]
        wide.append(np.bitwise_or.reduce(shifted))
    return np.choose(_sizes(codes) - 1, wide)


def _sizes(codes: Codes) -> npt.NDArray[np.intp]:
    """How many bytes of UTF-8 code points take."""
    return 1 + np.searchsorted([0x7F, 0x7FF, 0xFFFF], codes)


def _changed() -> list[int]:
    """The code points that are not their own normal form."""
    return [
        code
        for code, char in zip(_FOLDING, map(chr, _FOLDING), strict=True)
        if char.casefold() != char or not unicodedata.is_normalized("NFKC", char)
    ]


@cache
def _joining() -> frozenset[str]:
    """What may compose with, or change places with, what stands before it."""
    found = {chr(code) for code in _JAMO_THAT_JOIN}
    for code in _FOLDING:
        char = chr(code)
        if unicodedata.combining(char):
            found.add(char)
        parts = unicodedata.decomposition(char).split()
        if len(parts) == 2 and parts[0][0] != "<":
            found.add(chr(int(parts[1], 16)))
    return frozenset(found)


def _members(kind: str, assigned: str) -> Codes:
    found = "".join(regex.findall(kind, assigned))
    return np.frombuffer(found.encode("utf-32-le"), dtype=np.uint32)
