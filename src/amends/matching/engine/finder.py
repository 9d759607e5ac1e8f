"""Finding probes among the tokens of a batch."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from amends.matching.engine.block import Block
from amends.matching.engine.keys import MASKS, Keys, KeyTable, Tokens, pair_keys
from amends.matching.engine.plain import Places
from amends.matching.engine.probes import Kind, Probe

Numbers = npt.NDArray[np.int32]


class Hits(NamedTuple):
    """``probes[i]`` stands in row ``rows[i]``; in no order, and more than once where it does."""

    rows: Numbers
    probes: Numbers


def together(found: Sequence[Hits]) -> Hits:
    if len(found) == 1:
        return found[0]
    return Hits(
        np.concatenate([one.rows for one in found]), np.concatenate([one.probes for one in found])
    )


class Finder:
    """Looks for some of the probes; each is told by its number among those given."""

    def __init__(self, probes: Sequence[Probe], wanted: Places) -> None:
        chosen = [(number, probes[number]) for number in wanted.tolist()]
        keys = {one.key: number for number, one in chosen if one.kind is Kind.TOKEN}
        pairs = [(number, one) for number, one in chosen if one.kind is Kind.PAIR]
        firsts = {one.first for _, one in pairs}
        known = [*keys, *(first for first in firsts if first not in keys)]
        self._tokens = _table(known, range(len(known)))
        self._probe_of = np.array([keys.get(key, -1) for key in known], dtype=np.int32)
        self._begins = np.array([key in firsts for key in known], dtype=np.bool_)
        self._pairs = _table([one.key for _, one in pairs], [number for number, _ in pairs])
        self._any_pairs = bool(pairs)
        self._prefixes = _edge_tables(chosen, Kind.PREFIX)
        self._suffixes = _edge_tables(chosen, Kind.SUFFIX)
        self.wants_tails = bool(self._suffixes)
        looks = [(number, one) for number, one in chosen if one.kind is Kind.ALIKE]
        self._looks = _table([one.key for _, one in looks], [number for number, _ in looks])
        self.wants_alike = bool(looks)

    def find(self, block: Block, rows: Places | None = None) -> Hits:
        """Where the probes stand in a block, or in some of its rows."""
        tails = self.wants_tails
        tokens = block.tokens(tails=tails) if rows is None else block.tokens_of(rows, tails=tails)
        hits = self._find_written(tokens)
        if not self.wants_alike:
            return hits
        looks = block.alike if rows is None else block.alike.of_rows(rows)
        return together([hits, self.find_alike(looks)])

    def find_alike(self, tokens: Tokens) -> Hits:
        """Where the probes stand that tell what a token looks like."""
        places, probes = self._looks.find(tokens.keys)
        return Hits(tokens.rows[places], probes)

    def _find_written(self, tokens: Tokens) -> Hits:
        places, entries = self._tokens.find(tokens.keys)
        probes = self._probe_of[entries]
        if not self._any_pairs and not self._prefixes and not self._suffixes:
            return Hits(tokens.rows[places], probes)
        is_probe = probes >= 0
        found = [(places[is_probe], probes[is_probe])]
        if self._any_pairs:
            found.append(self._find_pairs(tokens.keys, places[self._begins[entries]]))
        for width, table in self._prefixes:
            found.append(table.find(tokens.heads & MASKS[width]))
        for width, table in self._suffixes:
            found.append(table.find(tokens.tails >> np.uint64(64 - 8 * width)))
        places = np.concatenate([one for one, _ in found])
        return Hits(tokens.rows[places], np.concatenate([one for _, one in found]))

    def _find_pairs(self, keys: Keys, first: Places) -> tuple[Places, Numbers]:
        # Keys of zero stand where two borders meet; a pair reaches over them.
        second = first + 1
        while True:
            second = np.minimum(second, len(keys) - 1)
            gap = (keys[second] == 0) & (second < len(keys) - 1)
            if not gap.any():
                break
            second[gap] += 1
        places, probes = self._pairs.find(pair_keys(keys[first], keys[second]))
        return first[places], probes


def _table(keys: Sequence[int], values: Sequence[int]) -> KeyTable:
    return KeyTable(np.array(keys, dtype=np.uint64), np.array(values, dtype=np.int32))


def _edge_tables(probes: Sequence[tuple[int, Probe]], kind: Kind) -> list[tuple[int, KeyTable]]:
    """A table for each width by which tokens are looked up at one of their ends."""
    some = [(number, one) for number, one in probes if one.kind is kind]
    tables = []
    for width in sorted({one.width for _, one in some}):
        alike = [(number, one) for number, one in some if one.width == width]
        tables.append((width, _table([one.key for _, one in alike], [at for at, _ in alike])))
    return tables
