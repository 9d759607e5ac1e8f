"""Scores: what the models say of texts, before rules make readings of them."""

import math
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from amends.terms import Sentiment

SENTIMENTS: Final[tuple[Sentiment, Sentiment, Sentiment]] = ("negative", "neutral", "positive")
EMOTIONS: Final = ("anger", "joy", "optimism", "sadness")
SINGLES: Final = (
    "complaint",
    "arousal",
    "offensive",
    "hate",
    "irony",
    "praise",
    "question",
    "request",
)

Shares = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scores:
    """What the models say of n texts, each a probability.

    ``complaint``, ``arousal``, ``offensive``, ``hate``, ``irony``, ``praise``, ``question`` and
    ``request``: shape (n,), in [0, 1]. ``sentiment``: (n, 3) in the order of ``SENTIMENTS``;
    ``emotion``: (n, 4) in the order of ``EMOTIONS``; their rows sum to 1. ``deep``: (n,), true
    where the deep tier had its say; ``unsure``: (n,), true where it should have one and had none;
    ``taught``: (n,), by how much in log-odds a head moved the complaint.
    ``why``: for each text that reads as a complaint, the words
    that tipped it as they are written there, heaviest first, at most five; else empty.
    """

    complaint: Shares
    sentiment: Shares
    emotion: Shares
    arousal: Shares
    offensive: Shares
    hate: Shares
    irony: Shares
    praise: Shares
    question: Shares
    request: Shares
    deep: NDArray[np.bool_]
    unsure: NDArray[np.bool_]
    taught: Shares
    why: list[tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.complaint)


def moved_by(share: float, log_odds: float) -> float:
    """A probability in (0, 1), moved by that many log-odds."""
    if not log_odds:
        return share
    return 1 / (1 + (1 - share) / share * math.exp(-log_odds))


class Scorer(Protocol):
    """Says of each text what the models see in it; a text scores the same alone and in company.

    ``threshold`` is the probability from which a text counts as a complaint.
    """

    @property
    def model(self) -> str: ...
    @property
    def threshold(self) -> float: ...
    def scores(self, texts: list[str]) -> Scores: ...
