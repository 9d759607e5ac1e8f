"""Figures: how good a head is, and how sure that is."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Figure = dict[str, Any]
Measure = Callable[[Whole, Whole], Floats]

_DRAWS = 400
_DRAWN_AT_ONCE = 200_000  # rows; more would not be quicker
BINS = 10


def macro_f1(answers: Whole, said: Whole) -> Floats:
    """The mean of F1 for yes and F1 for no. As the other measures: of (n,) one number, of (draws, n) one
    for each draw."""
    hits, yes, called = (answers * said).sum(-1), answers.sum(-1), said.sum(-1)
    count = answers.shape[-1]
    of_yes = 2 * hits / np.maximum(yes + called, 1)
    of_no = 2 * (count - yes - called + hits) / np.maximum(2 * count - yes - called, 1)
    found: Floats = (of_yes + of_no) / 2
    return found


def macro_f1_of_all(answers: Whole, said: Whole) -> Floats:
    """The mean of each class's F1, over the classes that occur among the answers."""
    there, called, right = _tallies(answers, said)
    return _mean_where(there > 0, 2 * right / np.maximum(there + called, 1))


def macro_recall(answers: Whole, said: Whole) -> Floats:
    """The mean, over the classes that occur, of the share of each that was said."""
    there, _, right = _tallies(answers, said)
    return _mean_where(there > 0, right / np.maximum(there, 1))


def _tallies(answers: Whole, said: Whole) -> tuple[Whole, Whole, Whole]:
    """Of each class (first) how often it is the answer, is said, and is both."""
    classes = range(1 + max(int(answers.max()), int(said.max())))
    pairs = [(answers == one, said == one) for one in classes]
    there, called, right = zip(
        *((is_.sum(-1), said_.sum(-1), (is_ & said_).sum(-1)) for is_, said_ in pairs), strict=True
    )
    return np.stack(there), np.stack(called), np.stack(right)


def _mean_where(there: NDArray[np.bool_], of_each: Floats) -> Floats:
    found: Floats = np.where(there, of_each, 0).sum(0) / there.sum(0)
    return found


def with_interval(measure: Measure, answers: Whole, said: Whole, seed: int) -> Figure:
    """A figure in percent with its 95 % bootstrap interval (400 draws) and the rows it stands on."""
    chance = np.random.default_rng(seed)
    count = len(answers)
    at_once = max(1, min(_DRAWS, _DRAWN_AT_ONCE // count))
    drawn: list[float] = []
    while len(drawn) < _DRAWS:
        rows = chance.integers(0, count, (min(at_once, _DRAWS - len(drawn)), count))
        drawn += measure(answers[rows], said[rows]).tolist()
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {
        "value": percent(measure(answers, said)),
        "low": percent(low),
        "high": percent(high),
        "rows": count,
    }


def share(hits: int, of: int) -> Figure:
    """A share in percent with its 95 % Wilson interval."""
    if not of:
        return {"value": None, "low": None, "high": None, "rows": 0}
    z, p = 1.96, hits / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * float(np.sqrt(p * (1 - p) / of + z * z / (4 * of * of))) / (1 + z * z / of)
    return {
        "value": percent(p),
        "low": percent(max(middle - half, 0.0)),
        "high": percent(min(middle + half, 1.0)),
        "rows": of,
    }


def recall_and_precision(answers: Whole, said: Whole) -> Figure:
    """Of the yes answers how many were said, of those said how many were right."""
    hits = int((answers * said).sum())
    return {"recall": share(hits, int(answers.sum())), "precision": share(hits, int(said.sum()))}


def ranking(answers: Whole, shares: Floats) -> float | None:
    """Area under the ROC curve in percent; None where only one answer occurs."""
    from sklearn.metrics import roc_auc_score  # late, as in heads

    return (
        percent(float(roc_auc_score(answers, shares))) if len(set(answers.tolist())) > 1 else None
    )


def reliability(answers: Whole, shares: Floats) -> Figure:
    """Expected calibration error over ten bins of equal mass, in points, and the bins themselves."""
    order = np.argsort(shares, kind="stable")
    bins = [part for part in np.array_split(order, BINS) if len(part)]
    rows = [
        {
            "said": percent(float(shares[part].mean())),
            "was": percent(float(answers[part].mean())),
            "rows": len(part),
        }
        for part in bins
    ]
    gap = sum(
        len(part) / len(order) * abs(float(shares[part].mean()) - float(answers[part].mean()))
        for part in bins
    )
    return {"ece": round(100 * gap, 2), "bins": rows}


def best_cut(answers: Whole, shares: Floats) -> float:
    """The probability from which calling it yes gives the best macro-F1."""
    cuts = np.linspace(0.05, 0.95, 91)
    return float(max(cuts, key=lambda cut: macro_f1(answers, (shares >= cut).astype(np.int64))))


def recall_first(answers: Whole, shares: Floats, recall: float) -> float:
    """The highest threshold (in hundredths) that still finds this share of the yes answers."""
    yes = shares[answers == 1]
    cuts = [cut / 100 for cut in range(95, 1, -1)]
    return next((cut for cut in cuts if (yes >= cut).mean() >= recall), 0.02)


def length_band(text: str) -> str:
    return "under 60" if len(text) < 60 else "60 to 119" if len(text) < 120 else "120 and more"


def by_slice(
    names: Sequence[str], answers: Whole, shares: Floats, threshold: float, least: int = 40
) -> dict[str, Figure]:
    """Recall, precision and macro-F1 at the threshold in each slice of at least ``least`` rows."""
    said = (shares >= threshold).astype(np.int64)
    held = np.array(names)
    found: dict[str, Figure] = {}
    for name in sorted(set(names)):
        rows = np.nonzero(held == name)[0]
        if len(rows) >= least:
            found[name] = {
                "rows": len(rows),
                "complaints": int(answers[rows].sum()),
                "flagged": share(int(said[rows].sum()), len(rows)),
                **recall_and_precision(answers[rows], said[rows]),
            }
    return found


def percent(part: float | Floats) -> float:
    return round(100 * float(part), 1)
