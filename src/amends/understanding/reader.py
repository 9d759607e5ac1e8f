"""The reader: texts in, readings out. Numpy only, one core, same text same reading."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from amends.terms import Reading, Sentiment
from amends.understanding.features import (
    GAPS,
    HANDLE,
    LINK,
    MAX_CHARACTERS,
    buckets_of,
    pair_buckets,
    tokens,
    unaddressed,
    word_hash,
    word_of,
)
from amends.understanding.model import COLUMNS, IDF_STEP, Weights, load_weights, lookup
from amends.understanding.phrases import bitter_thanks, takes_back

SHIPPED = Path(__file__).parent / "model" / "reader.npz"
SENTIMENTS: tuple[Sentiment, Sentiment, Sentiment] = ("negative", "neutral", "positive")
MOST_WHY = 5
_BITTER_COMPLAINT, _BITTER_PRAISE = 0.6, 0.05  # what a bitter thanks settles, by rule
_CHUNK_CHARACTERS = 200_000
_MOST_REMEMBERED = 100_000

Numbers = NDArray[np.float32]
Scores = NDArray[np.float64]


class Reader(Protocol):
    """Says of each text how its author feels.

    ``threshold`` is the probability from which a text counts as a complaint.
    """

    @property
    def model(self) -> str: ...
    @property
    def threshold(self) -> float: ...
    def read(self, texts: Sequence[str]) -> list[Reading]: ...


def load_reader(path: Path | None = None) -> Reader:
    """The reader in a model file, the shipped one by default. Raises BadInput where it is no model."""
    return LinearReader(load_weights(path or SHIPPED))


class LinearReader:
    """Sums hashed features, see ``features``; reads the first 10,000 characters of a text.

    A text without a word, sign or emoji reads as neutral with nothing in it. Safe to share
    between threads.
    """

    def __init__(self, weights: Weights) -> None:
        self.model = weights.name
        self.threshold = weights.threshold
        self._biases = weights.biases
        self._rows = RowMemory(weights)
        self._turn = threading.Lock()

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading a text, in order; a text reads the same alone and in company."""
        readings: list[Reading] = []
        for chunk in _chunks(texts):
            with self._turn:
                readings.extend(self._read_chunk(chunk))
        return readings

    def _read_chunk(self, texts: Sequence[str]) -> list[Reading]:
        runs = [tokens(text) for text in texts]
        pulls, sizes = self._rows.pulls(
            [token for run in runs for token in run], [len(run) for run in runs]
        )
        spoken = [index for index, run in enumerate(runs) if run]
        starts = np.cumsum([0, *(len(runs[index]) for index in spoken)])
        found: list[Reading] = [self._silent()] * len(texts)
        if not spoken:
            return found
        lengths = np.sqrt(np.maximum(np.add.reduceat(sizes, starts[:-1]), 1e-12))
        scores = np.add.reduceat(pulls, starts[:-1], axis=0) / lengths[:, None] + self._biases
        complaint, praise, question = (_sigmoid(scores[:, column]) for column in (0, 4, 5))
        moods = _softmax(scores[:, 1:4])
        for place, index in enumerate(spoken):
            tipped = complaint[place] >= self.threshold
            pull = pulls[starts[place] : starts[place + 1], 0]
            mood = moods[place].tolist()
            reading = Reading(
                complaint=float(complaint[place]),
                praise=float(praise[place]),
                question=float(question[place]),
                sentiment=SENTIMENTS[mood.index(max(mood))],
                sentiment_scores=dict(zip(SENTIMENTS, mood, strict=True)),
                why=_heaviest(runs[index], pull) if tipped else (),
                model=self.model,
            )
            found[index] = _with_phrases(reading, unaddressed(texts[index]))
        return found

    def _silent(self) -> Reading:
        return Reading(
            complaint=0.0,
            praise=0.0,
            question=0.0,
            sentiment="neutral",
            sentiment_scores={"negative": 0.0, "neutral": 1.0, "positive": 0.0},
            model=self.model,
        )


class RowMemory:
    """What each token brings, worked out once: a row of head sums, its squared length, its hash."""

    def __init__(self, weights: Weights) -> None:
        self._idf = weights.idf.astype(np.float32) * np.float32(IDF_STEP)
        self._bytes = weights.table.view(np.uint8)
        self._values = lookup(weights.scales)
        self._columns = np.arange(len(COLUMNS))
        self._places: dict[str, int] = {}
        self._pulls: Numbers = np.zeros((0, len(COLUMNS)), np.float32)
        self._sizes: Scores = np.zeros(0, np.float64)
        self._hashes: NDArray[np.uint64] = np.zeros(0, np.uint64)

    def pulls(
        self, run: Sequence[str], lengths: Sequence[int]
    ) -> tuple[Numbers, NDArray[np.float64]]:
        """Of each token its pull on each head, shape (n, 6), and its squared length, shape (n,).

        ``run`` is the texts' tokens end to end, ``lengths`` how many each text has. A pair's pull
        is shared between its two tokens.
        """
        if len(self._places) > _MOST_REMEMBERED:
            self._forget()
        self._learn([token for token in dict.fromkeys(run) if token not in self._places])
        places = np.array([self._places[token] for token in run], dtype=np.int64)
        pulls, sizes, hashes = self._pulls[places], self._sizes[places], self._hashes[places]
        owner = np.repeat(np.arange(len(lengths)), lengths)
        for gap in GAPS:
            left = np.nonzero(owner[gap:] == owner[:-gap])[0] if len(owner) > gap else owner[:0]
            buckets = pair_buckets(hashes[left], hashes[left + gap], gap)
            shared = self._weighed(buckets) / 2
            pulls[left] += shared
            pulls[left + gap] += shared
            sizes[left] += self._idf[buckets] ** 2
        return pulls, sizes

    def _weighed(self, buckets: NDArray[np.int64]) -> Numbers:
        found: Numbers = self._values[self._bytes[buckets], self._columns]
        found *= self._idf[buckets][:, None]
        return found

    def _learn(self, fresh: Sequence[str]) -> None:
        if not fresh:
            return
        found = [buckets_of(token) for token in fresh]
        starts = np.cumsum([0, *(len(buckets) for buckets in found)])[:-1]
        buckets = np.array([bucket for each in found for bucket in each], dtype=np.int64)
        first = len(self._places)
        self._make_room(first + len(fresh))
        last = first + len(fresh)
        self._pulls[first:last] = np.add.reduceat(self._weighed(buckets), starts, axis=0)
        self._sizes[first:last] = np.add.reduceat(self._idf[buckets] ** 2, starts)
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
        self._pulls = np.zeros((1024, len(COLUMNS)), np.float32)
        self._sizes = np.zeros(1024, np.float64)
        self._hashes = np.zeros(1024, np.uint64)


def _chunks(texts: Sequence[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    size = 0
    for text in texts:
        chunk.append(text)
        size += min(len(text), MAX_CHARACTERS)
        if size > _CHUNK_CHARACTERS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _with_phrases(reading: Reading, text: str) -> Reading:
    bitter = bitter_thanks(text)
    if bitter:
        reading = replace(
            reading,
            complaint=max(reading.complaint, _BITTER_COMPLAINT),
            praise=min(reading.praise, _BITTER_PRAISE),
            why=(bitter, *reading.why)[:MOST_WHY],
        )
    return replace(reading, retraction=True) if takes_back(text) else reading


def _heaviest(run: Sequence[str], pull: Numbers) -> tuple[str, ...]:
    summed: dict[str, float] = {}
    for token, weight in zip(run, pull.tolist(), strict=True):
        if any(character.isalnum() for character in token) and word_of(token) not in (HANDLE, LINK):
            summed[token] = summed.get(token, 0.0) + weight
    best = sorted(summed, key=lambda token: -summed[token])[:MOST_WHY]
    return tuple(token for token in best if summed[token] > 0)


def _sigmoid(scores: Scores) -> Scores:
    halves: Scores = 0.5 * (1 + np.tanh(0.5 * scores))
    return halves


def _softmax(scores: Scores) -> Scores:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Scores = raised / raised.sum(axis=1, keepdims=True)
    return shares
