"""Learning a head from corrections, and what it is worth: measured on corrections held back.

Ridge-penalised logistic regression in its dual form, so that its cost grows with the corrections and not
with what is known of each; the reader's own scores enter as they are, and nought learnt changes nothing.
Posts that nobody corrected anchor it: they are given as the reader reads them, with less weight, because
people correct what is wrong, and a head that saw nothing else would turn everything round.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from amends.terms import Reading
from amends.text import normalise
from amends.understanding.fast.model import SENTIMENT
from amends.understanding.head import (
    STEPS,
    STEPWISE,
    Head,
    features,
    step_base,
    step_features,
)
from amends.understanding.scores import SENTIMENTS
from amends.understanding.tiers import Seen, sigmoid, softmax

Numbers = NDArray[np.float64]
Said = Mapping[str, str]
Progress = Callable[[str, int, int], None]
FOLDS: Final = 5
_RIDGE: Final = 0.3  # of 0.1 to 10 the best on complaints to airlines and telecoms, with 60 to 600
_ANCHOR: Final = 0.3  # what an uncorrected post weighs
_ROUNDS: Final = 25
_DRAWS: Final = 1000
KINDS: Final = ("complaint", "sentiment", "severity")


@dataclass(frozen=True, slots=True)
class Corpus:
    """Corrected posts, and after them those that nobody corrected (``said`` is empty there).

    ``groups``: whose posts they are, so that those of one hand are held back together.
    """

    texts: Sequence[str]
    said: Sequence[Said]
    groups: Sequence[object]
    seen: Seen
    readings: Sequence[Reading]


@dataclass(frozen=True, slots=True)
class Figures:
    """How one kind reads before and after, on corrections held back. ``change``: of macro-F1, with
    the 95 % interval of a paired bootstrap; ``recall`` is of complaints, else None."""

    kind: str
    posts: int
    called: Mapping[str, int]
    before: float
    after: float
    change: tuple[float, float]
    recall: tuple[float, float] | None

    @property
    def worse(self) -> bool:
        """Whether it reads the desk's own corrections worse by a point, or finds fewer complaints by two."""
        misses = self.recall is not None and self.recall[1] < self.recall[0] - 0.02
        return self.after < self.before - 0.01 or misses

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind, "posts": self.posts, "called": dict(self.called),
            "before": round(self.before, 4), "after": round(self.after, 4),
            "change": [round(one, 4) for one in self.change],
            "recall": [round(one, 4) for one in self.recall] if self.recall else None,
            "worse": self.worse,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Learnt:
    """A head, what it is worth by kind, and of how many uncorrected posts it changes the complaint."""

    head: Head
    figures: Sequence[Figures]
    others: int
    changed: int

    def as_json(self) -> dict[str, Any]:
        return {
            "kinds": [one.as_json() for one in self.figures],
            "others": self.others, "changed": self.changed,
            "worse": any(one.worse for one in self.figures),
        }  # fmt: skip


def learn(
    corpus: Corpus, kinds: Sequence[str], *, name: str, reader: str, threshold: float, seed: int,
    progress: Progress,
) -> Learnt:  # fmt: skip
    """Learn the kinds named and measure each on corrections held back. Same corpus and seed, same head."""
    inputs = features(corpus.seen.raw, corpus.texts, corpus.seen.rows).astype(np.float64)
    stepwise = step_features(corpus.readings, corpus.texts).astype(np.float64)
    tasks = {
        "complaint": _complaint(corpus, inputs, threshold),
        "sentiment": _sentiment(corpus, inputs),
        "severity": _severity(corpus, stepwise),
    }
    whole, done = len(kinds) * (FOLDS + 1), 0
    figures: list[Figures] = []
    scores = np.zeros((inputs.shape[1], 4), np.float32)
    steps = np.zeros((STEPWISE, len(STEPS)), np.float32)

    def tick() -> None:
        nonlocal done
        done += 1
        progress("learning", done, whole)

    for kind in kinds:
        task = tasks[kind]
        figures.append(_held_back(kind, task, corpus, seed=seed, tick=tick))
        weights = task.fitted(np.arange(len(corpus.texts)))
        tick()
        if kind == "severity":
            steps = weights
        else:
            scores[:, {"complaint": slice(0, 1), "sentiment": slice(1, 4)}[kind]] = weights
    head = Head(name, reader, scores, steps)
    others = np.array([not said for said in corpus.said])
    return Learnt(head, figures, int(others.sum()), _changed(head, corpus, others, threshold))


@dataclass(frozen=True, slots=True)
class _Task:
    """One kind as numbers: ``inputs`` (n, d), the reader's own scores as it weighs them, ``shown``, and
    each class against the others, ``base`` (n, classes), ``wanted`` shares of the classes, ``weights``
    of the posts, and ``said``: the class, -1 where nobody said."""

    inputs: Numbers
    shown: Numbers
    base: Numbers
    wanted: Numbers
    weights: Numbers
    said: NDArray[np.int64]
    words: Sequence[str]
    threshold: float = 0.5

    def fitted(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Weights of shape (d, classes), learnt from these rows; anchors are always among them."""
        used = rows[self.weights[rows] > 0]
        some = self.inputs[used]
        gram = some @ some.T
        columns = [
            some.T
            @ _dual(gram, self.base[used, column], self.wanted[used, column], self.weights[used])
            for column in range(self.base.shape[1])
        ]
        return np.stack(columns, axis=1).astype(np.float32)

    def told(self, scores: Numbers) -> NDArray[np.int64]:
        """The class by its scores: with one column whether it reaches the threshold."""
        if scores.shape[1] == 1:
            line = np.log(self.threshold / (1 - self.threshold))
            reached: NDArray[np.int64] = (scores[:, 0] >= line).astype(np.int64)
            return reached
        return np.asarray(scores.argmax(axis=1), np.int64)


def _dual(gram: Numbers, base: Numbers, wanted: Numbers, weights: Numbers) -> Numbers:
    """Coefficients of the posts, by Newton's method, halving a step that does not help."""
    alpha = np.zeros(len(gram))
    loss = _loss(gram, alpha, base, wanted, weights)
    for _ in range(_ROUNDS):
        scores = gram @ alpha + base
        shares = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
        curve = np.maximum(weights * shares * (1 - shares), 1e-6)
        target = gram @ alpha + weights * (wanted - shares) / curve
        goal = np.linalg.solve(gram + _RIDGE * np.diag(1 / curve), target)
        step = 1.0
        while step > 1e-3:
            moved = alpha + step * (goal - alpha)
            after = _loss(gram, moved, base, wanted, weights)
            if after <= loss:
                break
            step /= 2
        else:
            return alpha
        if loss - after < 1e-7 * max(1.0, abs(loss)):
            return moved
        alpha, loss = moved, after
    return alpha


def _loss(gram: Numbers, alpha: Numbers, base: Numbers, wanted: Numbers, weights: Numbers) -> float:
    moved = gram @ alpha
    scores = moved + base
    fit = np.logaddexp(0, scores) - wanted * scores
    return float(weights @ fit + 0.5 * _RIDGE * alpha @ moved)


def _weights(said: NDArray[np.int64], anchors: NDArray[np.bool_]) -> Numbers:
    """One for what somebody said, less for posts of which nobody said anything at all."""
    found: Numbers = np.where(said >= 0, 1.0, np.where(anchors, _ANCHOR, 0.0))
    return found


def _classes(corpus: Corpus, kind: str, words: Sequence[str]) -> NDArray[np.int64]:
    return np.array([words.index(said[kind]) if kind in said else -1 for said in corpus.said])


def _anchors(corpus: Corpus) -> NDArray[np.bool_]:
    return np.array([not said for said in corpus.said])


def _complaint(corpus: Corpus, inputs: Numbers, threshold: float) -> _Task:
    words = ("none", "complaint")
    said = _classes(corpus, "complaint", words)
    base = _lifted(corpus)[:, None]
    shares = 1 / (1 + np.exp(-base))
    wanted = np.where(said[:, None] >= 0, said[:, None].astype(np.float64), shares)
    weights = _weights(said, _anchors(corpus))
    return _Task(inputs, base, base, wanted, weights, said, words, threshold)


def _lifted(corpus: Corpus) -> Numbers:
    """The complaint's log-odds before a head has its say: the model's, or more where rules lift them."""
    own = corpus.seen.raw[:, 0].astype(np.float64)
    said = np.clip([one.complaint for one in corpus.readings], 1e-6, 1 - 1e-6)
    lifted: Numbers = np.where(
        said > sigmoid(corpus.seen.raw[:, 0]) + 1e-3, np.log(said / (1 - said)), own
    )
    return lifted


def _sentiment(corpus: Corpus, inputs: Numbers) -> _Task:
    said = _classes(corpus, "sentiment", SENTIMENTS)
    raw = corpus.seen.raw[:, SENTIMENT]
    return _many(inputs, raw.astype(np.float64), softmax(raw), said, SENTIMENTS, corpus)


def _severity(corpus: Corpus, inputs: Numbers) -> _Task:
    said = _classes(corpus, "severity", STEPS)
    base = step_base(corpus.readings)
    return _many(inputs, base.astype(np.float64), softmax(base), said, STEPS, corpus)


def _many(
    inputs: Numbers, base: Numbers, shares: NDArray[np.float32], said: NDArray[np.int64],
    words: Sequence[str], corpus: Corpus,
) -> _Task:  # fmt: skip
    """Classes one against the others: a class's own score is its log-odds among them."""
    odds = np.log(np.clip(shares, 1e-6, 1)) - np.log(np.clip(1 - shares, 1e-6, 1))
    told = np.eye(len(words))[np.maximum(said, 0)]
    wanted = np.where(said[:, None] >= 0, told, shares)
    weights = _weights(said, _anchors(corpus))
    return _Task(inputs, base, odds.astype(np.float64), wanted, weights, said, words)


def _held_back(
    kind: str, task: _Task, corpus: Corpus, *, seed: int, tick: Callable[[], None]
) -> Figures:
    folds = _folds(corpus, seed)
    after = task.shown.copy()
    for fold in range(FOLDS):
        held = np.nonzero((folds == fold) & (task.said >= 0))[0]
        rest = np.nonzero(folds != fold)[0]
        if len(held):
            after[held] += np.clip(task.inputs[held] @ task.fitted(rest), -6, 6)
        tick()
    asked = np.nonzero(task.said >= 0)[0]
    truth = task.said[asked]
    old, new = task.told(task.shown[asked]), task.told(after[asked])
    called = {word: int((truth == at).sum()) for at, word in enumerate(task.words)}
    recall = None
    if kind == "complaint":
        recall = _recall(truth, old), _recall(truth, new)
    return Figures(
        kind, len(asked), called, macro_f1(truth, old), macro_f1(truth, new),
        _interval(truth, old, new, seed), recall,
    )  # fmt: skip


def _folds(corpus: Corpus, seed: int) -> NDArray[np.int64]:
    """A fold for each post; those of one author, and those with the same words, share theirs. What
    nobody corrected is in none (-1) and always learnt from."""
    parent: dict[object, object] = {}

    def root(one: object) -> object:
        while parent.setdefault(one, one) != one:
            one = parent[one]
        return one

    keys = []
    for text, group, said in zip(corpus.texts, corpus.groups, corpus.said, strict=True):
        if said:
            words = ("text", normalise(text))
            if group is not None:
                parent[root(words)] = root(("group", group))
            keys.append(words)
        else:
            keys.append(None)  # type: ignore[arg-type]
    named = {one: root(one) for one in keys if one is not None}
    order = sorted({str(one) for one in named.values()})
    random.Random(seed).shuffle(order)  # noqa: S311 (a draw, not a secret)
    place = {one: at % FOLDS for at, one in enumerate(order)}
    return np.array([-1 if one is None else place[str(named[one])] for one in keys])


def macro_f1(truth: NDArray[np.int64], told: NDArray[np.int64]) -> float:
    """The mean F1 of the classes that there are."""
    pairs, counts = np.unique(np.stack((truth, told)), axis=1, return_counts=True)
    return float(_macro_f1s(counts[np.newaxis], pairs[0], pairs[1])[0])


def _macro_f1s(
    counts: NDArray[np.int64], truth: NDArray[np.int64], told: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Macro-F1 of several draws, a row of ``counts`` each: how often each pair of what is so and what
    was told is among them."""
    total, there = np.zeros(len(counts)), np.zeros(len(counts))
    for one in np.unique(truth):
        so, said = truth == one, told == one
        real = counts[:, so].sum(axis=1)
        named = real + counts[:, said].sum(axis=1)
        hits = counts[:, so & said].sum(axis=1)
        total += np.where(real > 0, 2 * hits / np.maximum(named, 1), 0.0)
        there += real > 0
    found: NDArray[np.float64] = total / np.maximum(there, 1)
    return found


def _recall(truth: NDArray[np.int64], told: NDArray[np.int64]) -> float:
    there = truth == 1
    return float((told[there] == 1).mean()) if there.any() else 1.0


def _interval(
    truth: NDArray[np.int64], old: NDArray[np.int64], new: NDArray[np.int64], seed: int
) -> tuple[float, float]:
    """Of the change in macro-F1: both readers on the same draws."""
    draws = np.random.default_rng(seed)
    kinds, kind = np.unique(np.stack((truth, old, new)), axis=1, return_inverse=True)
    counts = np.empty((_DRAWS, kinds.shape[1]), dtype=np.int64)  # drawn rows of a kind are alike
    for row in counts:
        some = draws.integers(0, len(truth), len(truth))
        row[:] = np.bincount(kind.reshape(-1)[some], minlength=len(row))
    changes = _macro_f1s(counts, kinds[0], kinds[2]) - _macro_f1s(counts, kinds[0], kinds[1])
    low, high = np.percentile(changes, [2.5, 97.5])
    return float(low), float(high)


def _changed(head: Head, corpus: Corpus, others: NDArray[np.bool_], threshold: float) -> int:
    if not others.any():
        return 0
    rows = np.nonzero(others)[0]
    raw, before = corpus.seen.raw[rows], _lifted(corpus)[rows]
    moved = head.moved(raw, [corpus.texts[row] for row in rows.tolist()], corpus.seen.rows[rows])
    after = before + moved[:, 0] - raw[:, 0]
    line = np.log(threshold / (1 - threshold))
    return int(((before >= line) != (after >= line)).sum())
