"""The labelled sets training knows, found by file name in one folder, read to texts with tags.

A tag is what a set says of a text, in one vocabulary: ``complaint``/``none``, the sentiments, the
emotion names of GoEmotions, ``offensive``, ``sarcastic``, intents, ``opening`` (a customer's first
message to a help desk). Column forms are given at each set below.
"""

import csv
import gzip
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from amends.terms import BadInput

Licence = Literal["clear", "unstated", "non-commercial"]
_SENTIMENTS = {"0": "negative", "1": "neutral", "2": "positive"}
_UNSAID = re.compile(r"(?:https?|www\.)\S*|[@\uff20][\w.-]+")

csv.field_size_limit(10_000_000)


@dataclass(frozen=True, slots=True)
class Row:
    """A text, the tags its set gives it, and the part of the set it comes from."""

    text: str
    tags: frozenset[str]
    part: str
    origin: str


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A set by name: where its file lies, what may be done with it, and how a line is read.

    ``read`` turns a line (CSV columns, or a JSON object) into text, tags and part, or None where
    the line says nothing usable.
    """

    name: str
    file: str
    licence: Licence
    stated: str
    read: Callable[[dict[str, Any]], tuple[str, set[str], str] | None]


@dataclass(frozen=True, slots=True)
class TrainingFiles:
    """The files found in a folder, by set name."""

    folder: Path
    found: dict[str, Path] = field(default_factory=dict)


def discover(folder: Path) -> TrainingFiles:
    """Find the known sets under ``folder``; others are left alone. Raises BadInput if none is there."""
    found = {
        known.name: folder / known.file for known in KNOWN_SETS if (folder / known.file).is_file()
    }
    if not found:
        raise BadInput(
            f"No labelled set was found in {folder}; lay the files out as "
            "docs/models/README.md says, for example complaints-acl2019/complaints.csv.gz."
        )
    return TrainingFiles(folder, found)


def rows_of(known: LabelledSet, path: Path) -> Iterator[Row]:
    """The usable rows of a set's file. Raises BadInput where the file cannot be read."""
    try:
        for line in _lines(path):
            if (read := known.read(line)) is not None and read[0]:
                text, tags, part = read
                yield Row(text, frozenset(tags), part, known.name)
    except (OSError, EOFError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise BadInput(
            f"{path} is not in the form known for {known.name}; see docs/models/README.md."
        ) from error


def normalised(text: str) -> str:
    """What makes two texts the same: letters and digits, lower case, no links, no handles."""
    bare = _UNSAID.sub(" ", html.unescape(text)).lower()
    return "".join(character for character in bare if character.isalnum())


def without_repeats(rows: Iterable[Row], seen: set[str]) -> list[Row]:
    """The rows whose normalised text is not in ``seen``, which grows by what is kept."""
    kept = []
    for row in rows:
        key = normalised(row.text)
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return kept


def _lines(path: Path) -> Iterator[dict[str, str]]:
    start: Any = gzip.open if path.suffix == ".gz" else open
    with start(path, "rt", encoding="utf-8", newline="") as file:
        if ".jsonl" in path.name:
            yield from map(json.loads, file)
        else:
            yield from csv.DictReader(file)


def _complaint(part: str) -> Callable[[dict[str, str]], tuple[str, set[str], str]]:
    def read(line: dict[str, str]) -> tuple[str, set[str], str]:
        return line["text"], {{"1": "complaint", "0": "none"}[line["label"]]}, line[part]

    return read


def _labels(
    names: dict[str, str], part: str = ""
) -> Callable[[dict[str, str]], tuple[str, set[str], str] | None]:
    def read(line: dict[str, str]) -> tuple[str, set[str], str] | None:
        tag = names.get(line["label"])
        return (line["text"], {tag}, line[part] if part else "") if tag else None

    return read


def _emotions(line: dict[str, str]) -> tuple[str, set[str], str]:
    return line["text"], {GO_EMOTIONS[int(label)] for label in line["labels"].split(",")}, ""


def _intent(column: str) -> Callable[[dict[str, str]], tuple[str, set[str], str]]:
    def read(line: dict[str, str]) -> tuple[str, set[str], str]:
        return line["text"], {line[column]}, ""

    return read


def _sarcasm(line: dict[str, str]) -> tuple[str, set[str], str]:
    return line["text"], {"sarcastic" if line["label"] == "1" else "plain"}, ""


def _opening(line: dict[str, Any]) -> tuple[str, set[str], str] | None:
    turns = line["turns"]
    first = turns[0] if isinstance(turns, list) and turns else None
    if not first or first["role"] != "customer":
        return None
    return first["text"], {"opening"}, str(line["company"])


_EMOTIONS_IN_ORDER = (
    "admiration amusement anger annoyance approval caring confusion curiosity desire "
    "disappointment disapproval disgust embarrassment excitement fear gratitude grief joy love "
    "nervousness optimism pride realization relief remorse sadness surprise neutral"
)
GO_EMOTIONS = tuple(_EMOTIONS_IN_ORDER.split())  # by the number the set gives them

_TWEETEVAL = "unrestricted by TweetEval; source task terms apply"
_TASKS = {
    "emotion": {"0": "anger", "1": "joy", "2": "optimism", "3": "sadness"},
    "offensive": {"0": "none", "1": "offensive"},
    "hate": {"0": "none", "1": "hate"},
    "irony": {"0": "plain", "1": "ironic"},
}
KNOWN_SETS: tuple[LabelledSet, ...] = (
    LabelledSet(
        "complaints-acl2019",
        "complaints-acl2019/complaints.csv.gz",
        "unstated",
        "none stated (research release)",
        _complaint("domain"),  # text, label 0/1, domain
    ),
    LabelledSet(
        "complaints-airline-telecom",
        "complaints-airline-telecom/complaints.csv.gz",
        "unstated",
        "none stated (university course project)",
        _complaint("industry"),  # text, label 0/1, industry
    ),
    LabelledSet(
        "tweeteval-sentiment-val",
        "tweeteval/sentiment.val.csv",
        "unstated",
        "unrestricted by TweetEval; source task terms apply",
        _labels(_SENTIMENTS),  # text, label 0/1/2
    ),
    LabelledSet(
        "umsab-multilingual-val",
        "umsab-multilingual/val.csv",
        "unstated",
        "Apache-2.0 for the repository; source corpora keep their own terms",
        _labels(_SENTIMENTS, "lang"),  # lang, text, label 0/1/2
    ),
    *(
        LabelledSet(
            f"tweeteval-{task}-val",
            f"tweeteval/{task}.val.csv",
            "unstated",
            _TWEETEVAL,
            _labels(names),  # text, label
        )
        for task, names in _TASKS.items()
    ),
    LabelledSet(
        "airline-sentiment",
        "airline-sentiment/airline.csv.gz",
        "non-commercial",
        "CC BY-NC-SA 4.0",
        _labels({name: name for name in _SENTIMENTS.values()}, "airline"),  # text, label, airline
    ),
    LabelledSet(
        "tweeteval-sentiment",
        "tweeteval/sentiment.train_semeval.csv.gz",
        "unstated",
        "unrestricted by TweetEval; source task terms apply",
        _labels(_SENTIMENTS),  # text, label 0/1/2
    ),
    LabelledSet(
        "umsab-multilingual",
        "umsab-multilingual/train.csv.gz",
        "unstated",
        "Apache-2.0 for the repository; source corpora keep their own terms",
        _labels(_SENTIMENTS, "lang"),  # lang, text, label 0/1/2
    ),
    LabelledSet(
        "brand-apple",
        "brand-apple/apple.csv.gz",
        "unstated",
        "CrowdFlower Data for Everyone, none stated",
        _labels({"1": "negative", "3": "neutral", "5": "positive"}),  # text, label 1/3/5
    ),
    LabelledSet(
        "brand-sxsw",
        "brand-sxsw/sxsw.csv.gz",
        "unstated",
        "CrowdFlower Data for Everyone, none stated",
        _labels(  # text, label in words
            {
                "Negative emotion": "negative",
                "No emotion toward brand or product": "neutral",
                "Positive emotion": "positive",
            }
        ),
    ),
    LabelledSet(
        "brand-sanders",
        "brand-sanders/sanders.csv.gz",
        "unstated",
        "none stated (released for research)",
        _labels({name: name for name in _SENTIMENTS.values()}),  # text, label in words
    ),
    LabelledSet(
        "goemotions",
        "goemotions/train.csv.gz",
        "clear",
        "Apache-2.0",
        _emotions,  # text, labels (numbers, comma between)
    ),
    *(
        LabelledSet(
            f"tweeteval-{task}",
            f"tweeteval/{task}.train.csv{'' if task == 'irony' else '.gz'}",
            "unstated",
            _TWEETEVAL,
            _labels(names),  # text, label
        )
        for task, names in _TASKS.items()
    ),
    LabelledSet(
        "sarcasm-isarcasmeval",
        "sarcasm-isarcasmeval/train_en.csv.gz",
        "clear",
        "MIT",
        _sarcasm,  # text, label 0/1
    ),
    LabelledSet(
        "intent-clinc150",
        "intent-clinc150/train.csv.gz",
        "clear",
        "CC BY 3.0",
        _intent("intent"),  # text, intent
    ),
    LabelledSet(
        "intent-banking77",
        "intent-banking77/train.csv.gz",
        "clear",
        "CC BY 4.0",
        _intent("category"),  # text, category
    ),
    LabelledSet(
        "intent-bitext",
        "intent-bitext/train.csv.gz",
        "clear",
        "CDLA-Sharing-1.0",
        _intent("intent"),  # text, intent
    ),
    LabelledSet(
        "ibm-care-conversations",
        "ibm-care-conversations/dev.jsonl.gz",
        "clear",
        "Apache-2.0",
        _opening,  # company, turns: [{role, text}]
    ),
)
