"""How tests ask for whole readings, and the cases written for them.

``cases/*.jsonl`` hold posts written for this project: ``severity`` with its step, ``targets`` with the
watched terms and the feelings about them, ``intents`` with an intent and whether the post shows it.
``unseen`` marks the third that was kept aside while the lexicon was written.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import amends.understanding
from amends.terms import Reading
from amends.understanding import load_reader
from amends.understanding.readings import Understanding, spellings
from amends.understanding.targets import Watched

_CASES = Path(__file__).parent / "cases"
FAST = Path(amends.understanding.__file__).parent / "model" / "reader.npz"
BRANDS = Watched(spellings(["Acme", "Zenith"]))


class SameReader:
    """Reads every text alike, so that what the words say is left."""

    model, threshold = "same", 0.3

    def read(self, texts: Sequence[str]) -> list[Reading]:
        shares = {"negative": 0.4, "neutral": 0.4, "positive": 0.2}
        return [
            Reading(
                complaint=0.4,
                praise=0.1,
                question=0.1,
                sentiment="negative",
                sentiment_scores=shares,
            )
            for _ in texts
        ]


@cache
def shipped() -> Understanding:
    """The shipped fast tier with the words; the deep one would cost more and show no more here."""
    return Understanding(load_reader(FAST), vulnerable=True)


@cache
def by_words() -> Understanding:
    return Understanding(SameReader())


def cases(kind: str, *, unseen: bool | None = None) -> list[dict[str, Any]]:
    lines = (_CASES / f"{kind}.jsonl").read_text("utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return [one for one in found if unseen in (None, bool(one.get("unseen")))]


def texts() -> list[str]:
    """The posts of all cases."""
    return [one["text"] for kind in ("severity", "targets", "intents") for one in cases(kind)]


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Of pairs of what was wanted and what was read, over the labels wanted."""
    labels = {wanted for wanted, _ in pairs}
    return sum(_f1(pairs, label) for label in labels) / len(labels)


def _f1(pairs: Sequence[tuple[str, str]], label: str) -> float:
    hit = sum(wanted == read == label for wanted, read in pairs)
    said = sum(wanted == label for wanted, _ in pairs) + sum(read == label for _, read in pairs)
    return 2 * hit / said
