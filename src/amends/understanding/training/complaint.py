"""The complaint head: fitted, calibrated, and tried on what it never saw."""

from collections.abc import Mapping, Sequence
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
Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Complaint:
    """The heads, and what they said out of fold.

    ``fast``: the calibrated fast head. ``deep`` and ``mix``: the deep head, and how far it, and the
    calibrated fast one, are believed (two slopes and a bias). ``shares``: probabilities out of
    fold, of the fast tier alone, of both, and of both without the handles, shape (n, 3).
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
    """Probabilities of the fast tier alone, of both, and of both without the handles, from their
    scores, shape (n, 3)."""
    slope, bias = platt(raw[:, 0], answers)
    slopes, added = np.array([slope, 0.0]), bias
    if raw[:, 1].any():
        slopes, added = blend(raw[:, :2], answers)
    seen = (slope * trial[:, 0] + bias, trial[:, :2] @ slopes, trial[:, [0, 2]] @ slopes)
    return np.stack([sigmoid(seen[0]), sigmoid(seen[1] + added), sigmoid(seen[2] + added)], axis=1)


def strata_of(data: ComplaintData, origin: Sequence[Origin]) -> list[str]:
    return [
        f"{source} {answer}" for (source, _, _), answer in zip(origin, data.answers, strict=True)
    ]


def across(
    data: ComplaintData, origin: Sequence[Origin], seed: int, goes: int | None = None
) -> dict[str, Any]:
    """Macro-F1, of the fast tier and of both, where heads (over an encoder that saw neither) saw the other
    set alone; and of the ACL 2019 set's domains, each by heads that saw others of the set's domains, and its controls, alone.

    ``goes``: in how many goes domains are left out, several at once where there are more; without it
    each alone.
    """
    sources = np.array([source for source, _, _ in origin])
    parts = np.array([part for _, part, _ in origin])
    found: dict[str, Any] = {"sets": {}, "domains": {}}
    for name in sorted(set(sources.tolist())):
        trial, learn = sources == name, sources != name
        if learn.any():
            found["sets"] |= _figures(data.untaught(), learn, {name: trial}, seed)
    ours = sources == ACL
    domains = sorted(set(parts[ours].tolist()) - set(CONTROLS))
    if len(domains) > 1:
        goes = min(goes or len(domains), len(domains))
        found["left_out"] = -(-len(domains) // goes)
        for go in range(goes):
            trials = {name: ours & (parts == name) for name in domains[go::goes]}
            learn = ours & ~np.logical_or.reduce(list(trials.values()))
            found["domains"] |= _figures(data, learn, trials, seed)
        found["domains"] = {name: found["domains"][name] for name in domains}
        found["domains_mean"] = [
            round(float(np.mean([one[tier]["value"] for one in found["domains"].values()])), 1)
            for tier in (0, 1)
        ]
    return found


def _figures(
    data: ComplaintData, learn: Marks, trials: Mapping[str, Marks], seed: int
) -> dict[str, list[dict[str, Any]]]:
    """Of each trial, of the fast tier and of both; calibrated on a part of ``learn`` that taught nothing.

    An encoder is taught once, on what is left of ``learn``; heads over a frozen one are fitted again on all.
    """
    rows = np.nonzero(learn)[0]
    (some, others), *_ = folds_of([str(answer) for answer in data.answers[rows]], seed)
    everything = np.concatenate([np.nonzero(trial)[0] for trial in trials.values()])
    if data.judge is not None:
        others = others[::2]
        some = np.setdiff1d(np.arange(len(rows)), others)
        said = data.both(rows[some], np.concatenate([rows[others], everything]))
        inner, tried = said[: len(others)], said[len(others) :]
    else:
        inner, tried = data.both(rows[some], rows[others]), data.both(rows, everything)
    shares = _calibrated(inner, data.answers[rows][others], tried)
    found: dict[str, list[dict[str, Any]]] = {}
    for name, trial in trials.items():
        of = np.isin(everything, np.nonzero(trial)[0])
        answers = data.answers[everything[of]]
        found[name] = [
            figures.with_interval(
                figures.macro_f1, answers, (shares[of, tier] >= 0.5).astype(np.int64), seed
            )
            for tier in (0, 1)
        ]
    return found
