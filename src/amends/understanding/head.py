"""A light head over a reader that stays as it is: what one desk's corrections taught.

It moves the scores of complaint and sentiment by what the reader saw (its own scores, the encoder's row
where the deep tier read) and by the post's words, hashed, so that the file holds no word; and the step of
severity by the scores, the step that the rules gave, and the same words. Made by ``learning``.
"""

import hashlib
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Final, get_args
from zlib import crc32

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from amends.terms import BadInput, Reading, Severity
from amends.understanding.fast.features import tokens, word_of
from amends.understanding.fast.model import COLUMNS, SENTIMENT

Numbers = NDArray[np.float32]
FORMAT: Final = "amends-head/1"
FILE: Final = "head.npz"
WORDS: Final = 1024
STEPS: Final[tuple[Severity, ...]] = get_args(Severity)
PLAIN: Final = 1 + len(COLUMNS) + WORDS
"""Numbers of a post that the fast tier alone read: one, its scores, its words."""
STEPWISE: Final = 1 + 2 + len(STEPS) + WORDS
"""Numbers that the step of severity goes by."""
FARTHEST: Final = 6.0
"""No score is moved by more, in log-odds."""
_SCALE: Final = 0.2  # of the reader's scores, which lie between -8 and 8
_SURE: Final = 1.5  # log-odds with which the rules' own step enters
_FEW: Final = 1024  # texts
_MOST_BYTES: Final = 16 * 1024 * 1024
_REMEDY: Final = "make it again with `amends learn`, or put another in force."


@dataclass(frozen=True, slots=True)
class Head:
    """``reader`` is the name of the reader it goes with. ``scores``: shape (PLAIN + width, 4), for
    complaint and the three sentiments; ``steps``: (STEPWISE, 4). Noughts where nothing was learnt."""

    name: str
    reader: str
    scores: Numbers
    steps: Numbers

    @property
    def width(self) -> int:
        """Of the encoder's rows."""
        return len(self.scores) - PLAIN

    def moved(self, raw: Numbers, texts: Sequence[str], rows: Numbers) -> Numbers:
        """The reader's scores, shape (n, 15), with those of complaint and sentiment moved."""
        inputs = features(raw, texts, _fitting(rows, self.width))
        deltas = np.clip(_each(inputs, self.scores), -FARTHEST, FARTHEST)
        found = raw.copy()
        found[:, 0] += deltas[:, 0]
        found[:, SENTIMENT] += deltas[:, 1:]
        return found

    def with_steps(self, readings: Sequence[Reading], texts: Sequence[str]) -> list[Reading]:
        """The readings with the step of severity that the head gives them."""
        if not self.steps.any() or not readings:
            return list(readings)
        scores = step_base(readings) + _each(step_features(readings, texts), self.steps)
        chosen = scores.argmax(axis=1).tolist()
        return [
            one if one.severity == STEPS[step] else replace(one, severity=STEPS[step])
            for one, step in zip(readings, chosen, strict=True)
        ]


def _each(inputs: Numbers, weights: Numbers) -> Numbers:
    """Row by row: all at once the last digits of one would depend on its company."""
    found = np.zeros((len(inputs), weights.shape[1]), np.float32)
    for row, numbers in enumerate(inputs):
        found[row] = numbers @ weights
    return found


def _fitting(rows: Numbers, width: int) -> Numbers:
    """Rows of that width: what was learnt without the deep tier knows nothing of them."""
    return rows if rows.shape[1] == width else np.zeros((len(rows), width), np.float32)


def features(raw: Numbers, texts: Sequence[str], rows: Numbers) -> Numbers:
    """Shape (n, PLAIN + width). ``rows``: the encoder's, (n, width), noughts where it did not read."""
    ones = np.ones((len(raw), 1), np.float32)
    if rows.any():
        rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    parts = [ones, raw * np.float32(_SCALE), words_of(texts), rows]
    return np.concatenate(parts, axis=1).astype(np.float32, copy=False)


def words_of(texts: Sequence[str]) -> Numbers:
    """How often each hashed word stands in each text, by its root, each row of length 1."""
    asked = tuple(texts)
    return _last_words_of(asked) if len(asked) <= _FEW else _words_of(asked)


@lru_cache(1)
def _last_words_of(texts: tuple[str, ...]) -> Numbers:
    """The same for few texts, which are asked for twice in a row."""
    return _words_of(texts)


def _words_of(texts: tuple[str, ...]) -> Numbers:
    found = np.zeros((len(texts), WORDS), np.float32)
    said = list(map(tokens, texts))
    rows = np.repeat(np.arange(len(texts)), np.array(list(map(len, said)), np.int64))
    places = np.array(list(map(_bucket, chain.from_iterable(said))), np.int64)
    np.add.at(found, (rows, places), 1)
    np.sqrt(found, out=found)
    found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6)
    return found


@lru_cache(100_000)
def _bucket(token: str) -> int:
    return crc32(f"head:{word_of(token)}".encode("utf-8", "surrogatepass")) % WORDS


def step_features(readings: Sequence[Reading], texts: Sequence[str]) -> Numbers:
    """Shape (n, STEPWISE)."""
    plain = np.zeros((len(readings), STEPWISE - WORDS), np.float32)
    for row, one in enumerate(readings):
        negative = one.sentiment_scores.get("negative", 0.5)
        plain[row, :3] = (1, _SCALE * _log_odds(one.complaint), _SCALE * _log_odds(negative))
        plain[row, 3 + STEPS.index(one.severity)] = 1
    return np.concatenate([plain, words_of(texts)], axis=1)


def step_base(readings: Sequence[Reading]) -> Numbers:
    """The rules' own word, shape (n, 4), as scores."""
    found = np.zeros((len(readings), len(STEPS)), np.float32)
    for row, one in enumerate(readings):
        found[row, STEPS.index(one.severity)] = _SURE
    return found


def _log_odds(share: float) -> float:
    kept = min(max(share, 1e-4), 1 - 1e-4)
    return float(np.log(kept / (1 - kept)))


def save_head(head: Head, path: Path) -> str:
    """Write the file; its digest. The same head gives the same bytes."""
    arrays = head.scores.astype(np.float32), head.steps.astype(np.float32)
    digest = _digest(*arrays)
    header = {"format": FORMAT, "name": head.name, "reader": head.reader, "digest": digest}
    written = np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8)
    with path.open("wb") as file:
        np.savez(file, header=written, scores=arrays[0], steps=arrays[1])
    return digest


def load_head(path: Path) -> Head:
    """Read the file. Raises ``BadInput`` where it is missing, damaged or not ours."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MOST_BYTES:
                raise BadInput(f"{path.name} is too large for a head; {_REMEDY}")
        with np.load(path, allow_pickle=False) as stored:
            header = json.loads(stored["header"].tobytes())
            scores, steps = stored["scores"], stored["steps"]
        good = scores.ndim == 2 and scores.shape[1] == 4 and len(scores) >= PLAIN
        if header["format"] != FORMAT or not good or steps.shape != (STEPWISE, len(STEPS)):
            raise ValueError("another format")
        if header["digest"] != _digest(scores, steps) or not np.isfinite(scores).all():
            raise ValueError("changed after it was written")
        return Head(str(header["name"]), str(header["reader"]), scores, steps)
    except FileNotFoundError as error:
        raise BadInput(f"There is no head at {path}; {_REMEDY}") from error
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise BadInput(f"{path.name} is no head or is damaged; {_REMEDY}") from error


def _digest(scores: Numbers, steps: Numbers) -> str:
    hashed = hashlib.sha256(np.ascontiguousarray(scores).data)
    hashed.update(np.ascontiguousarray(steps).data)
    return hashed.hexdigest()
