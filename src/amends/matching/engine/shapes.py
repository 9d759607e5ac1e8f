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
_BEGINS = regex.compile(r"[\p{L}\p{N}]")
_CONTINUES = regex.compile(r"[\p{L}\p{N}\p{Mn}\p{Mc}]")
_ALONE = regex.compile(rf"(?V1)[[{UNSPACED_SCRIPTS}]&&[\p{{L}}\p{{N}}\p{{Mn}}\p{{Mc}}]]")
_INVISIBLE = regex.compile(r"\p{Default_Ignorable_Code_Point}")
_JAMO_THAT_JOIN = (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))


class Shapes(NamedTuple):
    """``shaped`` is for text in normal form, ``folded`` for text as it came."""

    shaped: Codes
    folded: Codes


@cache
def shapes() -> Shapes:
    """The tables, computed once from the tokeniser's classes and Python's Unicode data."""
    shaped = _shaped()
    return Shapes(shaped, _folded(shaped))


def _shaped() -> Codes:
    table = np.full(sys.maxunicode + 1, BLANK, dtype=np.uint32)
    continues, begins = _members(_CONTINUES), _members(_BEGINS)
    table[continues] = continues
    table[np.setdiff1d(continues, begins)] |= MARK
    alone = _members(_ALONE)
    table[alone] = alone | UNSPACED
    table[_members(_INVISIBLE)] = DROPPED
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


def _changed() -> list[int]:
    """The code points that are not their own normal form."""
    return [
        code
        for code, char in zip(_FOLDING, map(chr, _FOLDING), strict=True)
        if char.casefold() != char or not unicodedata.is_normalized("NFKC", char)
    ]


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


def _members(kind: regex.Pattern[str]) -> Codes:
    found = "".join(kind.findall("".join(map(chr, _ASSIGNED))))
    return np.frombuffer(found.encode("utf-32-le"), dtype=np.uint32)
