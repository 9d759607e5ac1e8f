"""Readers side by side in one run: our tiers, and two word lists where they are installed."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amends.bench.figures import Figure, Report, report, timed
from amends.terms import BadInput
from amends.understanding.deep import load_encoder, load_heads
from amends.understanding.fast import load_weights
from amends.understanding.head import PLAIN, STEPS, STEPWISE, Head
from amends.understanding.reader import HEADS, SHIPPED, WEIGHTS, TieredReader, load_reader
from amends.understanding.readings import Understanding, spellings
from amends.understanding.scores import SENTIMENTS
from amends.understanding.targets import Watched
from amends.understanding.tiers import Depth, Tiers
from amends.understanding.training import figures, measured
from amends.understanding.training.files import KNOWN_SETS, Row, TrainingFiles, rows_of
from amends.understanding.training.rows import MEASURED_ONLY

Whole = NDArray[np.int64]
Sets = dict[str, list[Row]]
_MOST = 500  # rows of a set
_BAND = 0.05  # of a word list's score, from which on it is no longer neutral: VADER's own
_AT_ONCE = 512  # posts read whole together, as `amends read` does
_MOST_MENTIONS = 4_000
_NOBODY = Watched({})
_WATCHED = Watched(spellings(("Apple = iphone = ipad", "Google = android", "Microsoft", "Twitter")))
_TIERS: dict[str, Depth] = {"fast alone": "none", "both": "unsure", "deep for all": "all"}


def bench_reading(config: TrainingFiles, model: Path | None, seed: int, rounds: int = 2) -> Report:
    """Quality on the folder's validation sets, in percent, and posts a second of CPU: what the models say
    alone, and all readings together, on those sets and on mentions of brands.

    Raises BadInput where the folder holds none of those sets.
    """
    sets = _sets(config, seed)
    stream = [row.text for rows in sets.values() for row in rows]
    random.Random(seed).shuffle(stream)  # noqa: S311 (a draw, not a secret)
    values: dict[str, float] = {}
    taken: list[Figure] = []
    readers = {name: load_reader(model, depth=depth) for name, depth in _TIERS.items()}
    if ((model or SHIPPED) / HEADS).is_file():
        readers["deep alone"] = _deep_alone(model or SHIPPED)
    for name, reader in readers.items():
        some = stream if name == "fast alone" else stream[: len(stream) // 4]
        taken.append(_timed(name, partial(reader.read, some), some, rounds))
        values |= _quality(name, sets, partial(_said, reader))
        if name != "fast alone":
            deep = reader.scores(some).deep.mean()
            values[f"read deep, percent ({name})"] = round(100 * float(deep), 1)
    mentions = _mentions(config, seed) or stream
    for name in ("fast alone", "both"):
        taken += _whole(name, readers[name], stream, mentions, rounds)
    deep = readers["both"].scores(mentions[: len(mentions) // 4 or 1]).deep.mean()
    values["read deep, percent (both, mentions)"] = round(100 * float(deep), 1)
    width = readers["deep for all"].tiers.see(mentions[:1]).rows.shape[1]
    plain, headed = taken[-8].cpu_s, _under_a_head(readers["fast alone"], width, stream, rounds)
    taken.append(headed)
    values["a head adds, microseconds a post"] = round(
        1e6 * (headed.cpu_s - plain) / len(stream), 1
    )
    notes = []
    for name, polarity in (("VADER", _vader()), ("TextBlob", _textblob())):
        if polarity is None:
            notes.append(f"{name} is not installed: pip install 'amends[peers]' compares with it.")
        else:
            said = partial(_by_band, polarity)
            taken.append(_timed(name, partial(said, stream, ""), stream, rounds=1))
            values |= _quality(name, _moods(sets), said)
    return report(taken, values, notes)


def _whole(
    name: str, reader: TieredReader, stream: list[str], mentions: list[str], rounds: int
) -> list[Figure]:
    """All readings together, of the stream and of mentions; language given or told, terms watched."""
    read = Understanding(reader).read
    part = 1 if name == "fast alone" else 4
    sets = {"": stream[: len(stream) // part], ", mentions": mentions[: len(mentions) // part]}

    def run(texts: list[str], lang: str | None, watched: Watched) -> None:
        for start in range(0, len(texts), _AT_ONCE):
            some = texts[start : start + _AT_ONCE]
            read(some, [lang] * len(some), watched)

    taken = []
    for kind, texts in sets.items():
        what = f"{name}, all readings{kind}"
        taken.append(_timed(what, partial(run, texts, "en", _NOBODY), texts, rounds))
        what = f"{name}, all readings{kind}, terms watched"
        taken.append(_timed(what, partial(run, texts, None, _WATCHED), texts, rounds))
    return taken


def _under_a_head(reader: TieredReader, width: int, texts: list[str], rounds: int) -> Figure:
    """All readings under a head of chance, which costs as much as one that learnt over rows so wide."""
    draw = np.random.default_rng(0)
    scores = draw.normal(0, 0.01, (PLAIN + width, 4)).astype(np.float32)
    steps = draw.normal(0, 0.01, (STEPWISE, len(STEPS))).astype(np.float32)
    head = Head("head-of-chance", reader.tiers.whole, scores, steps)
    understanding = Understanding(reader.with_head(head))

    def run() -> None:
        for start in range(0, len(texts), _AT_ONCE):
            some = texts[start : start + _AT_ONCE]
            understanding.read(some, ["en"] * len(some))

    return _timed("fast alone, all readings, under a head", run, texts, rounds)


def _mentions(config: TrainingFiles, seed: int) -> list[str]:
    """Posts of the brand sets, where the folder holds them."""
    brands = [
        one for one in KNOWN_SETS if one.name.startswith("brand-") and one.name in config.found
    ]
    texts = [row.text for one in brands for row in rows_of(one, config.found[one.name])]
    random.Random(seed).shuffle(texts)  # noqa: S311 (a draw, not a secret)
    return texts[:_MOST_MENTIONS]


def _timed(name: str, run: Callable[[], object], texts: list[str], rounds: int) -> Figure:
    size = sum(len(text.encode("utf-8", "replace")) for text in texts)
    return timed(name, run, posts=len(texts), size=size, rounds=rounds)


def _said(reader: TieredReader, texts: list[str], task: str) -> Whole:
    return measured.said_by(reader.scores(texts), task)


def _deep_alone(folder: Path) -> TieredReader:
    """The shipped kind of reader with the fast tier's say taken out."""
    heads = load_heads(folder / HEADS)
    deaf = replace(heads, fast=np.zeros_like(heads.fast))
    weights = load_weights(folder / WEIGHTS)
    return TieredReader(Tiers(weights, load_encoder(folder), deaf, depth="all"))


def _sets(config: TrainingFiles, seed: int) -> Sets:
    found: Sets = {}
    for known in KNOWN_SETS:
        if known.name in MEASURED_ONLY and known.name in config.found:
            rows = list(rows_of(known, config.found[known.name]))
            random.Random(seed).shuffle(rows)  # noqa: S311 (a draw, not a secret)
            found[known.name] = rows[:_MOST]
    if not found:
        raise BadInput(
            f"{config.folder} holds none of the sets that are measured on: {', '.join(MEASURED_ONLY)}."
        )
    return found


def _moods(sets: Sets) -> Sets:
    return {name: rows for name, rows in sets.items() if measured.task_of(name) == "sentiment"}


def _quality(reader: str, sets: Sets, said: Callable[[list[str], str], Whole]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, rows in sets.items():
        answers = measured.answers_of(name, rows)
        told = said([row.text for row in rows], measured.task_of(name))
        found[f"{name} ({reader})"] = figures.percent(measured.measure_of(name)(answers, told))
    return found


def _by_band(polarity: Callable[[str], float], texts: Sequence[str], task: str) -> Whole:
    del task  # a word list tells one thing
    scores = np.array([polarity(text) for text in texts])
    neutral = SENTIMENTS.index("neutral")
    told: Whole = np.where(
        scores > _BAND, neutral + 1, np.where(scores < -_BAND, neutral - 1, neutral)
    )
    return told


def _vader() -> Callable[[str], float] | None:
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        return None
    analyser: Any = SentimentIntensityAnalyzer()
    return lambda text: float(analyser.polarity_scores(text)["compound"])


def _textblob() -> Callable[[str], float] | None:
    try:
        from textblob import TextBlob
    except ImportError:
        return None
    make: Any = TextBlob
    return lambda text: float(make(text).sentiment.polarity)
