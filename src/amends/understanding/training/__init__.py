"""Training: from labelled files to a model, its card and its figures. Needs the extra ``train``.

``train_from(discover(folder), out, seed=7, permissive=False, progress=print)`` writes into ``out``:
``reader.npz`` (the fast tier), ``card.json`` (every figure), ``card.md`` (the same, to read) and
``report.html``; with an encoder's folder also ``heads.npz``, beside a copy of it. ``tune_encoder`` makes
such a folder.
"""

from amends.understanding.training.files import TrainingFiles, discover
from amends.understanding.training.run import train_from, tune_encoder
from amends.understanding.training.tuning import Tuning

__all__ = ["TrainingFiles", "Tuning", "discover", "train_from", "tune_encoder"]
