"""What is measured of a reader: on held-back rows, in slices, and under edits that mean nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from amends.understanding.deep.wordpiece import without_handles
from amends.understanding.scores import EMOTIONS, SENTIMENTS, Scores
from amends.understanding.tiers import Tiers
from amends.understanding.training import figures
from amends.understanding.training.complaint import Origin
from amends.understanding.training.edits import EDITS
from amends.understanding.training.files import Row
from amends.understanding.training.heads import Floats, Whole
from amends.understanding.training.slices import slices_of

EDITED = 2_000  # posts that are edited
TRIED = 3_000  # posts of a set
_ORDERS = {
    "sentiment": SENTIMENTS,
    "emotion": EMOTIONS,
    "offensive": ("none", "offensive"),
    "hate": ("none", "hate"),
    "irony": ("plain", "ironic"),
}


def task_of(name: str) -> str:
    """What a set is about, by its name: sentiment, emotion, offensive, hate or irony."""
    return next((task for task in _ORDERS if task in name), "sentiment")


def answers_of(name: str, rows: Sequence[Row]) -> Whole:
    order = list(_ORDERS[task_of(name)])
    return np.array([order.index(next(iter(row.tags))) for row in rows], dtype=np.int64)


def measure_of(name: str) -> figures.Measure:
    """Macro-recall for sentiment, as TweetEval has it; else macro-F1. For several languages macro-F1."""
    if task_of(name) == "sentiment" and "multilingual" not in name:
        return figures.macro_recall
    return figures.macro_f1_of_all


def said_by(scores: Scores, task: str) -> Whole:
    if task in ("sentiment", "emotion"):
        said: Whole = getattr(scores, task).argmax(axis=1).astype(np.int64)
        return said
    told: Whole = (getattr(scores, task) >= 0.5).astype(np.int64)
    return told


def complaint(
    origin: Sequence[Origin],
    texts: Sequence[str],
    answers: Whole,
    shares: Floats,
    threshold: float,
    seed: int,
) -> dict[str, Any]:
    """Figures out of fold, for the fast tier alone (first column) and for both (second; in the third
    without handles)."""
    sources = np.array([source for source, _, _ in origin])
    flagged = (shares[:, 1] >= threshold).astype(np.int64)
    found: dict[str, Any] = {}
    for name in sorted(set(sources.tolist())):
        rows = np.nonzero(sources == name)[0]
        tiers = [shares[rows, tier] for tier in (0, 1)]
        found[name] = {
            "complaints": int(answers[rows].sum()),
            "macro_f1": [
                figures.with_interval(
                    figures.macro_f1, answers[rows], (tier >= 0.5).astype(np.int64), seed
                )
                for tier in tiers
            ],
            "auc": [figures.ranking(answers[rows], tier) for tier in tiers],
            "at_threshold": figures.recall_and_precision(answers[rows], flagged[rows]),
            "ece": [figures.reliability(answers[rows], tier)["ece"] for tier in tiers],
        }
    slices = {
        "industry": [f"{source}: {part}" for source, part, _ in origin],
        "network": [_NETWORKS.get(source, "not known") for source, _, _ in origin],
        "length": [band for _, _, band in origin],
        **slices_of(texts),
    }
    return {
        "complaint": found,
        "at_threshold": figures.recall_and_precision(answers, flagged),
        "without_handles": _without_handles(texts, answers, shares, threshold),
        "reliability": figures.reliability(answers, shares[:, 1]),
        "reliability_fast": figures.reliability(answers, shares[:, 0]),
        "slices": {
            kind: figures.by_slice(names, answers, shares[:, 1], threshold)
            for kind, names in slices.items()
        },
    }


def _without_handles(
    texts: Sequence[str], answers: Whole, shares: Floats, threshold: float
) -> dict[str, Any]:
    """Of posts with a handle, recall and precision as they are written, and with it taken out."""
    rows = [row for row, text in enumerate(texts) if without_handles(text) != text]
    return {
        name: figures.recall_and_precision(
            answers[rows], (shares[rows, column] >= threshold).astype(np.int64)
        )
        for name, column in (("written", 1), ("bare", 2))
    }


_NETWORKS = {
    "complaints-acl2019": "X, then Twitter",
    "complaints-airline-telecom": "X, then Twitter",
}


def curves(answers: Whole, shares: Floats) -> dict[str, Any]:
    """Recall and precision at a hundred thresholds, and what was said against what was."""
    points = []
    for cut in np.linspace(0.01, 0.99, 99):
        told = shares >= cut
        hits = int((told & (answers == 1)).sum())
        if told.any():
            points.append((float(cut), hits / max(int(answers.sum()), 1), hits / int(told.sum())))
    return {"points": points, "answers": answers, "shares": shares}


def trials(
    tiers: Mapping[str, Tiers], rows: Mapping[str, Sequence[Row]], seed: int
) -> dict[str, Any]:
    """Figures of the finished files, read as the product reads them, on sets nothing was fitted on,
    or only how far each tier is believed."""
    found: dict[str, Any] = {}
    chance = np.random.default_rng(seed)
    for name, held in rows.items():
        some = [held[index] for index in chance.permutation(len(held))[:TRIED]]
        texts, answers = [row.text for row in some], answers_of(name, some)
        for tier, reader in tiers.items():
            scores = reader.scores(texts)
            said = said_by(scores, task_of(name))
            figure = figures.with_interval(measure_of(name), answers, said, seed)
            found.setdefault(name, {})[tier] = {
                "figure": figure,
                "deep": round(100 * float(scores.deep.mean()), 1),
                "parts": _parts(some, answers, said) if "multilingual" in name else {},
            }
    return found


def _parts(rows: Sequence[Row], answers: Whole, said: Whole) -> dict[str, float]:
    parts = np.array([row.part for row in rows])
    return {
        part: figures.percent(figures.macro_f1_of_all(answers[parts == part], said[parts == part]))
        for part in sorted(set(parts.tolist()))
    }


def edits(tiers: Mapping[str, Tiers], rows: Sequence[Row], seed: int) -> dict[str, Any]:
    """The share of labels that each edit changes, in percent: complaint, and sentiment."""
    chance = np.random.default_rng(seed)
    some = chance.permutation(len(rows))[:EDITED]
    texts = [rows[index].text for index in some]
    found: dict[str, Any] = {}
    for tier in [name for name in ("fast", "unsure") if name in tiers]:
        reader = tiers[tier]
        before = _labels(reader.scores(texts), reader.threshold)
        for name, edit in EDITS.items():
            after = _labels(reader.scores([edit(text) for text in texts]), reader.threshold)
            changed = [
                figures.percent(float((a != b).mean())) for a, b in zip(before, after, strict=True)
            ]
            found.setdefault(name, {})[tier] = changed
    return found


def _labels(scores: Scores, threshold: float) -> tuple[Whole, Whole]:
    return (scores.complaint >= threshold).astype(np.int64), said_by(scores, "sentiment")


def strict(
    reader: Tiers, complaints: Sequence[Row], rows: Mapping[str, Sequence[Row]], seed: int
) -> dict[str, Any]:
    """Macro-F1 on the complaint sets and sentiment of a reader that learnt from neither."""
    found: dict[str, Any] = {"threshold": reader.threshold}
    for name in sorted({row.origin for row in complaints}):
        some = [row for row in complaints if row.origin == name]
        answers = np.array([int("complaint" in row.tags) for row in some], dtype=np.int64)
        shares = reader.scores([row.text for row in some]).complaint.astype(np.float64)
        said = (shares >= 0.5).astype(np.int64)
        found[name] = {
            "figure": figures.with_interval(figures.macro_f1, answers, said, seed),
            "auc": figures.ranking(answers, shares),
        }
    for name in ("tweeteval-sentiment-val", "airline-sentiment"):
        if name in rows:
            answers = answers_of(name, rows[name])
            said = said_by(reader.scores([row.text for row in rows[name]]), "sentiment")
            figure = figures.with_interval(figures.macro_recall, answers, said, seed)
            found[name] = {"figure": figure}
    return found
