"""Which probes were met where."""

from typing import Any

import numpy as np
import numpy.typing as npt

from amends.matching.engine.block import MOST_ROWS
from amends.matching.engine.finder import Hits
from amends.matching.engine.plain import Places

Flags = npt.NDArray[np.bool_]

_SPOT_BITS = 18
_SPOT_MIX = np.uint64(0x9E3779B97F4A7C15)


class Spots:
    """Which probes were met in which rows. A small table of bits, which stays in the cache, answers
    most questions with no; the others are looked up in order."""

    def __init__(self, hits: Hits, probes: int) -> None:
        self._probes = probes
        # Narrow keys are sorted in half the time.
        self._type: type[np.unsignedinteger[Any]] = (
            np.uint32 if MOST_ROWS * probes < 1 << 32 else np.uint64
        )
        self._keys = (hits.rows.astype(np.intp) * probes + hits.probes).astype(self._type)
        self._table = np.zeros(1 << _SPOT_BITS, dtype=np.bool_)
        self._table[_spot(self._keys)] = True
        self._sorted = False

    def holds(self, rows: Places, probes: Places) -> Flags:
        """Whether each probe was met in the row given with it."""
        keys = (rows * self._probes + probes).astype(self._type)
        there: Flags = self._table.take(_spot(keys), mode="clip")
        maybe = np.flatnonzero(there)
        if len(maybe):
            if not self._sorted:
                self._keys.sort()
                self._sorted = True
            wanted = keys[maybe]
            found = self._keys.take(np.searchsorted(self._keys, wanted), mode="clip")
            there[maybe] = found == wanted
        return there


def _spot(keys: npt.NDArray[Any]) -> Places:
    return ((keys * _SPOT_MIX) >> np.uint64(64 - _SPOT_BITS)).view(np.intp)
