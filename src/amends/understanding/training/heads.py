"""Fitting: texts to a sparse matrix, logistic regressions over it, and their calibration.

Everything is seeded and runs on one core, so the same data and seed give the same weights.
scikit-learn takes a second to load, so it is imported where something is fitted.
"""

from array import array
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from amends.terms import BadInput
from amends.understanding.fast.features import (
    BUCKETS,
    GAPS,
    buckets_of,
    pair_buckets,
    tokens,
    word_hash,
)
from amends.understanding.fast.model import IDF_STEP
from amends.understanding.training.lessons import Lesson

FOLDS = 5
STRENGTH = 10.0  # C of the complaint head; 3 to 30 measured within half a point of one another
HINT_STRENGTH = 3.0
_HINT_SHARE = 0.1  # hints are scaled down so that words come first
DENSE_STRENGTH = 0.002
POOL_SHARE = 0.2  # how much a text without a label counts beside one with
_PLATT_STRENGTH = 1e4
MISSED = 0.2  # how many texts lose their handles where they teach

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Line:
    """A linear head: weights of shape (BUCKETS,) and a bias."""

    weights: Floats
    bias: float

    def scores(self, matrix: sparse.csr_matrix | NDArray[np.float32]) -> Floats:
        scored: Floats = matrix @ self.weights + self.bias
        return scored

    def bent(self, slope: float, bias: float) -> "Line":
        """The head whose score is ``slope * score + bias``."""
        return Line(self.weights * slope, self.bias * slope + bias)


class Space:
    """Hashed features of texts, weighed by rarity and brought to length one, as the reader does."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._known: dict[str, tuple[list[int], int]] = {}
        counts = self._counts(texts)
        seen_in = np.bincount(counts.indices, minlength=BUCKETS)
        rarity = np.log((1 + len(texts)) / (1 + seen_in)) + 1
        self.idf: NDArray[np.uint8] = np.minimum(np.rint(rarity / IDF_STEP), 255).astype(np.uint8)

    def matrix(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """One row a text, float32, length one (no tokens: an empty row)."""
        counts = self._counts(texts)
        idf = self.idf.astype(np.float32) * np.float32(IDF_STEP)
        squares = counts.copy()
        squares.data = squares.data * idf[counts.indices] ** 2
        lengths = np.sqrt(np.maximum(np.asarray(squares.sum(axis=1)).ravel(), 1e-12))
        counts.data *= idf[counts.indices]
        counts.data /= np.repeat(lengths, np.diff(counts.indptr)).astype(np.float32)
        return counts

    def _counts(self, texts: Sequence[str]) -> sparse.csr_matrix:
        found, lengths, sizes = array("i"), array("q"), array("q")
        hashes = array("Q")
        for text in texts:
            before = len(found)
            run = tokens(text)
            for token in run:
                buckets, hashed = self._token(token)
                found.extend(buckets)
                hashes.append(hashed)
            lengths.append(len(run))
            sizes.append(len(found) - before)
        counts = _counted(np.array(found), np.array(sizes))
        said, run_of = np.array(hashes), np.repeat(np.arange(len(texts)), lengths)
        for gap in GAPS:
            near = run_of[gap:] == run_of[:-gap]
            pairs = pair_buckets(said[:-gap][near], said[gap:][near], gap)
            counts += _counted(pairs, np.maximum(np.array(lengths) - gap, 0))
        return counts

    def _token(self, token: str) -> tuple[list[int], int]:
        if token not in self._known:
            self._known[token] = (buckets_of(token), word_hash(token))
        return self._known[token]


def _counted(buckets: NDArray[np.integer[Any]], sizes: Whole) -> sparse.csr_matrix:
    """How often each bucket is named, one row a text; of ``buckets``, end to end, ``sizes`` are each text's."""
    ends = np.concatenate([[0], np.cumsum(sizes)])
    ones = np.ones(len(buckets), dtype=np.float32)
    counts = sparse.csr_matrix((ones, buckets, ends), shape=(len(sizes), BUCKETS))
    counts.sum_duplicates()
    return counts


def fit_line(
    matrix: sparse.csr_matrix,
    answers: Whole,
    strength: float,
    seed: int,
    weights: Floats | None = None,
) -> Line:
    """Logistic regression, both answers given equal weight; ``weights`` says how much a row counts."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(
        solver="liblinear",
        dual=True,
        C=strength,
        class_weight="balanced",
        random_state=seed,
        max_iter=2000,
    ).fit(matrix, answers, sample_weight=weights)
    return Line(fitted.coef_[0].astype(np.float64), float(fitted.intercept_[0]))


def platt(scores: Floats, answers: Whole) -> tuple[float, float]:
    """Slope and bias that turn scores into log-odds fitting the answers."""
    slopes, bias = blend(scores[:, None], answers)
    return float(slopes[0]), bias


def blend(scores: Floats, answers: Whole, weights: Floats | None = None) -> tuple[Floats, float]:
    """Slopes and bias by which scores side by side, shape (n, k), add to log-odds; ``weights`` says how
    much a row counts."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=_PLATT_STRENGTH).fit(scores, answers, sample_weight=weights)
    return fitted.coef_[0].astype(np.float64), float(fitted.intercept_[0])


def sigmoid(scores: Floats) -> Floats:
    shares: Floats = 0.5 * (1 + np.tanh(0.5 * scores))
    return shares


def folds_of(strata: Sequence[str], seed: int) -> list[tuple[Whole, Whole]]:
    """Rows to learn from and rows to be tried on, five times; every stratum spread over all.

    Strata smaller than five rows are pooled, so that small data still trains.
    """
    counts = {stratum: strata.count(stratum) for stratum in set(strata)}
    pooled = [stratum if counts[stratum] >= FOLDS else stratum[-1] for stratum in strata]
    from sklearn.model_selection import StratifiedKFold

    splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    return list(splitter.split(np.zeros(len(pooled)), pooled))


@dataclass(frozen=True, slots=True)
class Pool:
    """Texts without labels: their words and hints, and their rows of an encoder."""

    seen: sparse.csr_matrix
    rows: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Rows:
    """An encoder's rows of texts as they are written, and without the handles in them, (n, width) each."""

    shown: NDArray[np.float32]
    bare: NDArray[np.float32]

    def some(self, rows: Whole, seed: int) -> NDArray[np.float32]:
        """Some of the rows to learn from: of a drawn share of texts those without handles, so that what
        addresses nobody is read, too."""
        missed = np.random.default_rng(seed).random(len(self.shown))[rows] < MISSED
        found: NDArray[np.float32] = np.where(missed[:, None], self.bare[rows], self.shown[rows])
        return found


class ComplaintData:
    """Complaint texts as words and hints, from which heads are fitted on any of the rows.

    ``deep`` are the texts' rows of an encoder, if there is one: a deep head is then fitted on the same
    rows, and what it says of ``pool`` teaches the fast one too. A ``judge`` speaks for the deep tier in its
    place: what an encoder taught on some rows says of others, with and without handles, shape (n, 2).
    """

    def __init__(
        self,
        space: Space,
        lesson: Lesson,
        hints: Sequence[Line],
        seed: int,
        deep: Rows | None = None,
        pool: tuple[Sequence[str], NDArray[np.float32]] | None = None,
        judge: Callable[[Whole, Whole], Floats] | None = None,
    ) -> None:
        self.answers = np.array(lesson.answers, dtype=np.int64)
        self.deep = deep
        self._hints = hints
        self._seed = seed
        self.judge = judge
        self._seen = self._with_hints(space.matrix(lesson.texts))
        self._pool = Pool(self._with_hints(space.matrix(pool[0])), pool[1]) if pool else None

    def _with_hints(self, words: sparse.csr_matrix) -> sparse.csr_matrix:
        scored = [sparse.csr_matrix(hint.scores(words)[:, None]) for hint in self._hints]
        return sparse.hstack([words, *(_HINT_SHARE * column for column in scored)]).tocsr()

    def fit(self, rows: Whole, teacher: Line | None) -> Line:
        """A fast head fitted on some rows, over words and hints, and on what a deep one says of the pool."""
        if self._pool is None or teacher is None:
            return fit_line(self._seen[rows], self.answers[rows], STRENGTH, self._seed)
        told = sigmoid(teacher.scores(self._pool.rows))
        seen = sparse.vstack([self._seen[rows], self._pool.seen, self._pool.seen]).tocsr()
        count = len(told)
        answers = np.concatenate([self.answers[rows], np.ones(count), np.zeros(count)])
        weights = np.concatenate([np.ones(len(rows)), POOL_SHARE * told, POOL_SHARE * (1 - told)])
        return fit_line(seen, answers.astype(np.int64), STRENGTH, self._seed, weights)

    def fit_deep(self, rows: Whole) -> Line | None:
        """A deep head fitted on some rows, over an encoder's rows; None without an encoder."""
        if self.deep is None:
            return None
        return fit_dense(self.deep.some(rows, self._seed), self.answers[rows])

    def untaught(self) -> "ComplaintData":
        """The same texts without a judge: deep heads over the encoder's rows alone."""
        other = copy(self)
        other.judge = None
        return other

    def scores(self, line: Line, rows: Whole) -> Floats:
        return line.scores(self._seen[rows])

    def out_of_fold(self, rows: Whole, strata: Sequence[str]) -> Floats:
        """For each row the scores of a fast and of a deep head that never saw it, and of the deep one
        without the handles, shape (n, 3); what is deep is nought where there is no encoder."""
        scored = np.zeros((len(rows), 3))
        for learn, trial in folds_of([strata[row] for row in rows], self._seed):
            scored[trial] = self.both(rows[learn], rows[trial])
        return scored

    def both(self, learn: Whole, trial: Whole) -> Floats:
        """Scores of heads fitted on some rows, on others: fast, deep, and deep without the handles,
        shape (n, 3)."""
        teacher = self.fit_deep(learn)
        fast = self.scores(self.fit(learn, teacher), trial)
        if self.deep is None or teacher is None:
            return np.stack([fast, np.zeros_like(fast), np.zeros_like(fast)], axis=1)
        if self.judge is not None:
            return np.column_stack([fast, self.judge(learn, trial)])
        deep = [teacher.scores(rows[trial]) for rows in (self.deep.shown, self.deep.bare)]
        return np.stack([fast, *deep], axis=1)

    def folded(self, line: Line) -> Line:
        """The same head over words alone: the hints are linear in the words too."""
        weights = line.weights[:BUCKETS].copy()
        bias = line.bias
        for hint, pull in zip(self._hints, line.weights[BUCKETS:], strict=True):
            weights += _HINT_SHARE * pull * hint.weights
            bias += _HINT_SHARE * float(pull) * hint.bias
        return Line(weights, bias)


def fit_dense(rows: NDArray[np.float32], answers: Whole) -> Line:
    """Logistic regression over an encoder's rows, each number brought to one spread first."""
    from sklearn.linear_model import LogisticRegression

    middle, spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    fitted = LogisticRegression(C=DENSE_STRENGTH, max_iter=300)
    fitted.fit((rows - middle) / spread, answers)
    weights = fitted.coef_[0] / spread
    return Line(weights.astype(np.float64), float(fitted.intercept_[0] - weights @ middle))


@dataclass(frozen=True, slots=True)
class Held:
    """A head, calibrated on a tenth of its lesson, and what one that never saw them said of another tenth."""

    lines: list[Line]
    probabilities: Floats
    answers: Whole


def fit_held(space: Space, lesson: Lesson, seed: int, written: Sequence[str] = ()) -> Held:
    """A yes/no head: eight tenths teach, a tenth calibrates, a tenth is measured on; then all teach one
    that is calibrated alike.

    ``written`` are further texts to say yes to; they teach and are never measured on.
    """
    learn, tune, trial = _tenths(lesson, seed)
    seen, count = space.matrix([*lesson.texts, *written]), len(lesson.texts)
    answers = np.concatenate([lesson.answers, np.ones(len(written))]).astype(np.int64)
    taught = np.concatenate([learn, np.arange(count, len(answers))])
    line = fit_line(seen[taught], answers[taught], HINT_STRENGTH, seed)
    slope, bias = platt(line.scores(seen[tune]), answers[tune])
    shares = sigmoid(line.bent(slope, bias).scores(seen[trial]))
    whole = fit_line(seen, answers, HINT_STRENGTH, seed)
    return Held([whole.bent(slope, bias)], shares, answers[trial])


def fit_classes(
    space: Space, lesson: Lesson, classes: int, seed: int, strength: float = HINT_STRENGTH
) -> Held:
    """Heads whose softmax says which class; one temperature from a tenth held out, a tenth to measure on;
    then all teach heads of that temperature."""
    learn, tune, trial = _tenths(lesson, seed)
    seen, answers = space.matrix(lesson.texts), np.array(lesson.answers, dtype=np.int64)
    lines = _one_each(seen[learn], answers[learn], classes, strength, seed)
    raw = np.stack([line.scores(seen[tune]) for line in lines], axis=1)
    slope = _temperature(raw, answers[tune])
    shares = class_shares([line.bent(slope, 0.0) for line in lines], seen[trial])
    whole = _one_each(seen, answers, classes, strength, seed)
    return Held([line.bent(slope, 0.0) for line in whole], shares, answers[trial])


def _one_each(
    matrix: sparse.csr_matrix, answers: Whole, classes: int, strength: float, seed: int
) -> list[Line]:
    """A head of each class against the others."""
    return [
        fit_line(matrix, (answers == answer).astype(np.int64), strength, seed)
        for answer in range(classes)
    ]


def class_shares(lines: Sequence[Line], matrix: sparse.csr_matrix) -> Floats:
    """Probabilities of shape (texts, classes)."""
    raw = np.stack([line.scores(matrix) for line in lines], axis=1)
    raised = np.exp(raw - raw.max(axis=1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=1, keepdims=True)
    return shares


def _temperature(raw: Floats, answers: Whole) -> float:
    def loss(slope: float) -> float:
        bent = raw * slope
        bent = bent - bent.max(axis=1, keepdims=True)
        picked = bent[np.arange(len(answers)), answers]
        return float(np.mean(np.log(np.exp(bent).sum(axis=1)) - picked))

    return min((float(slope) for slope in np.geomspace(0.2, 5.0, 65)), key=loss)


def _tenths(lesson: Lesson, seed: int) -> tuple[Whole, Whole, Whole]:
    order = np.random.default_rng(seed).permutation(len(lesson.texts))
    tenth = len(order) // 10
    answers = np.array(lesson.answers)
    tune, trial = order[:tenth], order[tenth : 2 * tenth]
    wanted = set(answers.tolist())
    if any(set(answers[part].tolist()) != wanted for part in (tune, trial)):
        raise BadInput(
            "There are too few examples to hold a tenth out for calibration; give more labelled rows."
        )
    held = {lesson.texts[row] for row in order[: 2 * tenth]}
    learn = [row for row in order[2 * tenth :].tolist() if lesson.texts[row] not in held]
    return np.array(learn, dtype=np.int64), tune, trial
