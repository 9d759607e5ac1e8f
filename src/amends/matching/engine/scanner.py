"""Finding probes in plain form by hyperscan, which pays for as long as few of them stand there.

It finds what ``Finder`` finds, but for keys that collide. Hyperscan is not built for every machine;
where it is missing there is no scanner.
"""

import re
import threading
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from amends.matching.engine.block import Block
from amends.matching.engine.common import prior
from amends.matching.engine.finder import Hits
from amends.matching.engine.plain import Places
from amends.matching.engine.plan import begins, spread
from amends.matching.engine.probes import Kind, Probe

_LONGEST = 64  # bytes of a token that are looked for; hyperscan refuses what is very long


def _imported() -> Any:
    try:
        return import_module("hyperscan")
    except ImportError:
        return None


_hyperscan = _imported()


def _needle(probe: Probe) -> bytes:
    """What stands in plain form where the probe does; of a pair its rarer token."""
    word = probe.words[0] if len(probe.words) == 1 else min(probe.words, key=_commonness)
    word = word[:_LONGEST]
    match probe.kind:
        case Kind.PREFIX:
            return b" " + word
        case Kind.SUFFIX:
            return word + b" "
    return b" " + word + (b" " if len(word) < _LONGEST else b"")


def scanner(probes: Sequence[Probe], wanted: Places) -> "Scanner | None":
    """What looks for some of the probes, but for what tokens look like; None where hyperscan is
    missing or refuses them."""
    numbers: dict[bytes, list[int]] = {}
    for number in wanted.tolist():
        probe = probes[number]
        if probe.words:
            numbers.setdefault(_needle(probe), []).append(number)
        elif probe.kind is not Kind.ALIKE:
            return None
    if _hyperscan is None or not numbers:
        return None
    try:
        return Scanner(probes, wanted, numbers)
    except _hyperscan.error:
        return None


class Scanner:
    """Looks for the probes ``wanted`` by their needles; ``numbers`` are those that have each needle
    in common."""

    def __init__(
        self, probes: Sequence[Probe], wanted: Places, numbers: dict[bytes, list[int]]
    ) -> None:
        self.probes = wanted
        self._database = _hyperscan.Database(mode=_hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=list(numbers),
            ids=list(range(len(numbers))),
            elements=len(numbers),
            flags=[0] * len(numbers),
            literal=True,
        )
        sizes = np.array([len(some) for some in numbers.values()], dtype=np.intp)
        self._sizes, self._starts = sizes, begins(sizes)
        held = [number for some in numbers.values() for number in some]
        self._held = np.array(held, dtype=np.int32)
        self._pairs = {
            number: re.compile(rb" %b +%b " % probes[number].words)
            for number in held
            if probes[number].kind is Kind.PAIR
        }
        self._is_pair = np.zeros(len(probes), dtype=np.bool_)
        self._is_pair[list(self._pairs)] = True
        # While one thread scans another may not: both would write into the same scratch.
        self._lock = threading.Lock()

    def find(self, block: Block) -> Hits:
        """Where the probes stand."""
        needles, ends = self._scan(block.plain.buffer)
        sizes = self._sizes[needles]
        rows = np.searchsorted(block.plain.ends, np.repeat(ends, sizes) - 1).astype(np.int32)
        probes = self._held[spread(self._starts[needles], sizes)]
        return (
            self._without_parted(Hits(rows, probes), block) if self._pairs else Hits(rows, probes)
        )

    def _scan(self, buffer: bytes) -> tuple[Places, Places]:
        found: list[int] = []
        append = found.append

        def met(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            append(number)
            append(end)

        with self._lock:
            self._database.scan(buffer, match_event_handler=met)
        needles, ends = np.array(found, dtype=np.intp).reshape(-1, 2).T
        return needles, ends

    def _without_parted(self, hits: Hits, block: Block) -> Hits:
        """Without pairs of which only one token was met, or both but not next to each other."""
        kept: npt.NDArray[np.bool_] = ~self._is_pair[hits.probes]
        for at in np.flatnonzero(~kept).tolist():
            kept[at] = (
                self._pairs[int(hits.probes[at])].search(block.row(int(hits.rows[at]))) is not None
            )
        return Hits(hits.rows[kept], hits.probes[kept])


def _commonness(word: bytes) -> float:
    return prior(word.decode())
