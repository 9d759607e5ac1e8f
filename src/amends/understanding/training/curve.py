"""What more labels, and more of the encoder, bring: the same heads over shares of either.

Where a goal is out of reach, two lines tell why: how a figure grows as the labels double, and as layers of
the encoder are added. All heads are fitted here, over an encoder that stays as it is; nothing is written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from amends.terms import BadInput
from amends.understanding.deep.encoder import GRAPH
from amends.understanding.training import figures, lessons, measured
from amends.understanding.training.complaint import ACL, CONTROLS
from amends.understanding.training.export import read_back
from amends.understanding.training.files import Row, TrainingFiles
from amends.understanding.training.heads import (
    DENSE_STRENGTH,
    HINT_STRENGTH,
    Rows,
    Space,
    Whole,
    fit_dense,
    folds_of,
)
from amends.understanding.training.rows import Deep, load_deep, read_sets

SHARES: Final = (0.125, 0.25, 0.5, 1.0)
MOST: Final = 12_000  # texts of a set that teach
Numbers = NDArray[np.float32]
Progress = Callable[[str], None]
_DOMAINS: Final = "a domain of the ACL 2019 set left out"


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure asked for: macro-F1 in percent, of sentiment macro-recall, of several languages macro-F1."""

    name: str
    wanted: float


GOALS: Final = (
    Goal("complaints-acl2019", 89.0),
    Goal("complaints-airline-telecom", 87.0),
    Goal(_DOMAINS, 80.0),
    Goal("tweeteval-emotion-val", 78.0),
    Goal("tweeteval-offensive-val", 80.0),
    Goal("tweeteval-sentiment-val", 70.0),
    Goal("umsab-multilingual-val", 65.0),
)
_TAUGHT_BY: Final = {
    "tweeteval-emotion-val": ("tweeteval-emotion",),
    "tweeteval-offensive-val": ("tweeteval-offensive",),
    "tweeteval-sentiment-val": ("tweeteval-sentiment",),
    "umsab-multilingual-val": ("umsab-multilingual",),
}


def bench_curve(
    config: TrainingFiles, encoder: Path, seed: int, progress: Progress
) -> dict[str, Any]:
    """For each goal the figure by the share of its labels that taught, by the layers read, the gain
    of the last doubling, and how often the labels would have to double at that pace.

    Complaints are tried out of fold, the others on validation sets; the encoder has seen the labels of
    the others, not of complaints. Several languages are read by words, as the encoder knows English.
    Raises BadInput where the folder holds no set that is asked for.
    """
    sets, _ = read_sets(config, progress)
    deep, layers = load_deep(encoder), len(read_back(encoder / GRAPH)[1])
    told: dict[str, Any] = {}
    if any(sets.get(name) for name in lessons.COMPLAINTS):
        progress("complaints")
        told |= _complaints(sets, deep, layers, seed)
    for name, teachers in _TAUGHT_BY.items():
        learn = [row for teacher in teachers for row in sets.get(teacher, ())]
        if learn and sets.get(name):
            progress(name)
            told[name] = _other(name, _some(learn, seed), sets[name], deep, layers, seed)
    if not told:
        raise BadInput(f"There is no labelled set in {config.folder} that a goal is set for.")
    return {goal.name: with_goal(told[goal.name], goal) for goal in GOALS if goal.name in told}


def curve_lines(told: Mapping[str, Any]) -> list[str]:
    """What was found, to read."""
    found = []
    for name, lines in told.items():
        labels = ", ".join(f"{share} {value:g}" for share, value in lines["labels"].items())
        layers = ", ".join(f"{count} {value:g}" for count, value in lines["layers"].items())
        short = lines["doublings_short"]
        more = "reached" if short == 0 else f"{short:g} doublings short" if short else "flat"
        gain = lines["last_doubling"]
        found.append(f"{name}: goal {lines['goal']:g}, {more}; the last doubling brought {gain:g}")
        found += [f"  labels: {labels}", *([f"  layers: {layers}"] if layers else [])]
    return found


def with_goal(lines: Mapping[str, Any], goal: Goal) -> dict[str, Any]:
    before, last = list(lines["labels"].values())[-2:]
    gain = round(last - before, 1)
    short = goal.wanted - last
    doublings = 0.0 if short <= 0 else round(short / gain, 1) if gain > 0 else None
    return {"goal": goal.wanted, **lines, "last_doubling": gain, "doublings_short": doublings}


def _some(rows: Sequence[Row], seed: int) -> list[Row]:
    order = np.random.default_rng(seed).permutation(len(rows))[:MOST]
    return [rows[place] for place in order.tolist()]


def _complaints(
    sets: Mapping[str, Sequence[Row]], deep: Deep, layers: int, seed: int
) -> dict[str, Any]:
    rows = [row for name in lessons.COMPLAINTS for row in sets.get(name, ())]
    task = _Complaints(rows, deep.both_rows([row.text for row in rows]), seed)
    widths = _widths(task.seen.shown, layers)
    named = {
        name: np.array([row.origin == name for row in rows])
        for name in lessons.COMPLAINTS
        if sets.get(name)
    }
    found: dict[str, Any] = {name: {"labels": {}, "layers": {}} for name in named}
    for share in SHARES:
        said = task.out_of_fold(share, None)
        for name, ours in named.items():
            found[name]["labels"][_percent(share)] = task.figure(ours, said)
    for count, width in widths.items():
        said = task.out_of_fold(1.0, width)
        for name, ours in named.items():
            found[name]["layers"][count] = task.figure(ours, said)
    if ACL in named and len(task.domains()) > 1:
        found[_DOMAINS] = {
            "labels": {_percent(share): task.left_out(share, None) for share in SHARES},
            "layers": {count: task.left_out(1.0, width) for count, width in widths.items()},
        }
    return found


class _Complaints:
    """The complaint texts and their rows of the encoder; heads learn from shares of them."""

    def __init__(self, rows: Sequence[Row], seen: Rows, seed: int) -> None:
        self.answers = np.array([int("complaint" in row.tags) for row in rows], np.int64)
        self.seen, self._seed = seen, seed
        self._sources = np.array([row.origin for row in rows])
        self._parts = np.array([row.part for row in rows])
        self._strata = [
            f"{row.origin} {said}" for row, said in zip(rows, self.answers, strict=True)
        ]

    def domains(self) -> list[str]:
        return sorted(set(self._parts[self._sources == ACL].tolist()) - set(CONTROLS))

    def out_of_fold(self, share: float, width: int | None) -> Whole:
        said = np.zeros(len(self.answers), np.int64)
        for learn, trial in folds_of(self._strata, self._seed):
            said[trial] = self._said(learn, trial, share, width)
        return said

    def left_out(self, share: float, width: int | None) -> float:
        """The mean over the domains; the controls always teach."""
        ours = self._sources == ACL
        found = []
        for name in self.domains():
            trial = np.nonzero(ours & (self._parts == name))[0]
            learn = np.nonzero(ours & (self._parts != name))[0]
            said = self._said(learn, trial, share, width)
            found.append(figures.macro_f1(self.answers[trial], said))
        return round(100 * float(np.mean(found)), 1)

    def figure(self, ours: NDArray[np.bool_], said: Whole) -> float:
        return figures.percent(figures.macro_f1(self.answers[ours], said[ours]))

    def _said(self, learn: Whole, trial: Whole, share: float, width: int | None) -> Whole:
        some = _share(learn, share, self._seed)
        line = fit_dense(self.seen.some(some, self._seed)[:, :width], self.answers[some])
        said: Whole = (line.scores(self.seen.shown[trial][:, :width]) > 0).astype(np.int64)
        return said


def _other(
    name: str, learn: Sequence[Row], trial: Sequence[Row], deep: Deep, layers: int, seed: int
) -> dict[str, Any]:
    """Heads over the encoder's rows, over words for several languages, tried on a validation set."""
    answers, asked = measured.answers_of(name, learn), measured.answers_of(name, trial)
    texts, tried = [row.text for row in learn], [row.text for row in trial]
    everything = np.arange(len(texts))

    def figure(taught: Any, seen: Any, rows: Whole) -> float:
        said = _argmax(taught[rows], answers[rows], seen)
        return figures.percent(measured.measure_of(name)(asked, said))

    def by_share(taught: Any, seen: Any) -> dict[str, float]:
        return {
            _percent(one): figure(taught, seen, _share(everything, one, seed)) for one in SHARES
        }

    if "multilingual" in name:
        space = Space(texts)
        return {"labels": by_share(space.matrix(texts), space.matrix(tried)), "layers": {}}
    rows, shown = deep.rows(texts), deep.rows(tried)
    return {
        "labels": by_share(rows, shown),
        "layers": {
            count: figure(rows[:, :width], shown[:, :width], everything)
            for count, width in _widths(rows, layers).items()
        },
    }


def _argmax(taught: Numbers | sparse.csr_matrix, answers: Whole, seen: Any) -> Whole:
    """The likeliest class of each row of ``seen``; every class weighs the same where it is taught."""
    from sklearn.linear_model import LogisticRegression

    strength = HINT_STRENGTH
    if isinstance(taught, np.ndarray):
        middle, spread = taught.mean(axis=0), np.maximum(taught.std(axis=0), 1e-6)
        taught, seen, strength = (
            (taught - middle) / spread,
            (seen - middle) / spread,
            DENSE_STRENGTH,
        )
    head = LogisticRegression(C=strength, max_iter=300, class_weight="balanced")
    said: Whole = head.fit(taught, answers).predict(seen).astype(np.int64)
    return said


def _share(rows: Whole, share: float, seed: int) -> Whole:
    """So many of the rows, drawn; smaller shares lie within larger ones."""
    order = np.random.default_rng(seed).permutation(len(rows))
    return rows[order[: max(2, round(share * len(rows)))]]


def _percent(share: float) -> str:
    return f"{100 * share:g} %"


def _widths(rows: Numbers, layers: int) -> dict[str, int]:
    """How many numbers of a row the first layers are, by how many layers."""
    each = rows.shape[1] // layers
    return {str(count): count * each for count in range(1, layers + 1)}
