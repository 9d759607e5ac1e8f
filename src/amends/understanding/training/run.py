"""One training run: read, tell apart, fit, measure, write."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from amends.terms import BadInput
from amends.understanding.deep.encoder import GRAPH, VOCABULARY
from amends.understanding.deep.heads import Heads, load_heads, save_heads
from amends.understanding.fast.features import BUCKETS
from amends.understanding.fast.model import (
    COLUMNS,
    Weights,
    digest,
    load_weights,
    save_weights,
    squeeze,
)
from amends.understanding.tiers import Tiers
from amends.understanding.training import figures, lessons, measured
from amends.understanding.training.card import card_text
from amends.understanding.training.columns import fit_columns
from amends.understanding.training.complaint import Complaint, Origin, across, fit_complaint
from amends.understanding.training.encoder import train_encoder
from amends.understanding.training.files import KNOWN_SETS, Row, TrainingFiles
from amends.understanding.training.heads import ComplaintData, Floats, Held, Line, Space, Whole
from amends.understanding.training.mixing import MIXED, Mixing, said, tried
from amends.understanding.training.report import report_text
from amends.understanding.training.rows import (
    MEASURED_ONLY,
    MOODS,
    Deep,
    load_deep,
    read_sets,
)
from amends.understanding.training.tuning import Tuner, Tuning

NAME = "reader-4"
RECALL_WANTED = 0.90
POOL = 20_000  # texts without labels on which the deep head teaches the fast one
SAID = "said"  # a folder beside the reader, of no use once the run is done
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Out:
    """A finished fit, and the figures its own making gave."""

    weights: Weights
    heads: Heads | None
    figures: dict[str, Any]
    curves: dict[str, Any]


def train_from(
    config: TrainingFiles,
    out: Path,
    *,
    seed: int,
    permissive: bool,
    progress: Progress,
    encoder: Path | None = None,
    own_encoder: bool = False,
    tuning: Tuning | None = None,
) -> dict[str, Any]:
    """Train a reader, measure it, and write ``reader.npz``, ``card.json``, ``card.md`` and
    ``report.html`` to ``out``; with an ``encoder``'s folder also ``heads.npz``, beside a copy of it.

    The same files and seed give the same bytes. Sets marked non-commercial are measured on and
    never learnt from; ``permissive`` learns from clearly licensed sets alone, and without an encoder
    unless it is ``own_encoder``, tuned on the same sets: the shipped one has learnt from others. Both ways are fitted where the files allow, so that the
    card can say what the stricter one costs. ``tuning`` teaches the encoder what a complaint is, fold by
    fold and in the end on everything, and writes it to ``out``. Returns the card. Raises BadInput where
    a file cannot be read or a head finds no examples.
    """
    deep = load_deep(encoder) if encoder and (own_encoder or not permissive) else None
    if deep is not None and deep.tuned:
        _refuse_twice(tuning)
        progress("the encoder has seen the labels of complaints; figures of both tiers flatter it")
    sets, counts = read_sets(config, progress)
    trials = {name: sets.pop(name) for name in MEASURED_ONLY if name in sets}
    complaints = [row for name in lessons.COMPLAINTS for row in sets.get(name, ())]
    clear = {name: rows for name, rows in sets.items() if _clear(name)}
    if complaints:
        sets.pop("intent-bitext", None)  # stands in for labelled complaints where there are none
    learnt = clear if permissive else sets
    tuner = None
    if tuning and encoder and deep:
        tuner = _tuner(learnt, encoder, tuning, seed, progress, out / SAID)
    chosen = _fit(learnt, trials, deep, seed, progress, tuner=tuner, out=out)
    deep, encoder = (load_deep(out), out) if tuner else (deep, encoder)
    tiers = _tiers(chosen, deep)
    progress("measuring")
    card: dict[str, Any] = {
        "name": NAME,
        "model": tiers["unsure" if deep else "fast"].model,
        "seed": seed,
        "permissive": permissive,
        "threshold": chosen.weights.threshold,
        "deep": deep is not None,
        "handles": deep is not None and deep.handles,
        "tuned": _how(tuning, tuner, deep),
        "sets": _provenance(counts, learnt),
        "figures": {**chosen.figures, "trials": measured.trials(tiers, trials, seed)},
        "edits": measured.edits(
            tiers, [*complaints, *trials.get("tweeteval-sentiment-val", ())], seed
        ),
    }
    progress("fitting with clearly licensed sets alone, for comparison")
    card["permissive_costs"] = _costs(chosen, clear, permissive, complaints, trials, seed)
    _write(out, card, chosen, encoder if deep else None)
    return card


def _tiers(chosen: _Out, deep: Deep | None) -> dict[str, Tiers]:
    """The reader by depth."""
    tiers = {"fast": Tiers(chosen.weights)}
    if deep and chosen.heads:
        tiers["unsure"] = Tiers(chosen.weights, deep.encoder, chosen.heads)
        tiers["all"] = tiers["unsure"].at("all")
    return tiers


def _refuse_twice(tuning: Tuning | None) -> None:
    if tuning is not None:
        raise BadInput(
            "This encoder has been tuned on complaints already, so nothing could be measured out of"
            " fold; start from one that has not, as `--start` makes it."
        )


def _tuner(
    learnt: dict[str, list[Row]],
    encoder: Path,
    tuning: Tuning,
    seed: int,
    progress: Progress,
    said: Path,
) -> Tuner | None:
    """A tuner of the labelled complaints; None where there are none."""
    if not any(name in learnt for name in lessons.COMPLAINTS):
        return None
    lesson = lessons.complaint_lesson(learnt)
    return Tuner(encoder, lesson.texts, lesson.answers, tuning, seed, progress, said)


def _how(tuning: Tuning | None, tuner: Tuner | None, deep: Deep | None) -> dict[str, Any] | None:
    """How the encoder was tuned on complaints, for the card; None where it was not."""
    if tuning is not None and tuner is not None:
        return {"rounds": tuning.rounds, "here": True}
    return {"here": False} if deep is not None and deep.tuned else None


def tune_encoder(
    config: TrainingFiles,
    start: Path,
    out: Path,
    *,
    seed: int,
    epochs: int,
    permissive: bool,
    progress: Progress,
    most: int | None = None,
) -> None:
    """Tune an encoder on the sets that may teach, complaints aside. Raises BadInput as
    ``train_encoder`` does."""
    sets, _ = read_sets(config, progress)
    kept = {
        name: rows
        for name, rows in sets.items()
        if name not in (*MEASURED_ONLY, *lessons.COMPLAINTS) and (_clear(name) or not permissive)
    }
    train_encoder(kept, start, out, seed=seed, epochs=epochs, progress=progress, most=most)


def _write(out: Path, card: dict[str, Any], chosen: _Out, encoder: Path | None) -> None:
    out.mkdir(parents=True, exist_ok=True)
    save_weights(chosen.weights, out / "reader.npz")
    load_weights(out / "reader.npz")
    if chosen.heads is not None and encoder is not None:
        save_heads(chosen.heads, out / "heads.npz")
        load_heads(out / "heads.npz")
        for name in (GRAPH, VOCABULARY, MOODS):
            if (out / name).resolve() != (encoder / name).resolve():
                shutil.copyfile(encoder / name, out / name)
    (out / "card.json").write_text(json.dumps(card, indent=1, sort_keys=True) + "\n", "utf-8")
    (out / "card.md").write_text(card_text(card), "utf-8")
    (out / "report.html").write_text(report_text(card, chosen.curves), "utf-8")


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
    sets: dict[str, list[Row]],
    trials: dict[str, list[Row]],
    deep: Deep | None,
    seed: int,
    progress: Progress,
    *,
    measure: bool = True,
    tuner: Tuner | None = None,
    out: Path | None = None,
) -> _Out:
    lesson = lessons.complaint_lesson(sets)
    progress("counting words")
    space = Space([row.text for name in sorted(sets) for row in sets[name]])
    columns, held = fit_columns(space, sets, seed, progress)
    data = _complaint_data(space, sets, lesson, columns, deep, tuner, seed, progress)
    progress("fitting complaint, five folds")
    origin = _origins(sets, lesson)
    found = fit_complaint(data, origin, seed)
    shares = found.shares[:, 1]
    threshold = figures.recall_first(data.answers, shares, RECALL_WANTED)
    weights = _weights(space, [found.fast, *columns], threshold)
    told: dict[str, Any] = {}
    curves: dict[str, Any] = {}
    if measure:
        told = measured.complaint(origin, lesson.texts, data.answers, found.shares, threshold, seed)
        progress("fitting complaint on one set, and on all domains but one")
        told["across"] = across(data, origin, seed, tuner.goes if tuner else None)
        told["held_out"] = {name: _held(one, seed) for name, one in held.items()}
        curves = measured.curves(data.answers, shares)
    heads = None
    if tuner and out:
        progress("tuning the encoder on everything")
        found, deep = replace(found, deep=tuner.finish(out)), load_deep(out)
    if deep:
        progress("weighing the tiers")
        heads, told["mixed"] = _heads(weights, deep, found, trials, seed)
    return _Out(weights, heads, told, curves)


def _complaint_data(
    space: Space,
    sets: dict[str, list[Row]],
    lesson: lessons.Lesson,
    columns: Sequence[Line],
    deep: Deep | None,
    tuner: Tuner | None,
    seed: int,
    progress: Progress,
) -> ComplaintData:
    """The complaint texts as both tiers see them; without labelled ones as the fast one does.

    Praise is no hint: that head has learnt from the complaints themselves.
    """
    praise = COLUMNS.index("praise") - 1
    columns = [line for place, line in enumerate(columns) if place != praise]
    if not any(name in sets for name in lessons.COMPLAINTS):
        return ComplaintData(space, lesson, (), seed)
    if not deep:
        return ComplaintData(space, lesson, columns, seed)
    progress("encoding")
    others = lessons.pool(sets, POOL, seed)
    seen = tuner.start_rows if tuner else deep.both_rows(lesson.texts)
    pool, judge = (others, deep.rows(others)), tuner.judge if tuner else None
    return ComplaintData(space, lesson, columns, seed, seen, pool, judge)


def _heads(
    weights: Weights, deep: Deep, found: Complaint, trials: dict[str, list[Row]], seed: int
) -> tuple[Heads, dict[str, Any]]:
    """The deep heads, the tiers weighed on the validation sets, and what that gives fold by fold."""
    mixing = Mixing.of_fast_alone()
    told: dict[str, Any] = {}
    fast = Tiers(weights)
    for name, columns in MIXED.items():
        if not (rows := trials.get(name)) or not deep.weights[:, columns].any():
            continue
        texts = [row.text for row in rows]
        answers = measured.answers_of(name, rows)
        quick = fast.raw(texts)[:, columns].astype(np.float64)
        slow = deep.scores(deep.rows(texts))[:, columns]
        mixing.learn(columns, slow, quick, answers)
        told[name] = {
            tier: figures.with_interval(measured.measure_of(name), answers, said(scores), seed)
            for tier, scores in (
                ("fast", quick),
                ("deep", slow),
                ("both", tried(columns, slow, quick, answers, seed)),
            )
        }
    kept, biases = deep.weights.copy(), deep.biases.copy()
    if found.deep is not None:
        kept[:, 0], biases[0] = found.deep.weights, found.deep.bias
        mixing.trust[0], mixing.fast[0], mixing.biases[0] = found.mix
    added = mixing.biases + mixing.trust * biases
    numbers = [part.astype(np.float32) for part in (mixing.trust, mixing.fast, added)]
    return Heads(f"{NAME}-deep", kept.astype(np.float32), *numbers), told


def _origins(sets: dict[str, list[Row]], lesson: lessons.Lesson) -> list[Origin]:
    """Set, part and length band of each complaint text."""
    known = {row.text: row for rows in sets.values() for row in rows}
    return [
        (known[text].origin, known[text].part, figures.length_band(text)) for text in lesson.texts
    ]


def _held(held: Held, seed: int) -> dict[str, Any]:
    answers, shares = held.answers, held.probabilities
    if shares.ndim == 2:
        classes: Whole = shares.argmax(axis=1).astype(np.int64)
        return {"macro_f1": figures.with_interval(figures.macro_f1_of_all, answers, classes, seed)}
    yes = (shares >= 0.5).astype(np.int64)
    return {
        "macro_f1": figures.with_interval(figures.macro_f1, answers, yes, seed),
        "at_half": figures.recall_and_precision(answers, yes),
        "ece": figures.reliability(answers, shares)["ece"],
    }


def _weights(space: Space, lines: Sequence[Line], threshold: float) -> Weights:
    columns: Floats = np.stack([line.weights for line in lines], axis=1)
    if columns.shape != (BUCKETS, len(COLUMNS)):
        raise BadInput("The fitted heads do not match the model format; report this.")
    table, scales = squeeze(columns)
    biases = np.array([line.bias for line in lines], dtype=np.float32)
    name = f"{NAME}.{digest(space.idf, table)[:8]}"
    return Weights(name, threshold, space.idf, table, scales, biases)


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
        strict = (
            chosen if permissive else _fit(clear, {}, None, seed, lambda _: None, measure=False)
        )
    except BadInput:
        return None
    return measured.strict(Tiers(strict.weights), complaints, trials, seed)
