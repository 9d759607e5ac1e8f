"""One training run: read, tell apart, fit, measure, write."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from amends.terms import BadInput
from amends.understanding.features import BUCKETS
from amends.understanding.model import (
    COLUMNS,
    Weights,
    digest,
    load_weights,
    save_weights,
    squeeze,
)
from amends.understanding.reader import LinearReader
from amends.understanding.training import figures, lessons
from amends.understanding.training.card import card_text
from amends.understanding.training.files import (
    KNOWN_SETS,
    Row,
    TrainingFiles,
    rows_of,
    without_repeats,
)
from amends.understanding.training.heads import (
    HINT_STRENGTH,
    ComplaintData,
    Floats,
    Held,
    Line,
    Space,
    Whole,
    fit_held,
    fit_line,
    fit_sentiment,
    folds_of,
    platt,
    sigmoid,
)
from amends.understanding.training.written import THANKS, TIMES

NAME = "reader-1"
RECALL_WANTED = 0.90
MEASURED_ONLY = ("tweeteval-sentiment-val", "airline-sentiment")
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Out:
    """A finished fit: its weights and the figures its own making gave."""

    weights: Weights
    figures: dict[str, Any]


def train_from(
    config: TrainingFiles,
    out: Path,
    *,
    seed: int,
    permissive: bool,
    progress: Progress,
) -> dict[str, Any]:
    """Train a reader, measure it, and write ``reader.npz``, ``card.json`` and ``card.md`` to ``out``.

    The same files and seed give the same bytes. Sets marked non-commercial are measured on and
    never learnt from; ``permissive`` learns from clearly licensed sets alone. Both ways are fitted
    where the files allow, so that the card can say what the stricter one costs. Returns the
    card. Raises BadInput where a file cannot be read or a head finds no examples.
    """
    sets, counts = _read(config, progress)
    trials = {name: sets.pop(name) for name in MEASURED_ONLY if name in sets}
    complaints = [row for name in lessons.COMPLAINTS for row in sets.get(name, ())]
    clear = {name: rows for name, rows in sets.items() if _clear(name)}
    if complaints:
        sets.pop("intent-bitext", None)  # stands in for labelled complaints where there are none
    chosen = _fit(clear if permissive else sets, seed, progress)
    card: dict[str, Any] = {
        "name": NAME,
        "model": chosen.weights.name,
        "seed": seed,
        "permissive": permissive,
        "threshold": chosen.weights.threshold,
        "sets": _provenance(counts, clear if permissive else sets),
        "figures": {**chosen.figures, **_measured(chosen.weights, trials, seed)},
    }
    progress("fitting with clearly licensed sets alone, for comparison")
    card["permissive_costs"] = _costs(chosen, clear, permissive, complaints, trials, seed)
    out.mkdir(parents=True, exist_ok=True)
    save_weights(chosen.weights, out / "reader.npz")
    (out / "card.json").write_text(json.dumps(card, indent=1, sort_keys=True) + "\n", "utf-8")
    (out / "card.md").write_text(card_text(card), "utf-8")
    load_weights(out / "reader.npz")
    return card


def _read(
    config: TrainingFiles, progress: Progress
) -> tuple[dict[str, list[Row]], dict[str, tuple[int, int]]]:
    """The rows by set, each text once over all sets, in the order of ``KNOWN_SETS``.

    That order puts what is measured on first, so a text found twice is measured, not learnt; but
    the non-commercial set comes last and keeps only what nothing else holds.
    """
    seen: set[str] = set()
    sets: dict[str, list[Row]] = {}
    counts: dict[str, tuple[int, int]] = {}
    for known in sorted(KNOWN_SETS, key=lambda one: one.licence == "non-commercial"):
        if known.name in config.found:
            progress(f"reading {known.name}")
            rows = list(rows_of(known, config.found[known.name]))
            sets[known.name] = without_repeats(rows, seen)
            counts[known.name] = (len(rows), len(sets[known.name]))
    return sets, counts


def _clear(name: str) -> bool:
    return next(known.licence for known in KNOWN_SETS if known.name == name) == "clear"


def _provenance(
    counts: dict[str, tuple[int, int]], learnt: dict[str, list[Row]]
) -> list[dict[str, Any]]:
    return [
        {
            "name": known.name,
            "licence": known.stated,
            "kind": known.licence,
            "rows": counts[known.name][0],
            "kept": counts[known.name][1],
            "use": "learnt from" if known.name in learnt else "measured only",
        }
        for known in KNOWN_SETS
        if known.name in counts
        and (known.name in learnt or known.name in (*MEASURED_ONLY, *lessons.COMPLAINTS))
    ]


def _fit(
    sets: dict[str, list[Row]], seed: int, progress: Progress, *, measure: bool = True
) -> _Out:
    lesson = lessons.complaint_lesson(sets)
    sentiment_lesson = lessons.sentiment_lesson(sets)
    progress("counting words")
    rows = [row.text for name in sorted(sets) for row in sets[name]]
    space = Space(rows)
    progress("fitting sentiment")
    sentiment = fit_sentiment(space, sentiment_lesson, seed)
    hints: list[Line] = []
    if any(name in sets for name in lessons.COMPLAINTS):
        progress("fitting hints")
        hints = list(sentiment.lines)
        for hint in lessons.hint_lessons(sets).values():
            answers = np.array(hint.answers, dtype=np.int64)
            hints.append(fit_line(space.matrix(hint.texts), answers, HINT_STRENGTH, seed))
    progress("fitting praise and question")
    praise = fit_held(space, lessons.praise_lesson(sets), seed, THANKS * TIMES)
    question = fit_held(space, lessons.question_lesson(sets, seed), seed)
    progress("fitting complaint, five folds in five folds")
    data = ComplaintData(space, lesson, hints, seed)
    origin = _origins(sets, lesson)
    complaint, shares = _fit_complaint(data, origin)
    found: dict[str, Any] = {}
    if measure:
        shares, said = _nested(data, origin, seed)
        found["complaint_across"] = _across(data, origin, seed)
    threshold = figures.recall_first(data.answers, shares, RECALL_WANTED)
    if measure:
        found |= _complaint_figures(origin, data.answers, shares, said, threshold, seed)
    lines = [complaint, *sentiment.lines, *praise.lines, *question.lines]
    found |= {
        "praise_held_out": _held(praise, seed),
        "question_held_out": _held(question, seed),
        "sentiment_held_out": figures.with_interval(
            figures.macro_recall, sentiment.answers, sentiment.probabilities.argmax(axis=1), seed
        ),
    }
    return _Out(_weights(space, lines, threshold), found)


def _origins(sets: dict[str, list[Row]], lesson: lessons.Lesson) -> list[tuple[str, str, str]]:
    """Set, part and length band of each complaint text."""
    known = {row.text: row for rows in sets.values() for row in rows}
    return [
        (known[text].origin, known[text].part, figures.length_band(text)) for text in lesson.texts
    ]


def _fit_complaint(
    data: ComplaintData, origin: Sequence[tuple[str, str, str]]
) -> tuple[Line, Floats]:
    """The calibrated head, and the probabilities its calibration saw, out of fold."""
    everything = np.arange(len(data.answers))
    scores = data.out_of_fold(everything, _strata(data, origin))
    slope, bias = platt(scores, data.answers)
    line = data.folded(data.fit(everything)).bent(slope, bias)
    return line, sigmoid(slope * scores + bias)


def _strata(data: ComplaintData, origin: Sequence[tuple[str, str, str]]) -> list[str]:
    return [
        f"{source} {answer}" for (source, _, _), answer in zip(origin, data.answers, strict=True)
    ]


def _nested(
    data: ComplaintData, origin: Sequence[tuple[str, str, str]], seed: int
) -> tuple[Floats, Whole]:
    """Probabilities and yes or no for each row, out of fold.

    Calibration and cut are fitted inside each fold's own learning rows, so nothing that is
    measured had a part in them.
    """
    answers, strata = data.answers, _strata(data, origin)
    shares, said = np.zeros(len(answers)), np.zeros(len(answers), dtype=np.int64)
    for learn, trial in folds_of(strata, seed):
        inner = data.out_of_fold(learn, strata)
        slope, bias = platt(inner, answers[learn])
        cut = figures.best_cut(answers[learn], sigmoid(slope * inner + bias))
        scores = data.scores(data.fit(learn), trial)
        shares[trial] = sigmoid(slope * scores + bias)
        said[trial] = shares[trial] >= cut
    return shares, said


def _across(
    data: ComplaintData, origin: Sequence[tuple[str, str, str]], seed: int
) -> dict[str, Any]:
    """Macro-F1 on each set of a head that saw the other sets alone."""
    sources = np.array([source for source, _, _ in origin])
    found: dict[str, Any] = {}
    for name in sorted(set(sources.tolist())):
        trial, learn = np.nonzero(sources == name)[0], np.nonzero(sources != name)[0]
        if len(learn):
            said = (data.scores(data.fit(learn), trial) > 0).astype(np.int64)
            found[name] = figures.with_interval(figures.macro_f1, data.answers[trial], said, seed)
    return found


def _complaint_figures(
    origin: Sequence[tuple[str, str, str]],
    answers: Whole,
    shares: Floats,
    said: Whole,
    threshold: float,
    seed: int,
) -> dict[str, Any]:
    sources = np.array([source for source, _, _ in origin])
    flagged = (shares >= threshold).astype(np.int64)
    found: dict[str, Any] = {}
    for name in sorted(set(sources.tolist())):
        rows = np.nonzero(sources == name)[0]
        found[name] = {
            "complaints": int(answers[rows].sum()),
            "macro_f1": figures.with_interval(figures.macro_f1, answers[rows], said[rows], seed),
            "auc": figures.ranking(answers[rows], shares[rows]),
            "at_threshold": figures.recall_and_precision(answers[rows], flagged[rows]),
            "ece": figures.reliability(answers[rows], shares[rows])["ece"],
        }
    parts = [f"{source}: {part}" for source, part, _ in origin]
    bands = [band for _, _, band in origin]
    return {
        "complaint_out_of_fold": found,
        "complaint_at_threshold": figures.recall_and_precision(answers, flagged),
        "complaint_reliability": figures.reliability(answers, shares),
        "complaint_by_part": figures.by_slice(parts, answers, shares, threshold),
        "complaint_by_length": figures.by_slice(bands, answers, shares, threshold),
    }


def _held(held: Held, seed: int) -> dict[str, Any]:
    said = (held.probabilities >= 0.5).astype(np.int64)
    return {
        "macro_f1": figures.with_interval(figures.macro_f1, held.answers, said, seed),
        "at_half": figures.recall_and_precision(held.answers, said),
        "ece": figures.reliability(held.answers, held.probabilities)["ece"],
    }


def _weights(space: Space, lines: Sequence[Line], threshold: float) -> Weights:
    columns = np.stack([line.weights for line in lines], axis=1)
    if columns.shape != (BUCKETS, len(COLUMNS)):
        raise BadInput("The fitted heads do not match the model format; report this.")
    table, scales = squeeze(columns)
    biases = np.array([line.bias for line in lines], dtype=np.float32)
    name = f"{NAME}.{digest(space.idf, table)[:8]}"
    return Weights(name, threshold, space.idf, table, scales, biases)


def _measured(weights: Weights, trials: dict[str, list[Row]], seed: int) -> dict[str, Any]:
    """Figures of the finished file, read as the product reads it, on sets it did not learn from."""
    reader = LinearReader(weights)
    found: dict[str, Any] = {}
    for name, rows in trials.items():
        readings = reader.read([row.text for row in rows])
        order = {"negative": 0, "neutral": 1, "positive": 2}
        answers = np.array([order[next(iter(row.tags))] for row in rows], dtype=np.int64)
        said = np.array([order[reading.sentiment] for reading in readings], dtype=np.int64)
        flagged = np.array([reading.complaint >= weights.threshold for reading in readings])
        praised = np.array([reading.praise >= 0.5 for reading in readings], dtype=np.int64)
        found[name] = {
            "sentiment": figures.with_interval(figures.macro_recall, answers, said, seed),
            "flagged": {
                mood: figures.share(
                    int(flagged[answers == place].sum()), int((answers == place).sum())
                )
                for mood, place in order.items()
            },
            "praise_of_positive": figures.recall_and_precision(
                (answers == 2).astype(np.int64), praised
            ),
        }
    return found


def _costs(
    chosen: _Out,
    clear: dict[str, list[Row]],
    permissive: bool,
    complaints: list[Row],
    trials: dict[str, list[Row]],
    seed: int,
) -> dict[str, Any] | None:
    """The figures of a reader from clearly licensed sets alone; None where they do not suffice."""
    try:
        strict = chosen if permissive else _fit(clear, seed, lambda _: None, measure=False)
    except BadInput:
        return None
    reader = LinearReader(strict.weights)
    found: dict[str, Any] = {"threshold": strict.weights.threshold}
    for name in sorted({row.origin for row in complaints}):
        rows = [row for row in complaints if row.origin == name]
        answers = np.array([int("complaint" in row.tags) for row in rows], dtype=np.int64)
        shares = np.array([read.complaint for read in reader.read([row.text for row in rows])])
        said = (shares >= 0.5).astype(np.int64)
        found[name] = {
            "macro_f1": figures.with_interval(figures.macro_f1, answers, said, seed),
            "auc": figures.ranking(answers, shares),
        }
    found |= {
        name: measured["sentiment"]
        for name, measured in _measured(strict.weights, trials, seed).items()
    }
    return found
