"""Fitting: texts to a sparse matrix, logistic regressions over it, and their calibration.

Everything is seeded and runs on one core, so the same data and seed give the same weights.
scikit-learn takes a second to load, so it is imported where something is fitted.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from amends.terms import BadInput
from amends.understanding.features import (
    BUCKETS,
    GAPS,
    buckets_of,
    pair_buckets,
    tokens,
    word_hash,
)
from amends.understanding.model import IDF_STEP
from amends.understanding.training.lessons import Lesson

FOLDS = 5
STRENGTH = 10.0  # C of the complaint head; 3 to 30 measured within half a point of one another
HINT_STRENGTH = 3.0
_HINT_SHARE = 0.1  # hints are scaled down so that words come first
_PLATT_STRENGTH = 1e4

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Line:
    """A linear head: weights of shape (BUCKETS,) and a bias."""

    weights: Floats
    bias: float

    def scores(self, matrix: sparse.csr_matrix) -> Floats:
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
        ends, found = array("q", [0]), array("i")
        for text in texts:
            run = [self._token(token) for token in tokens(text)]
            for buckets, _ in run:
                found.extend(buckets)
            hashes = np.array([hashed for _, hashed in run], dtype=np.uint64)
            for gap in GAPS:
                found.extend(pair_buckets(hashes[:-gap], hashes[gap:], gap).tolist())
            ends.append(len(found))
        ones = np.ones(len(found), dtype=np.float32)
        shape = (len(texts), BUCKETS)
        counts = sparse.csr_matrix((ones, np.array(found), np.array(ends)), shape=shape)
        counts.sum_duplicates()
        return counts

    def _token(self, token: str) -> tuple[list[int], int]:
        if token not in self._known:
            self._known[token] = (buckets_of(token), word_hash(token))
        return self._known[token]


def fit_line(matrix: sparse.csr_matrix, answers: Whole, strength: float, seed: int) -> Line:
    """Logistic regression, both answers given equal weight."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(
        solver="liblinear",
        dual=True,
        C=strength,
        class_weight="balanced",
        random_state=seed,
        max_iter=2000,
    ).fit(matrix, answers)
    return Line(fitted.coef_[0].astype(np.float64), float(fitted.intercept_[0]))


def platt(scores: Floats, answers: Whole) -> tuple[float, float]:
    """Slope and bias that turn scores into log-odds fitting the answers."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=_PLATT_STRENGTH).fit(scores[:, None], answers)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


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


class ComplaintData:
    """Complaint texts as words and hints, from which heads are fitted on any of the rows."""

    def __init__(self, space: Space, lesson: Lesson, hints: Sequence[Line], seed: int) -> None:
        words = space.matrix(lesson.texts)
        self.answers = np.array(lesson.answers, dtype=np.int64)
        self._hints = hints
        self._seed = seed
        scored = [sparse.csr_matrix(hint.scores(words)[:, None]) for hint in hints]
        self._seen = sparse.hstack([words, *(_HINT_SHARE * column for column in scored)]).tocsr()

    def fit(self, rows: Whole) -> Line:
        """A head fitted on some rows, over words and hints."""
        return fit_line(self._seen[rows], self.answers[rows], STRENGTH, self._seed)

    def scores(self, line: Line, rows: Whole) -> Floats:
        return line.scores(self._seen[rows])

    def out_of_fold(self, rows: Whole, strata: Sequence[str]) -> Floats:
        """A score for each row by a head that never saw it."""
        scored = np.zeros(len(rows))
        for learn, trial in folds_of([strata[row] for row in rows], self._seed):
            scored[trial] = self.scores(self.fit(rows[learn]), rows[trial])
        return scored

    def folded(self, line: Line) -> Line:
        """The same head over words alone: the hints are linear in the words too."""
        weights = line.weights[:BUCKETS].copy()
        bias = line.bias
        for hint, pull in zip(self._hints, line.weights[BUCKETS:], strict=True):
            weights += _HINT_SHARE * pull * hint.weights
            bias += _HINT_SHARE * float(pull) * hint.bias
        return Line(weights, bias)


@dataclass(frozen=True, slots=True)
class Held:
    """A head, calibrated on a tenth of its lesson, and its answers on another tenth."""

    lines: list[Line]
    probabilities: Floats
    answers: Whole


def fit_held(space: Space, lesson: Lesson, seed: int, written: Sequence[str] = ()) -> Held:
    """A yes/no head: eight tenths teach, a tenth calibrates, a tenth is measured on.

    ``written`` are further texts to say yes to; they teach and are never measured on.
    """
    learn, tune, trial = _tenths(lesson, seed)
    taught = space.matrix([*(lesson.texts[row] for row in learn), *written])
    answers = np.concatenate([_answers(lesson, learn), np.ones(len(written), dtype=np.int64)])
    line = fit_line(taught, answers, HINT_STRENGTH, seed)
    slope, bias = platt(line.scores(_rows(space, lesson, tune)), _answers(lesson, tune))
    bent = line.bent(slope, bias)
    shares = sigmoid(bent.scores(_rows(space, lesson, trial)))
    return Held([bent], shares, _answers(lesson, trial))


def fit_sentiment(space: Space, lesson: Lesson, seed: int) -> Held:
    """Three heads whose softmax is the sentiment; one temperature from a tenth held out."""
    learn, tune, trial = _tenths(lesson, seed)
    matrix, answers = _rows(space, lesson, learn), _answers(lesson, learn)
    lines = [
        fit_line(matrix, (answers == answer).astype(np.int64), HINT_STRENGTH, seed)
        for answer in range(3)
    ]
    held_out = _rows(space, lesson, tune)
    raw = np.stack([line.scores(held_out) for line in lines], axis=1)
    slope = _temperature(raw, _answers(lesson, tune))
    lines = [line.bent(slope, 0.0) for line in lines]
    shares = sentiment_shares(lines, _rows(space, lesson, trial))
    return Held(lines, shares, _answers(lesson, trial))


def sentiment_shares(lines: Sequence[Line], matrix: sparse.csr_matrix) -> Floats:
    """Probabilities of shape (texts, 3)."""
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
    return order[2 * tenth :], tune, trial


def _rows(space: Space, lesson: Lesson, rows: Whole) -> sparse.csr_matrix:
    return space.matrix([lesson.texts[row] for row in rows])


def _answers(lesson: Lesson, rows: Whole) -> Whole:
    return np.array([lesson.answers[row] for row in rows], dtype=np.int64)
