"""The complaint head: fitted, calibrated, and tried on what it never saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amends.understanding.training import figures
from amends.understanding.training.heads import (
    ComplaintData,
    Floats,
    Line,
    Whole,
    blend,
    folds_of,
    platt,
    sigmoid,
)

ACL = "complaints-acl2019"
CONTROLS = ("random_reply", "random_tweet")
Origin = tuple[str, str, str]  # set, part, length band


@dataclass(frozen=True, slots=True)
class Complaint:
    """The heads, and what they said out of fold.

    ``fast``: the calibrated fast head. ``deep`` and ``mix``: the deep head, and how far it, and the
    calibrated fast one, are believed (two slopes and a bias). ``shares``: probabilities out of
    fold, of the fast tier alone and of both, shape (n, 2).
    """

    fast: Line
    deep: Line | None
    mix: tuple[float, float, float]
    shares: Floats


def fit_complaint(data: ComplaintData, origin: Sequence[Origin], seed: int) -> Complaint:
    """Fit on everything; try on five folds, each calibrated on the scores of the other four."""
    everything = np.arange(len(data.answers))
    strata = strata_of(data, origin)
    raw = data.out_of_fold(everything, strata)
    shares = np.zeros_like(raw)
    for learn, trial in folds_of(strata, seed):
        shares[trial] = _calibrated(raw[learn], data.answers[learn], raw[trial])
    slope, bias = platt(raw[:, 0], data.answers)
    deep = data.fit_deep(everything)
    fast = data.folded(data.fit(everything, deep)).bent(slope, bias)
    if deep is None:
        return Complaint(fast, None, (0.0, 1.0, 0.0), shares)
    said = np.stack([raw[:, 1], slope * raw[:, 0] + bias], axis=1)
    slopes, added = blend(said, data.answers)
    mix = (float(slopes[0]), float(slopes[1]), added)
    return Complaint(fast, deep, mix, shares)


def _calibrated(raw: Floats, answers: Whole, trial: Floats) -> Floats:
    """Probabilities of the fast tier alone and of both, from their scores, shape (n, 2)."""
    slope, bias = platt(raw[:, 0], answers)
    slopes, added = blend(raw, answers) if raw[:, 1].any() else (np.array([slope, 0.0]), bias)
    return np.stack([sigmoid(slope * trial[:, 0] + bias), sigmoid(trial @ slopes + added)], axis=1)


def strata_of(data: ComplaintData, origin: Sequence[Origin]) -> list[str]:
    return [
        f"{source} {answer}" for (source, _, _), answer in zip(origin, data.answers, strict=True)
    ]


def across(data: ComplaintData, origin: Sequence[Origin], seed: int) -> dict[str, Any]:
    """Macro-F1, of the fast tier and of both, where heads saw the other set alone; and of the ACL
    2019 set's domains, each by heads that saw the set's other domains alone."""
    sources = np.array([source for source, _, _ in origin])
    parts = np.array([part for _, part, _ in origin])
    found: dict[str, Any] = {"sets": {}, "domains": {}}
    for name in sorted(set(sources.tolist())):
        trial, learn = sources == name, sources != name
        if learn.any():
            found["sets"][name] = _figures(data, learn, trial, seed)
    ours = sources == ACL
    domains = sorted(set(parts[ours].tolist()) - set(CONTROLS))
    if len(domains) > 1:
        for name in domains:
            trial = ours & (parts == name)
            found["domains"][name] = _figures(data, ours & ~trial, trial, seed)
        found["domains_mean"] = [
            round(float(np.mean([one[tier]["value"] for one in found["domains"].values()])), 1)
            for tier in (0, 1)
        ]
    return found


def _figures(
    data: ComplaintData, learn: NDArray[np.bool_], trial: NDArray[np.bool_], seed: int
) -> list[dict[str, Any]]:
    """Of the fast tier and of both; calibrated on what the heads of the folds said of ``learn``."""
    rows, tried = np.nonzero(learn)[0], np.nonzero(trial)[0]
    inner = np.zeros((len(rows), 2))
    for some, others in folds_of([str(answer) for answer in data.answers[rows]], seed)[:1]:
        inner[others] = data.both(rows[some], rows[others])
    known = inner.any(axis=1)
    shares = _calibrated(inner[known], data.answers[rows][known], data.both(rows, tried))
    return [
        figures.with_interval(
            figures.macro_f1, data.answers[tried], (shares[:, tier] >= 0.5).astype(np.int64), seed
        )
        for tier in (0, 1)
    ]
