"""Which probes were met where."""

from typing import Any

import numpy as np
import numpy.typing as npt

from amends.matching.engine.block import MOST_ROWS
from amends.matching.engine.finder import Hits
from amends.matching.engine.plain import Places

Flags = npt.NDArray[np.bool_]

_MOST_BITS, _BITS_OF_EACH = 18, 6  # a table that stays in the cache, and small for a few numbers
_MIX = np.uint64(0x9E3779B97F4A7C15)


class Seen:
    """Numbers met. A small table of bits, which stays in the cache, answers most questions with no;
    the others are looked up in order."""

    def __init__(self, numbers: npt.NDArray[np.unsignedinteger[Any]]) -> None:
        self._numbers = numbers
        bits = min(_MOST_BITS, len(numbers).bit_length() + _BITS_OF_EACH)
        self._shift = np.uint64(64 - bits)
        self._table = np.zeros(1 << bits, dtype=np.bool_)
        self._table[self._spots(numbers)] = True
        self._sorted = False

    def hold(self, numbers: npt.NDArray[np.unsignedinteger[Any]]) -> Flags:
        """Whether each number was met."""
        there: Flags = self._table.take(self._spots(numbers), mode="clip")
        maybe = np.flatnonzero(there)
        if len(maybe):
            if not self._sorted:
                self._numbers.sort()
                self._sorted = True
            wanted = numbers[maybe]
            found = self._numbers.take(np.searchsorted(self._numbers, wanted), mode="clip")
            there[maybe] = found == wanted
        return there

    def _spots(self, numbers: npt.NDArray[Any]) -> Places:
        return ((numbers * _MIX) >> self._shift).view(np.intp)


class Spots:
    """Which probes were met in which rows."""

    def __init__(self, hits: Hits, probes: int) -> None:
        self._probes = probes
        # Narrow numbers are sorted in half the time.
        self._type: type[np.unsignedinteger[Any]] = (
            np.uint32 if MOST_ROWS * probes < 1 << 32 else np.uint64
        )
        met = hits.rows.astype(np.intp) * probes + hits.probes
        self._seen = Seen(met.astype(self._type))

    def hold(self, rows: Places, probes: Places) -> Flags:
        """Whether each probe was met in the row given with it."""
        return self._seen.hold((rows * self._probes + probes).astype(self._type))
