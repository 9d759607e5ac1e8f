"""Made-up words, the commonest first, each as frequent as its rank says (Zipf)."""

import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

VOCABULARY = 200_000
_STARTS, _VOWELS = "bcdfghklmnprstvwyz", "aeiou"
_SYLLABLES = [start + vowel for start in _STARTS for vowel in _VOWELS] + ["in", "on", "an", "er"]
_LENGTHS = (1, 2, 2, 3, 3, 3, 4, 4, 5)  # in syllables


def vocabulary(chance: random.Random, size: int = VOCABULARY) -> list[str]:
    """Words without repetition; the frequent ones tend to be short, as in languages."""
    found: dict[str, None] = {}
    tries = 0
    while len(found) < size:
        tries += 1
        ends = min(len(_LENGTHS), 2 + tries * 20 // size)
        found["".join(chance.choices(_SYLLABLES, k=chance.choice(_LENGTHS[:ends])))] = None
    return list(found)


def weights(size: int) -> npt.NDArray[np.float64]:
    """How likely a word of each rank is; they add up to one."""
    share = 1.0 / (np.arange(size) + 2.7)
    return np.asarray(share / share.sum(), dtype=np.float64)


def drawn(words: Sequence[str], count: int, seed: int) -> list[str]:
    """``count`` words as they would follow each other in text."""
    ranks = np.random.default_rng(seed).choice(len(words), size=count, p=weights(len(words)))
    return [words[rank] for rank in ranks.tolist()]
