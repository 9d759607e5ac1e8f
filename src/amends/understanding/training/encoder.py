"""Teaching the deep tier's encoder: a small BERT, tuned on several readings at once. Needs PyTorch.

It starts from a folder as Hugging Face lays it out (``model.safetensors``, ``config.json``, ``vocab.txt``), or goes
on from one that ``amends train`` wrote, and then learns a piece that stands for handles, too. It never sees a label of the complaint sets: their heads are fitted over the finished, frozen encoder, so
that what is measured fold by fold was not learnt from.
"""

import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amends.terms import BadInput
from amends.understanding.deep.encoder import GRAPH, PLACES, VOCABULARY
from amends.understanding.deep.wordpiece import HANDLE, WordPieces
from amends.understanding.fast.model import COLUMNS, EMOTION, SENTIMENT
from amends.understanding.training import bert, lessons
from amends.understanding.training.export import Shape, export, read_back
from amends.understanding.training.files import GO_EMOTIONS
from amends.understanding.training.heads import MISSED
from amends.understanding.training.rows import MOODS, moods_in

BATCH, WARMING = 48, 0.06
SAMPLE = 1_000  # texts that tell how far numbers reach
SPARE, SIGN = "[unused0]", "@"
_GAIT = bert.Gait(rate=4e-5, heads=1.0, still=0)
_GROUPS = {"sentiment": SENTIMENT, "emotion": EMOTION}
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


def batches_of(
    tasks: Sequence[Task], seed: int, most: int | None = None
) -> list[tuple[Task, Pairs]]:
    """Batches of one task and of like length each, in a drawn order; of each task ``most`` texts at most,
    a small one up to twice."""
    chance = random.Random(seed)  # noqa: S311 (a draw, not a secret)
    found = []
    for task in tasks:
        pairs = task.pairs * (2 if most and 2 * len(task.pairs) < most * 1.5 else 1)
        chance.shuffle(pairs)
        pairs = pairs[:most] if most and len(pairs) > 1.5 * most else pairs
        for start in range(0, len(pairs), BATCH * 20):
            near = sorted(pairs[start : start + BATCH * 20], key=lambda pair: len(pair[0]))
            found += [(task, near[at : at + BATCH]) for at in range(0, len(near), BATCH)]
    chance.shuffle(found)
    return found


def rate_at(step: int, steps: int) -> float:
    """The share of the full rate at a step: rising, then falling to a fiftieth."""
    return min(1.0, (step + 1) / (WARMING * steps)) * max(0.02, 1 - step / steps)


def train_encoder(
    sets: lessons.Sets,
    start: Path,
    out: Path,
    *,
    seed: int,
    epochs: int,
    progress: Progress,
    most: int | None = None,
) -> None:
    """Tune the encoder in ``start`` and write its graph, vocabulary and heads to ``out``.

    An epoch of all sets takes about an hour on one core; ``most`` texts of each task take less. Raises
    BadInput where PyTorch is missing or ``start`` is no BERT.
    """
    if not bert.can_run():
        raise BadInput("Training the encoder needs PyTorch: pip install 'amends[encoder]'.")
    further = (start / GRAPH).is_file()
    begun = _further(start, sets, seed) if further else _from_hub(start, sets, seed)
    handle, chance = begun.pieces.handle, random.Random(seed)  # noqa: S311 (a draw, not a secret)
    batches = [
        batch for epoch in range(epochs) for batch in batches_of(begun.tasks, seed + epoch, most)
    ]
    for step, (task, pairs) in enumerate(batches):
        shown = [(_missed(ids, handle, chance), answer) for ids, answer in pairs]
        loss = bert.learn(begun.model, task, shown, rate_at(step, len(batches)))
        if step % 50 == 0:
            progress(f"step {step} of {len(batches)}: {task.name} {loss:.3f}")
        if not math.isfinite(loss):
            raise BadInput("Training the encoder ran away; try another seed.")
    out.mkdir(parents=True, exist_ok=True)
    embeddings, layers = bert.arrays(begun.model)
    texts = [ids for task in begun.tasks for ids, _ in task.pairs]
    export(out / GRAPH, embeddings, layers, begun.shape, sample_of(texts, seed))
    (out / VOCABULARY).write_text("\n".join(begun.words) + "\n", "utf-8")
    weights, biases = moods_of(bert.heads(begun.model), len(layers))
    np.savez(out / MOODS, weights=weights, biases=biases)


@dataclass(frozen=True, slots=True)
class _Begun:
    model: bert.Bert
    shape: Shape
    words: list[str]
    pieces: WordPieces
    tasks: list[Task]


def _from_hub(start: Path, sets: lessons.Sets, seed: int) -> _Begun:
    try:
        config = json.loads((start / "config.json").read_text("utf-8"))
        words = (start / "vocab.txt").read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise BadInput(f"{start} holds no config.json and vocab.txt of a BERT.") from error
    tasks = tasks_of(sets, pieces := WordPieces(words))
    model = bert.load(start, config, {task.name: task.classes for task in tasks}, seed)
    return _Begun(model, Shape(int(config["num_attention_heads"])), words, pieces, tasks)


def _further(start: Path, sets: lessons.Sets, seed: int) -> _Begun:
    """An encoder that ``amends train`` wrote, its heads, and a piece for handles."""
    try:
        embeddings, layers, shape = read_back(start / GRAPH)
        words = (start / VOCABULARY).read_text("utf-8").splitlines()
    except (OSError, ValueError, KeyError, StopIteration) as error:
        raise BadInput(f"{start} holds no encoder that `amends train` wrote.") from error
    place_handle(words, embeddings["word.weight"])
    tasks = tasks_of(sets, pieces := WordPieces(words))
    weights, biases = moods_in(start)
    width = embeddings["norm.weight"].shape[0]
    classes = {task.name: task.classes for task in tasks}
    heads = heads_in(weights[-width:], biases, classes, seed)
    model = bert.again(embeddings, layers, shape, heads, _GAIT, seed)
    return _Begun(model, shape, words, pieces, tasks)


def place_handle(words: list[str], table: NDArray[np.float32]) -> None:
    """Make a spare piece stand for handles; it begins as the sign that stands before them."""
    if HANDLE not in words and SPARE in words and SIGN in words:
        place = words.index(SPARE)
        words[place] = HANDLE
        table[place] = table[words.index(SIGN)]


def sample_of(texts: Sequence[list[int]], seed: int) -> list[list[int]]:
    """Some of the texts, as pieces, which tell how far an encoder's numbers reach."""
    chance = random.Random(seed)  # noqa: S311 (a draw, not a secret)
    return chance.sample(texts, min(SAMPLE, len(texts)))


def _missed(ids: list[int], handle: int | None, chance: random.Random) -> list[int]:
    """A text's pieces, now and then without those of handles."""
    if handle is None or handle not in ids or chance.random() >= MISSED:
        return ids
    return [one for one in ids if one != handle]


def heads_in(
    weights: NDArray[np.float32], biases: NDArray[np.float32], classes: Mapping[str, int], seed: int
) -> dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """What ``moods_of`` made columns of, over the last layer alone, as heads again; those that had no column begin anew."""
    chance = np.random.default_rng(seed)
    width = len(weights)
    found = {}
    for name, count in classes.items():
        fresh = chance.normal(0, 0.02, (count, width)).astype(np.float32)
        bias = np.zeros(count, np.float32)
        if name in _GROUPS:
            fresh, bias = weights[:, _GROUPS[name]].T.copy(), biases[_GROUPS[name]].copy()
        elif name in COLUMNS:
            column = COLUMNS.index(name)
            fresh = np.zeros_like(fresh)
            fresh[1], bias[1] = weights[:, column], biases[column]
        found[name] = (fresh, bias)
    return found


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
