"""What a run has to read: rows by set, each text once, and what a folder holds of an encoder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amends.terms import BadInput
from amends.understanding.deep.encoder import Encoder, load_encoder
from amends.understanding.deep.wordpiece import without_handles
from amends.understanding.fast.model import COLUMNS
from amends.understanding.training import lessons
from amends.understanding.training.files import (
    KNOWN_SETS,
    Row,
    TrainingFiles,
    rows_of,
    without_repeats,
)
from amends.understanding.training.heads import Rows

MOODS = "moods.npz"
MEASURED_ONLY = (
    *(known.name for known in KNOWN_SETS if known.name.endswith("-val")),
    "airline-sentiment",
)
Progress = Callable[[str], None]
Numbers = NDArray[np.float32]


def read_sets(
    config: TrainingFiles, progress: Progress
) -> tuple[dict[str, list[Row]], dict[str, tuple[int, int]]]:
    """The rows by set, each text once over all sets, and how many there were and are of each.

    What is measured on is read first, so a text found twice is measured, not learnt; but the
    non-commercial set comes last and keeps only what nothing else holds.
    """
    seen: set[str] = set()
    sets: dict[str, list[Row]] = {}
    counts: dict[str, tuple[int, int]] = {}
    for known in sorted(KNOWN_SETS, key=lambda one: _turn(one.name)):
        if known.name in config.found:
            progress(f"reading {known.name}")
            rows = list(rows_of(known, config.found[known.name]))
            sets[known.name] = without_repeats(rows, seen)
            counts[known.name] = (len(rows), len(sets[known.name]))
    return sets, counts


def _turn(name: str) -> int:
    if name in lessons.COMPLAINTS:
        return 0
    return 1 if name.endswith("-val") else 3 if name == "airline-sentiment" else 2


@dataclass(frozen=True, slots=True)
class Deep:
    """An encoder and the heads that were trained with it: weights (width, 15), biases (15,);
    columns of noughts where it has no head. ``tuned``: whether it has seen labels of complaints."""

    encoder: Encoder
    weights: Numbers
    biases: Numbers
    tuned: bool = False

    @property
    def handles(self) -> bool:
        """Whether the encoder sees that a handle stands somewhere, though never which."""
        return self.encoder.handles

    def rows(self, texts: Sequence[str]) -> Numbers:
        return self.encoder.rows(texts)

    def both_rows(self, texts: Sequence[str]) -> Rows:
        """Rows of texts as they are written, and without their handles."""
        shown = self.rows(texts)
        bare = shown.copy()
        addressed = [row for row, text in enumerate(texts) if without_handles(text) != text]
        if self.handles and addressed:
            bare[addressed] = self.rows([without_handles(texts[row]) for row in addressed])
        return Rows(shown, bare)

    def scores(self, rows: Numbers) -> NDArray[np.float64]:
        found: NDArray[np.float64] = (rows @ self.weights + self.biases).astype(np.float64)
        return found


def load_deep(folder: Path) -> Deep:
    """The encoder in a folder, with its heads. Raises BadInput where something is missing."""
    encoder = load_encoder(folder)
    weights, biases = moods_in(folder)
    if weights.shape != (encoder.width, len(COLUMNS)) or biases.shape != (len(COLUMNS),):
        raise BadInput(f"{MOODS} in {folder} does not fit the encoder beside it.")
    with np.load(folder / MOODS, allow_pickle=False) as stored:
        return Deep(encoder, weights, biases, "complaints" in stored)


def moods_in(folder: Path) -> tuple[Numbers, Numbers]:
    """The heads trained with an encoder: weights (width, 15), biases (15,). Raises BadInput without."""
    try:
        with np.load(folder / MOODS, allow_pickle=False) as stored:
            return stored["weights"].astype(np.float32), stored["biases"].astype(np.float32)
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(f"{folder} lacks {MOODS}, the heads trained with the encoder.") from error
