"""Every head of the fast tier but the complaint's, each from its lesson."""

from collections.abc import Callable, Sequence

import numpy as np

from amends.understanding.training import lessons
from amends.understanding.training.heads import Held, Line, Space, fit_classes, fit_held
from amends.understanding.training.written import THANKS, TIMES

Progress = Callable[[str], None]


def fit_columns(
    space: Space, sets: lessons.Sets, seed: int, progress: Progress
) -> tuple[list[Line], dict[str, Held]]:
    """The heads in the order of ``fast.model.COLUMNS`` after the complaint's, and what each said of
    a tenth that it did not see."""
    progress("fitting sentiment and emotion")
    held = {
        "sentiment": fit_classes(space, lessons.sentiment_lesson(sets), 3, seed),
        "emotion": fit_classes(space, lessons.emotion_lesson(sets), 4, seed, 1.0),
    }
    progress("fitting arousal, abuse, irony, praise, questions and requests")
    held["arousal"] = fit_held(space, lessons.arousal_lesson(sets), seed)
    for name in ("offensive", "hate"):
        lesson = lessons.tag_lesson(sets, (f"tweeteval-{name}",), name)
        held[name] = fit_held(space, lesson, seed)
    held["irony"] = fit_held(space, lessons.irony_lesson(sets), seed)
    held["praise"] = fit_held(space, lessons.praise_lesson(sets), seed, THANKS * TIMES)
    held["question"] = fit_held(space, lessons.question_lesson(sets, seed), seed)
    held["request"] = fit_held(space, lessons.request_lesson(sets, seed), seed)
    return [line for one in held.values() for line in one.lines], held


def stacked(
    lines: Sequence[Line],
) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]], list[float]]:
    """Weights of shape (BUCKETS, n), and the n biases."""
    return np.stack([line.weights for line in lines], axis=1), [line.bias for line in lines]
