"""The reader: texts in, readings out. One core, same text same reading."""

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from amends.terms import Reading
from amends.understanding.deep.encoder import GRAPH, Numbers, load_encoder
from amends.understanding.deep.heads import load_heads
from amends.understanding.deep.hub import is_hub_folder, load_hub
from amends.understanding.fast.features import unaddressed
from amends.understanding.fast.model import load_weights
from amends.understanding.head import Head
from amends.understanding.phrases import bitter_thanks, may_be_bitter, may_take_back, takes_back
from amends.understanding.scores import EMOTIONS, SENTIMENTS, Scores, moved_by
from amends.understanding.tiers import Depth, Encodes, Mixes, Tiers

SHIPPED = Path(__file__).parent / "model"
WEIGHTS, HEADS = "reader.npz", "heads.npz"
MOST_WHY = 5
_BITTER_COMPLAINT, _BITTER_PRAISE = 0.6, 0.05  # what a bitter thanks settles, by rule


class Reader(Protocol):
    """Says of each text how its author feels.

    ``threshold`` is the probability from which a text counts as a complaint.
    """

    @property
    def model(self) -> str: ...
    @property
    def threshold(self) -> float: ...
    def read(self, texts: Sequence[str]) -> list[Reading]: ...


def load_reader(path: Path | None = None, *, depth: Depth = "unsure") -> "TieredReader":
    """The reader in a folder, the shipped one by default; or in a file, the fast tier alone.

    A folder of somebody else's classifier (see ``deep.hub``), or an ``.onnx`` file in one, takes the deep
    tier's place; the shipped fast tier stays. ``depth``: what the deep tier reads, ``none``, the ``unsure`` or ``all``. Raises
    BadInput where there is no model.
    """
    return TieredReader(load_tiers(path, depth=depth))


def load_tiers(path: Path | None = None, *, depth: Depth = "unsure") -> Tiers:
    """What ``load_reader`` reads with. Raises BadInput where there is no model."""
    path = path or SHIPPED
    graph = path if path.suffix == ".onnx" else None
    folder = path.parent if graph else path
    if folder.is_dir() and is_hub_folder(folder):
        classifier, labels = load_hub(folder, graph)
        return Tiers(load_weights(SHIPPED / WEIGHTS), classifier, labels, depth=depth)
    if not path.is_dir():
        return Tiers(load_weights(path))
    weights = load_weights(path / WEIGHTS)
    if not (path / GRAPH).is_file():
        return Tiers(weights)
    return Tiers(weights, _Later(path), load_heads(path / HEADS), depth=depth)


class _Later:
    """The encoder of a folder, loaded when first asked: most of what loads a reader asks for less."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = threading.Lock()

    @cached_property
    def _encoder(self) -> Encodes:
        return load_encoder(self._folder)

    def knows(self, text: str) -> bool:
        return self._get().knows(text)

    def rows(self, texts: Sequence[str]) -> Numbers:
        return self._get().rows(texts)

    def _get(self) -> Encodes:
        with self._turn:
            return self._encoder


class TieredReader:
    """Makes readings of what two tiers score. Safe to share between threads."""

    def __init__(self, tiers: Tiers) -> None:
        self.tiers = tiers
        self.model, self.threshold = tiers.model, tiers.threshold

    def at(self, depth: Depth) -> "TieredReader":
        """The same reader, its deep tier asked otherwise."""
        return TieredReader(self.tiers.at(depth))

    def with_head(self, head: Head | None) -> "TieredReader":
        """The same reader under a head; None takes one off. Raises BadInput for one of another reader."""
        return TieredReader(self.tiers.with_head(head))

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading a text, in order; a text reads the same alone and in company."""
        scores = self.tiers.scores(texts)
        likeliest = scores.sentiment.argmax(axis=1), scores.emotion.argmax(axis=1)
        shares = *scores.sentiment.T, scores.complaint, scores.praise, scores.question
        columns = *shares, scores.arousal, scores.unsure, scores.taught, *likeliest
        numbers = zip(*(column.tolist() for column in columns), scores.why, texts, strict=True)
        return [
            _with_phrases(
                Reading(
                    complaint=complaint,
                    praise=praise,
                    question=question,
                    sentiment=SENTIMENTS[mood],
                    sentiment_scores={
                        "negative": negative,
                        "neutral": neutral,
                        "positive": positive,
                    },
                    emotion=EMOTIONS[emotion],
                    arousal=arousal,
                    why=why,
                    model=self.model,
                    unsure=unsure,
                    taught=taught,
                ),
                text,
            )
            for (
                negative, neutral, positive, complaint, praise, question, arousal, unsure, taught,
                mood, emotion, why, text,
            ) in numbers
        ]  # fmt: skip

    def scores(self, texts: Sequence[str]) -> Scores:
        """What the models see in each text, before it is made a reading."""
        return self.tiers.scores(texts)


def _with_phrases(reading: Reading, text: str) -> Reading:
    lower = text.lower()
    if may_be_bitter(lower):
        bitter = bitter_thanks(unaddressed(text))
        if bitter:
            reading = replace(
                reading,
                complaint=max(reading.complaint, moved_by(_BITTER_COMPLAINT, reading.taught)),
                praise=min(reading.praise, _BITTER_PRAISE),
                why=(bitter, *reading.why)[:MOST_WHY],
            )
    if may_take_back(lower) and takes_back(unaddressed(text)):
        return replace(reading, retraction=True)
    return reading


__all__ = ["HEADS", "WEIGHTS", "Mixes", "Reader", "TieredReader", "load_reader", "load_tiers"]
