"""The fast tier: linear heads over hashed words and pieces of words, for every text."""

from amends.understanding.fast.model import COLUMNS, Weights, load_weights, save_weights
from amends.understanding.fast.tier import FastTier

__all__ = ["COLUMNS", "FastTier", "Weights", "load_weights", "save_weights"]
