"""What stands beside an anchor: asked of some rows only, and of each only for a few words.

The outer bytes of a token tell of most that they are none of those, so few become keys.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from amends.matching.engine.block import Block
from amends.matching.engine.finder import Finder
from amends.matching.engine.keys import Keys, read_keys, windows
from amends.matching.engine.plain import Places
from amends.matching.engine.probes import Kind, Probe
from amends.matching.engine.shapes import BLANK, ROW_END
from amends.matching.engine.spots import Flags, Seen, Spots

_SKETCHES = 256  # how many there are of a token's outer bytes
_FIRST, _LAST = np.uint8(37), np.uint8(11)
_ROW = np.uint64(0xD6E8FEB86659FD93)
_UNREAD = 8  # bytes at the end of a buffer, blanks

Sketches = npt.NDArray[np.uint8]


class Needed:
    """What is known of probes: their keys, and sketches of those that are whole tokens."""

    def __init__(self, probes: Sequence[Probe]) -> None:
        self.count = len(probes)
        self.keys = np.array([one.key for one in probes], dtype=np.uint64)
        words = [one.words[0] if one.kind is Kind.TOKEN and one.words else b"" for one in probes]
        self.are_tokens = np.array([bool(word) for word in words], dtype=np.bool_)
        outer = b"".join([word[:1] + word[-1:] or b"\0\0" for word in words])
        firsts, lasts = np.frombuffer(outer, dtype=np.uint8).reshape(-1, 2).T
        self.sketches = _sketched(firsts, lasts).astype(np.intp)


class Beside:
    """Which probes stand in which rows of a block, as ``Spots`` tells it of hits.

    ``rest`` looks for the probes that are no whole tokens.
    """

    def __init__(self, block: Block, needed: Needed, rest: Finder) -> None:
        self._block, self._needed, self._rest = block, needed, rest

    def hold(self, rows: Places, probes: Places) -> Flags:
        """Whether each probe stands in the row given with it."""
        held: Flags = self._needed.are_tokens[probes]
        if held.all():
            return self._hold_tokens(rows, probes)
        others, plain = np.flatnonzero(~held), np.flatnonzero(held)
        hits = self._rest.find(self._block, each_row(rows[others], len(self._block)))
        held[others] = Spots(hits, self._needed.count).hold(rows[others], probes[others])
        if len(plain):
            held[plain] = self._hold_tokens(rows[plain], probes[plain])
        return held

    def _hold_tokens(self, rows: Places, probes: Places) -> Flags:
        some = each_row(rows, len(self._block))
        numbers = np.zeros(len(self._block), dtype=np.intp)
        numbers[some] = np.arange(len(some))
        asked = numbers[rows]
        sketched = np.zeros(len(some) * _SKETCHES, dtype=np.bool_)
        sketched[asked * _SKETCHES + self._needed.sketches[probes]] = True
        met = Seen(_keys_in_rows(*_likely(self._block.cut(some), sketched)))
        return met.hold(_keys_in_rows(asked, self._needed.keys[probes]))


def each_row(rows: Places, size: int) -> Places:
    """Rows below ``size`` in order, each once."""
    there = np.zeros(size, dtype=np.bool_)
    there[rows] = True
    return np.flatnonzero(there)


def _likely(buffer: bytes, sketched: Flags) -> tuple[Places, Keys]:
    """The rows and keys of the tokens whose sketches are among those of their row."""
    data = np.frombuffer(buffer, dtype=np.uint8)
    ends = np.flatnonzero(data[1:-_UNREAD] <= BLANK)  # the last byte of each token
    row_ends = np.flatnonzero(data[1:].take(ends, mode="clip") == ROW_END)
    firsts = data[2:].take(ends[: row_ends[-1]], mode="clip")
    lasts = data.take(ends[1 : row_ends[-1] + 1], mode="clip")
    places = np.repeat(np.arange(len(row_ends)) * _SKETCHES, np.diff(row_ends, prepend=0))
    places += _sketched(firsts, lasts)
    at = np.flatnonzero(sketched.take(places, mode="clip"))
    starts = ends[at] + 2
    _, keys = read_keys(windows(buffer), starts, ends[at + 1] + 1 - starts)
    return places[at] // _SKETCHES, keys


def _sketched(firsts: Sketches, lasts: Sketches) -> Sketches:
    """A byte for the first and the last byte of each token."""
    return firsts * _FIRST + lasts * _LAST


def _keys_in_rows(rows: Places, keys: Keys) -> Keys:
    return keys ^ (rows.view(np.uint64) * _ROW)
