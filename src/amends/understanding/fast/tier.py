"""The fast tier: sums of hashed features, see ``features``. Numpy only, one core."""

import threading
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from amends.understanding.fast.features import (
    GAPS,
    MAX_CHARACTERS,
    buckets_of,
    pair_buckets,
    tokens,
    word_hash,
)
from amends.understanding.fast.model import COLUMNS, IDF_STEP, Weights, squares

MOST_WHY = 5
_CHUNK_CHARACTERS = 200_000
_MOST_REMEMBERED = 100_000

Numbers = NDArray[np.float32]
Places = NDArray[np.int64]


class FastTier:
    """Reads the first 10,000 characters of a text. Safe to share between threads."""

    def __init__(self, weights: Weights) -> None:
        self._biases = weights.biases
        self._rows = RowMemory(weights)
        self._turn = threading.Lock()

    def scores(self, texts: Sequence[str], tipping: float) -> tuple[Numbers, list[tuple[str, ...]]]:
        """Scores before they are shares, shape (n, 15), -inf throughout where a text says nothing;
        and the words that tip each text whose complaint score is ``tipping`` or more."""
        found = np.full((len(texts), len(COLUMNS)), -np.inf, np.float32)
        why: list[tuple[str, ...]] = [()] * len(texts)
        first = 0
        for chunk in _chunks(texts):
            with self._turn:
                self._score(chunk, found[first : first + len(chunk)], why, first, tipping)
            first += len(chunk)
        return found, why

    def _score(
        self,
        texts: Sequence[str],
        found: Numbers,
        why: list[tuple[str, ...]],
        first: int,
        tipping: float,
    ) -> None:
        runs = list(map(tokens, texts))
        lengths = np.array(list(map(len, runs)), np.int64)
        spoken = np.nonzero(lengths)[0]
        if not len(spoken):
            return
        pulls, sizes = self._rows.pulls(list(chain.from_iterable(runs)), lengths)
        starts = np.concatenate([[0], np.cumsum(lengths[spoken])])
        norms = np.sqrt(np.maximum(np.add.reduceat(sizes, starts[:-1]), 1e-12))
        found[spoken] = np.add.reduceat(pulls, starts[:-1], axis=0) / norms[:, None] + self._biases
        for place in np.nonzero(found[spoken, 0] >= tipping)[0].tolist():
            index = int(spoken[place])
            pull = pulls[starts[place] : starts[place + 1], 0].tolist()
            why[first + index] = _heaviest(runs[index], pull)


class RowMemory:
    """What each token brings, worked out once: a row of head sums, its squared length, its hash."""

    def __init__(self, weights: Weights) -> None:
        idf = weights.idf.astype(np.float32) * np.float32(IDF_STEP)
        self._squares = idf * idf
        self._table = _table(weights, idf)
        self._places: dict[str, int] = {}
        self._pulls: Numbers = np.zeros((1024, len(COLUMNS)), np.float32)
        self._sizes: Numbers = np.zeros(1024, np.float32)
        self._hashes: NDArray[np.uint64] = np.zeros(1024, np.uint64)

    def pulls(self, run: Sequence[str], lengths: Places) -> tuple[Numbers, Numbers]:
        """Of each token its pull on each head, shape (n, 15), and its squared length, shape (n,).

        ``run`` is the texts' tokens end to end, ``lengths`` how many each text has. A pair's pull
        is shared between its two tokens.
        """
        if len(self._places) > _MOST_REMEMBERED:
            self._forget()
        try:
            places = np.array(list(map(self._places.__getitem__, run)), np.int64)
        except KeyError:
            known = self._places
            self._learn([token for token in dict.fromkeys(run) if token not in known])
            places = np.array(list(map(self._places.__getitem__, run)), np.int64)
        pulls = self._pulls.take(places, axis=0)
        sizes, hashes = self._sizes.take(places), self._hashes.take(places)
        owner = np.repeat(np.arange(len(lengths)), lengths)
        for gap in GAPS:
            if len(owner) <= gap:
                break
            buckets = pair_buckets(hashes[:-gap], hashes[gap:], gap)
            shared = self._table.take(buckets, axis=0)
            squares = self._squares.take(buckets)
            apart = owner[gap:] != owner[:-gap]
            shared[apart], squares[apart] = 0, 0
            shared *= np.float32(0.5)
            pulls[:-gap] += shared
            pulls[gap:] += shared
            sizes[:-gap] += squares
        return pulls, sizes

    def _learn(self, fresh: Sequence[str]) -> None:
        found = [buckets_of(token) for token in fresh]
        starts = np.cumsum([0, *(len(buckets) for buckets in found)])[:-1]
        buckets = np.array([bucket for each in found for bucket in each], np.int64)
        first = len(self._places)
        last = first + len(fresh)
        self._make_room(last)
        self._pulls[first:last] = np.add.reduceat(self._table[buckets], starts, axis=0)
        self._sizes[first:last] = np.add.reduceat(self._squares[buckets], starts)
        self._hashes[first:last] = [word_hash(token) for token in fresh]
        self._places.update(zip(fresh, range(first, last), strict=True))

    def _make_room(self, needed: int) -> None:
        held = len(self._sizes)
        if needed <= held:
            return
        more = max(needed, 2 * held) - held
        self._pulls = np.pad(self._pulls, ((0, more), (0, 0)))
        self._sizes = np.pad(self._sizes, (0, more))
        self._hashes = np.pad(self._hashes, (0, more))

    def _forget(self) -> None:
        self._places = {}
        self._pulls, self._sizes = self._pulls[:1024].copy(), self._sizes[:1024].copy()
        self._hashes = self._hashes[:1024].copy()


def _table(weights: Weights, idf: Numbers) -> Numbers:
    """Each bucket's pull on each head, its rarity counted in, shape (BUCKETS, 15)."""
    table: Numbers = squares()[weights.table.view(np.uint8)]
    table *= weights.scales
    table *= idf[:, None]
    return table


def _chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    first = size = 0
    for index, text in enumerate(texts):
        size += min(len(text), MAX_CHARACTERS)
        if size > _CHUNK_CHARACTERS:
            yield texts[first : index + 1]
            first, size = index + 1, 0
    if first < len(texts):
        yield texts[first:]


def _heaviest(run: Sequence[str], pull: Sequence[float]) -> tuple[str, ...]:
    summed = dict(zip(run, pull, strict=True))
    if len(summed) < len(run):
        summed = dict.fromkeys(summed, 0.0)
        for token, weight in zip(run, pull, strict=True):
            summed[token] += weight
    best = [token for token, weight in summed.items() if weight > 0]
    best.sort(key=summed.__getitem__, reverse=True)
    return tuple([token for token in best[: 2 * MOST_WHY] if _SAYABLE[token]][:MOST_WHY])


class _Sayable(dict[str, bool]):
    """Of tokens whether they are words, and no handles or addresses, looked at once."""

    def __missing__(self, token: str) -> bool:
        word = "@" not in token and token[0] != "\uff20" and any(map(str.isalnum, token))
        if len(self) < _MOST_REMEMBERED:
            self[token] = word
        return word


_SAYABLE = _Sayable()
