"""Teaching the whole encoder what a complaint is, fold by fold and in the end on everything. Needs PyTorch.

An encoder that has seen a text's label says nothing of what it is worth on that text: each fold has an
encoder of its own, taught on the other folds, from the same start. What the start says of moods is
held on to while complaints are learnt, by a head that begins as one fitted over the start. A handle is one piece, the same for all, and left out at random,
so that whoever addresses nobody is read as well.
"""

import hashlib
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amends.terms import BadInput
from amends.understanding.deep.encoder import GRAPH, PLACES, VOCABULARY
from amends.understanding.deep.wordpiece import WordPieces
from amends.understanding.fast.model import COLUMNS, EMOTION, SENTIMENT
from amends.understanding.training import bert
from amends.understanding.training.encoder import place_handle, rate_at, sample_of
from amends.understanding.training.export import Shape, export, read_back
from amends.understanding.training.heads import MISSED, Floats, Line, Rows, Whole, fit_dense
from amends.understanding.training.rows import MOODS, moods_in

BATCH = 32
GROUPS = (SENTIMENT, EMOTION, *(slice(COLUMNS.index(name), COLUMNS.index(name) + 1)
                                for name in ("offensive", "hate", "irony")))  # fmt: skip
Progress = Callable[[str], None]
Numbers = NDArray[np.float32]
Layers = list[dict[str, Numbers]]


@dataclass(frozen=True, slots=True)
class Tuning:
    """How the encoder is tuned: how often each text is shown, and in how many goes the domains are left
    out (each go leaves out as many of them at once as are needed; with nine goes each is left out alone).
    ``hold``: how much what is known of moods counts beside what is learnt of complaints."""

    rounds: int = 2
    goes: int = 9
    hold: float = 0.3
    gait: bert.Gait = field(default_factory=bert.Gait)


class Tuner:
    """Teaches copies of one encoder on some texts, and asks them about others.

    ``folder``: the encoder to start from, as ``amends train`` wrote it, untaught about complaints; ``said``:
    a folder that keeps what copies said, so that a run that was broken off goes on where it stood.
    Raises BadInput where PyTorch or something in the folder is missing.
    """

    def __init__(
        self,
        folder: Path,
        texts: Sequence[str],
        answers: Sequence[int],
        how: Tuning,
        seed: int,
        progress: Progress,
        said: Path | None = None,
    ) -> None:
        if not bert.can_run():
            raise BadInput("Tuning the encoder needs PyTorch: pip install 'amends[encoder]'.")
        self._embeddings, self._layers, self._shape = _start(folder)
        self._words, self._moods = _with_handle(folder, self._embeddings), moods_in(folder)
        pieces = WordPieces(self._words)
        self._handle = pieces.handle
        self._texts = [pieces.ids(text, PLACES) for text in texts]
        self._bare = [[one for one in ids if one != self._handle] for ids in self._texts]
        self._answers, self._how, self._seed = list(answers), how, seed
        self.goes = how.goes
        self._progress, self._kept_in = progress, said
        told = repr((self._texts, self._answers, how, seed)).encode()
        self._key = hashlib.sha256((folder / GRAPH).read_bytes() + told)
        start = self._fresh(Line(np.zeros(len(self._moods[0])), 0.0))
        shown, bare = (bert.rows_of(start, ids) for ids in (self._texts, self._bare))
        self.start_rows = Rows(shown, bare)
        weights, biases = self._moods
        self._said = [rows @ weights + biases for rows in (shown, bare)]

    def judge(self, learn: Whole, trial: Whole) -> Floats:
        """What a copy that was taught on some rows says of others, with and without their handles,
        shape (n, 2)."""
        key = self._key.copy()
        key.update(repr((learn.tolist(), trial.tolist())).encode())
        path = self._kept_in / f"{key.hexdigest()[:16]}.npy" if self._kept_in else None
        if path is not None and path.is_file():
            known: Floats = np.load(path, allow_pickle=False)
            return known
        said = self._judged(learn, trial)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, said)
        return said

    def _judged(self, learn: Whole, trial: Whole) -> Floats:
        model = self._taught(learn)
        found = [
            _line(model).scores(bert.rows_of(model, [texts[row] for row in trial]))
            for texts in (self._texts, self._bare)
        ]
        return np.stack(found, axis=1)

    def finish(self, out: Path) -> Line:
        """Teach a copy on everything and write it to ``out`` as an encoder's folder; gives the complaint
        head over its rows."""
        model = self._taught(np.arange(len(self._texts)))
        embeddings, layers = bert.arrays(model)
        out.mkdir(parents=True, exist_ok=True)
        sample = sample_of(self._texts, self._seed)
        export(out / GRAPH, embeddings, layers, self._shape, sample)
        (out / VOCABULARY).write_text("\n".join(self._words) + "\n", "utf-8")
        weights, biases = bert.heads(model)["kept"]
        np.savez(out / MOODS, weights=weights.T.copy(), biases=biases, complaints=np.array(1))
        return _line(model)

    def _fresh(self, line: Line) -> bert.Bert:
        """A copy of the start, with a head for complaints to begin with."""
        weights, biases = self._moods
        first = (line.weights[None].astype(np.float32), np.array([line.bias], np.float32))
        heads = {"kept": (weights.T.copy(), biases), "taught": first}
        return bert.again(
            self._embeddings, self._layers, self._shape, heads, self._how.gait, self._seed
        )

    def _taught(self, learn: Whole) -> bert.Bert:
        seen = self.start_rows.some(learn, self._seed)
        model = self._fresh(fit_dense(seen, np.array(self._answers)[learn]))
        plan = self._plan([int(row) for row in learn])
        for step, batch in enumerate(plan):
            ids = [(self._bare if missed else self._texts)[row] for row, missed in batch]
            kept = np.stack([self._said[missed][row] for row, missed in batch])
            answers = [self._answers[row] for row, _ in batch]
            rate = rate_at(step, len(plan))
            hold = self._how.hold
            loss = bert.learn_beside(model, ids, answers, kept, GROUPS, hold, rate)
            if step % 100 == 0:
                self._progress(f"tuning on {len(learn)}: step {step} of {len(plan)}, {loss:.3f}")
            if not math.isfinite(loss):
                raise BadInput("Tuning the encoder ran away; try another seed.")
        return model

    def _plan(self, learn: Sequence[int]) -> list[list[tuple[int, bool]]]:
        """Batches of rows of like length, each row with whether its handles are left out this time."""
        chance = random.Random(self._seed)  # noqa: S311 (a draw, not a secret)
        plan = []
        for _ in range(self._how.rounds):
            rows = [(row, chance.random() < MISSED) for row in learn]
            chance.shuffle(rows)
            found = []
            for start in range(0, len(rows), BATCH * 20):
                near = sorted(rows[start : start + BATCH * 20], key=lambda one: self._length(*one))
                found += [near[at : at + BATCH] for at in range(0, len(near), BATCH)]
            chance.shuffle(found)
            plan += found
        return plan

    def _length(self, row: int, missed: bool) -> int:
        return len((self._bare if missed else self._texts)[row])


def _line(model: bert.Bert) -> Line:
    weights, biases = bert.heads(model)["taught"]
    return Line(weights[0].astype(np.float64), float(biases[0]))


def _start(folder: Path) -> tuple[dict[str, Numbers], Layers, Shape]:
    try:
        return read_back(folder / GRAPH)
    except (OSError, ValueError, KeyError, StopIteration) as error:
        raise BadInput(f"{folder} holds no encoder that `amends train` wrote.") from error


def _with_handle(folder: Path, embeddings: dict[str, Numbers]) -> list[str]:
    """The vocabulary with a piece for handles."""
    words = (folder / VOCABULARY).read_text("utf-8").splitlines()
    place_handle(words, embeddings["word.weight"])
    return words
