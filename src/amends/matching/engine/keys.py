"""Tokens as 64-bit keys: a token of up to eight bytes is its own key, a longer one is mixed.

Two tokens may share a key, so keys only ever say where to look closely.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from amends.matching.engine.plain import Places
from amends.matching.engine.shapes import BLANK, ROW_END

Keys = npt.NDArray[np.uint64]

_WIDTH = 8
_MIX = 0x9E3779B97F4A7C15
_PAIR = 0xC2B2AE3D27D4EB4F
_WHOLE = (1 << 64) - 1
_NO_KEYS = np.zeros(0, dtype=np.uint64)
_NOUGHT = np.zeros(1, dtype=np.intp)
MASKS = np.array([(1 << (8 * width)) - 1 for width in range(_WIDTH + 1)], dtype=np.uint64)


class Tokens(NamedTuple):
    """What stands between the borders of a batch, in order; a key is zero where that is nothing.

    ``rows`` counts the texts; ``heads`` are the first eight bytes of each, zeros behind its end.
    Row r is ``firsts[r]`` up to ``firsts[r + 1]``. ``tails`` are the last eight bytes, and before a
    shorter token what stands there; empty unless asked for.
    """

    keys: Keys
    heads: Keys
    rows: npt.NDArray[np.int32]
    firsts: Places
    tails: Keys

    def of_rows(self, rows: Places) -> "Tokens":
        """The tokens of some rows, with the numbers of their rows."""
        sizes = self.firsts[rows + 1] - self.firsts[rows]
        ends = np.cumsum(sizes)
        at = np.arange(ends[-1]) + np.repeat(self.firsts[rows] - ends + sizes, sizes)
        numbers = np.repeat(rows.astype(np.int32), sizes)
        tails = self.tails[at] if len(self.tails) else self.tails
        firsts = np.concatenate((_NOUGHT, ends))
        return Tokens(self.keys[at], self.heads[at], numbers, firsts, tails)


def tokens_of(buffer: bytes, *, tails: bool = False, rows: Places | None = None) -> Tokens:
    """The tokens of a buffer in plain form, which holds ``rows`` where that is not all of them."""
    data = np.frombuffer(buffer, dtype=np.uint8)[: 1 - _WIDTH]
    borders = np.flatnonzero(data <= BLANK)
    widths = np.diff(borders) - 1
    starts = borders[:-1] + 1
    words = windows(buffer)
    heads, keys = read_keys(words, starts, widths)
    ends = np.flatnonzero(data[borders] == ROW_END)
    numbers = np.arange(len(ends) + 1, dtype=np.int32)
    if rows is not None:
        numbers[:-1] = rows
    row_of_each = np.repeat(numbers, np.diff(ends, prepend=0, append=len(starts)))
    ends_of_all = words[np.maximum(borders[1:] - _WIDTH, 0)] if tails else _NO_KEYS
    return Tokens(keys, heads, row_of_each, np.concatenate((_NOUGHT, ends)), ends_of_all)


def windows(buffer: bytes) -> Keys:
    """The eight bytes that begin at each place of a buffer."""
    return np.ndarray((len(buffer) - _WIDTH + 1,), dtype="<u8", buffer=buffer, strides=(1,))


def read_keys(words: Keys, starts: Places, widths: Places) -> tuple[Keys, Keys]:
    """The heads and the keys of tokens; ``words`` are the windows of their buffer."""
    heads = words[starts]  # ``take`` would copy the windows first, eight times the buffer
    heads &= MASKS.take(widths, mode="clip")
    long = np.flatnonzero(widths > _WIDTH)
    if not len(long):
        return heads, heads
    keys = heads.copy()
    ends = words[starts[long] + (widths[long] - _WIDTH)]
    keys[long] = (heads[long] * np.uint64(_MIX)) ^ ends
    return heads, keys


def key_of(token: str) -> int:
    """The key of one token in normal form."""
    data = token.encode()
    if len(data) <= _WIDTH:
        return int.from_bytes(data, "little")
    head, tail = (int.from_bytes(part, "little") for part in (data[:_WIDTH], data[-_WIDTH:]))
    return (head * _MIX & _WHOLE) ^ tail


def pair_key(first: int, second: int) -> int:
    """The key of two tokens next to each other."""
    return (first * _MIX & _WHOLE) ^ (second * _PAIR & _WHOLE)


def pair_keys(first: Keys, second: Keys) -> Keys:
    """``pair_key`` of many."""
    return (first * np.uint64(_MIX)) ^ (second * np.uint64(_PAIR))


class KeyTable:
    """Whole numbers by key, looked up for many keys at once.

    Most keys asked for are unknown, so a small table of bits, which stays in the cache, is asked
    first; what passes is looked up by open addressing. No key is given twice, and none is zero.
    """

    def __init__(self, keys: Keys, values: npt.NDArray[np.int32]) -> None:
        bits = max(10, (len(keys) * 2).bit_length())
        filter_bits = min(22, bits + 4)
        self._shift, self._filter_shift = np.uint64(64 - bits), np.uint64(64 - filter_bits)
        mixed = keys * np.uint64(_MIX)
        homes = (mixed >> self._shift).view(np.intp)
        order = np.argsort(homes, kind="stable")
        steps = np.arange(len(keys), dtype=np.intp)
        # In order of their homes, each key stands at its home or right behind the one before.
        slots = np.maximum.accumulate(homes[order] - steps) + steps
        size = max(1 << bits, int(slots[-1]) + 1 if len(slots) else 0) + 1
        self._keys = np.zeros(size, dtype=np.uint64)
        self._values = np.zeros(size, dtype=np.int32)
        self._keys[slots], self._values[slots] = keys[order], values[order]
        self._filter = np.zeros(1 << filter_bits, dtype=np.bool_)
        self._filter[(mixed >> self._filter_shift).view(np.intp)] = True
        self._lets_zero_pass = bool(self._filter[0])

    def find(self, keys: Keys) -> tuple[Places, npt.NDArray[np.int32]]:
        """Where in ``keys`` known keys stand, and their numbers; in no order."""
        mixed = keys * np.uint64(_MIX)
        passed = self._filter.take((mixed >> self._filter_shift).view(np.intp), mode="clip")
        if self._lets_zero_pass:  # and a free slot would be taken for it
            passed &= keys != 0
        places = np.flatnonzero(passed)
        wanted = keys[places]
        slots = (mixed[places] >> self._shift).view(np.intp)
        found, values = [], []
        while len(places):
            there = self._keys[slots]
            same = there == wanted
            at = np.flatnonzero(same)
            found.append(places[at])
            values.append(self._values[slots[at]])
            at = np.flatnonzero((there != 0) & ~same)
            places, wanted, slots = places[at], wanted[at], slots[at] + 1
        if len(found) == 1:
            return found[0], values[0]
        none = np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.int32)
        return (np.concatenate(found), np.concatenate(values)) if found else none
