"""Training: from labelled files to a model, its card and its figures. Needs the extra ``train``.

``train_from(discover(folder), out, seed=7, permissive=False, progress=print)`` writes into
``out``: ``reader.npz`` (weights), ``card.json`` (every figure) and ``card.md`` (the same, to read).
"""

from amends.understanding.training.files import TrainingFiles, discover
from amends.understanding.training.run import train_from

__all__ = ["TrainingFiles", "discover", "train_from"]
