"""How far each tier is believed: fitted where neither had learnt from, and tried fold by fold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amends.understanding.fast.model import COLUMNS, EMOTION, SENTIMENT
from amends.understanding.training.heads import Floats, Whole, blend, folds_of

Numbers = NDArray[np.float32]
# Sets on which the tiers are weighed, and the columns each of them labels.
MIXED: dict[str, slice] = {
    "tweeteval-sentiment-val": SENTIMENT,
    "tweeteval-emotion-val": EMOTION,
    "tweeteval-offensive-val": slice(9, 10),
    "tweeteval-hate-val": slice(10, 11),
    "tweeteval-irony-val": slice(11, 12),
}
# How far rare answers are raised, from 0, not at all, to 1, all answers alike: sentiment is measured by
# the mean of its recalls.
_RAISED, _RAISED_SENTIMENT = 0.5, 1.0
_HELD_BACK = 0.02  # how hard the classes' biases are held to nought


@dataclass(slots=True)
class Mixing:
    """How much each column of the deep and of the fast tier counts, and what is added: (15,) each."""

    trust: Floats
    fast: Floats
    biases: Floats

    @staticmethod
    def of_fast_alone() -> "Mixing":
        """Believes the fast tier and nothing else."""
        none = np.zeros(len(COLUMNS))
        return Mixing(none.copy(), np.ones(len(COLUMNS)), none.copy())

    def learn(self, columns: slice, deep: Floats, fast: Floats, answers: Whole) -> None:
        """Weigh one group of columns, from both tiers' scores of shape (n, columns)."""
        raised = _RAISED_SENTIMENT if columns == SENTIMENT else _RAISED
        counts = np.bincount(answers)
        weights = (len(answers) / (len(counts) * counts[answers])) ** raised
        if deep.shape[1] == 1:
            slopes, bias = blend(np.concatenate([deep, fast], axis=1), answers, weights)
            self.trust[columns], self.fast[columns], self.biases[columns] = (*slopes, bias)
        else:
            found = _classes(deep, fast, answers, weights / weights.mean())
            self.trust[columns], self.fast[columns] = found[0], found[1]
            self.biases[columns] = found[2:]

    def mixed(self, columns: slice, deep: Floats, fast: Floats) -> Floats:
        found: Floats = (
            deep * self.trust[columns] + fast * self.fast[columns] + self.biases[columns]
        )
        return found


def tried(columns: slice, deep: Floats, fast: Floats, answers: Whole, seed: int) -> Floats:
    """Mixed scores of each row, by weights that never saw it."""
    found = np.zeros_like(deep)
    for learn, trial in folds_of([str(answer) for answer in answers], seed):
        mixing = Mixing.of_fast_alone()
        mixing.learn(columns, deep[learn], fast[learn], answers[learn])
        found[trial] = mixing.mixed(columns, deep[trial], fast[trial])
    return found


def said(scores: Floats) -> Whole:
    """The class of each row: the likeliest, or of one column whether it is likelier than not."""
    if scores.shape[1] == 1:
        return (scores[:, 0] > 0).astype(np.int64)
    found: Whole = scores.argmax(axis=1).astype(np.int64)
    return found


def _classes(deep: Floats, fast: Floats, answers: Whole, weights: Floats) -> Floats:
    """Trust in deep, in fast, and a bias for each class, by the likelihood of the answers, each of which
    counts as much as its weight."""
    from scipy.optimize import minimize

    count = deep.shape[1]
    picked = np.arange(len(answers)), answers

    def loss(guess: Floats) -> float:
        scores = guess[0] * deep + guess[1] * fast + guess[2:]
        scores = scores - scores.max(axis=1, keepdims=True)
        told = weights * (np.log(np.exp(scores).sum(axis=1)) - scores[picked])
        return float(told.mean() + _HELD_BACK * np.square(guess[2:]).sum())

    found: Floats = minimize(loss, np.array([0.5, 0.5, *[0.0] * count]), method="L-BFGS-B").x
    return found
