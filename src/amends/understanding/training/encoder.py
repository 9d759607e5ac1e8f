"""Teaching the deep tier's encoder: a small BERT, tuned on several readings at once. Needs PyTorch.

It starts from a folder as Hugging Face lays it out (``model.safetensors``, ``config.json``, ``vocab.txt``), and
never sees a label of the complaint sets: their heads are fitted over the finished, frozen encoder, so
that what is measured fold by fold was not learnt from.
"""

import json
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amends.terms import BadInput
from amends.understanding.deep.encoder import GRAPH, PLACES, VOCABULARY
from amends.understanding.deep.wordpiece import WordPieces
from amends.understanding.fast.model import COLUMNS, EMOTION, SENTIMENT
from amends.understanding.training import bert, lessons
from amends.understanding.training.export import Shape, export
from amends.understanding.training.files import GO_EMOTIONS
from amends.understanding.training.rows import MOODS

BATCH, WARMING = 48, 0.06
_BINARY = ("offensive", "hate", "irony")
Progress = Callable[[str], None]
Pairs = list[tuple[list[int], Any]]


@dataclass(frozen=True, slots=True)
class Task:
    """Texts as pieces with their answers: a class's number, or for ``many`` the numbers that hold."""

    name: str
    pairs: Pairs
    classes: int
    many: bool = False


def tasks_of(sets: lessons.Sets, pieces: WordPieces) -> list[Task]:
    """What the encoder is taught, of the sets that are there; complaint sets are no part of it."""
    made: list[tuple[str, lessons.Lesson, int]] = [
        ("sentiment", lessons.sentiment_lesson(sets), len(range(*SENTIMENT.indices(99)))),
        ("emotion", lessons.emotion_lesson(sets), len(range(*EMOTION.indices(99)))),
        *(
            (name, lessons.tag_lesson(sets, (f"tweeteval-{name}",), name), 2)
            for name in _BINARY[:2]
        ),
        ("irony", lessons.irony_lesson(sets), 2),
    ]
    tasks = [
        Task(
            name,
            [(pieces.ids(text, PLACES), answer)
             for text, answer in zip(lesson.texts, lesson.answers, strict=True)],
            classes,
        )
        for name, lesson, classes in made
    ]  # fmt: skip
    feelings = [
        (pieces.ids(row.text, PLACES), [GO_EMOTIONS.index(tag) for tag in row.tags])
        for row in sets.get("goemotions", ())
    ]
    return [*tasks, Task("feelings", feelings, len(GO_EMOTIONS), many=True)]


def batches_of(tasks: Sequence[Task], seed: int) -> list[tuple[Task, Pairs]]:
    """Batches of one task and of like length each, in a drawn order."""
    chance = random.Random(seed)  # noqa: S311 (a draw, not a secret)
    found = []
    for task in tasks:
        pairs = task.pairs.copy()
        chance.shuffle(pairs)
        for start in range(0, len(pairs), BATCH * 20):
            near = sorted(pairs[start : start + BATCH * 20], key=lambda pair: len(pair[0]))
            found += [(task, near[at : at + BATCH]) for at in range(0, len(near), BATCH)]
    chance.shuffle(found)
    return found


def rate_at(step: int, steps: int) -> float:
    """The share of the full rate at a step: rising, then falling to a fiftieth."""
    return min(1.0, (step + 1) / (WARMING * steps)) * max(0.02, 1 - step / steps)


def train_encoder(
    sets: lessons.Sets, start: Path, out: Path, *, seed: int, epochs: int, progress: Progress
) -> None:
    """Tune the encoder in ``start`` and write its graph, vocabulary and heads to ``out``.

    An epoch of all sets takes about an hour on one core. Raises BadInput where PyTorch is missing or
    ``start`` is no BERT.
    """
    if not bert.can_run():
        raise BadInput("Training the encoder needs PyTorch: pip install 'amends[encoder]'.")
    try:
        config = json.loads((start / "config.json").read_text("utf-8"))
        words = (start / "vocab.txt").read_text("utf-8")
    except (OSError, ValueError) as error:
        raise BadInput(f"{start} holds no config.json and vocab.txt of a BERT.") from error
    tasks = tasks_of(sets, WordPieces(words.splitlines()))
    model = bert.load(start, config, {task.name: task.classes for task in tasks}, seed)
    batches = [batch for epoch in range(epochs) for batch in batches_of(tasks, seed + epoch)]
    for step, (task, pairs) in enumerate(batches):
        loss = bert.learn(model, task, pairs, rate_at(step, len(batches)))
        if step % 50 == 0:
            progress(f"step {step} of {len(batches)}: {task.name} {loss:.3f}")
        if not math.isfinite(loss):
            raise BadInput("Training the encoder ran away; try another seed.")
    out.mkdir(parents=True, exist_ok=True)
    embeddings, layers = bert.arrays(model)
    export(out / GRAPH, embeddings, layers, Shape(int(config["num_attention_heads"])))
    (out / VOCABULARY).write_text(words, "utf-8")
    weights, biases = moods_of(bert.heads(model), len(layers))
    np.savez(out / MOODS, weights=weights, biases=biases)


def moods_of(
    heads: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]], layers: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The heads, weights (classes, width) and biases, as columns over the rows of all layers, of which
    they see the last: weights (layers * width, 15) and biases (15,)."""
    width = next(iter(heads.values()))[0].shape[1]
    weights = np.zeros((layers * width, len(COLUMNS)), np.float32)
    biases = np.zeros(len(COLUMNS), np.float32)
    last = slice((layers - 1) * width, None)
    for name, columns in (("sentiment", SENTIMENT), ("emotion", EMOTION)):
        weights[last, columns], biases[columns] = heads[name][0].T, heads[name][1]
    for name in _BINARY:
        column = COLUMNS.index(name)
        weights[last, column] = heads[name][0][1] - heads[name][0][0]
        biases[column] = heads[name][1][1] - heads[name][1][0]
    return weights, biases
