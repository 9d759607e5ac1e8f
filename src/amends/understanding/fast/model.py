"""The file a reader is loaded from: numbers only, nothing in it can run.

``reader.npz`` holds ``header`` (JSON as bytes), ``idf`` (uint8, sixteenths) and ``weights`` (int8, one
row per bucket, one column per head). A weight is stored as a signed square, which keeps the many
small ones: ``sign(q) * (q / 127) ** 2 * scale``.
"""

import hashlib
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amends.terms import BadInput
from amends.understanding.fast.features import BITS, BUCKETS

FORMAT = "amends-reader/2"
COLUMNS = (
    "complaint", "negative", "neutral", "positive", "anger", "joy", "optimism", "sadness",
    "arousal", "offensive", "hate", "irony", "praise", "question", "request",
)  # fmt: skip
SENTIMENT, EMOTION = slice(1, 4), slice(4, 8)  # columns whose scores are weighed against each other
IDF_STEP = 1 / 16
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Weights:
    """What a linear reader knows.

    ``idf``: uint8 of shape (BUCKETS,); ``table``: int8 of shape (BUCKETS, 15); ``scales`` and
    ``biases``: float32 of shape (15,), in the order of ``COLUMNS``.
    """

    name: str
    threshold: float
    idf: NDArray[np.uint8]
    table: NDArray[np.int8]
    scales: NDArray[np.float32]
    biases: NDArray[np.float32]


def squeeze(columns: NDArray[np.float64]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Weights of shape (BUCKETS, n) as signed squares in int8, and the scale of each column."""
    scales = np.maximum(np.abs(columns).max(axis=0), 1e-12).astype(np.float32)
    used = np.nonzero(columns.any(axis=1))[0]  # most buckets are empty where little was learnt from
    table = np.zeros(columns.shape, np.int8)
    roots = np.sqrt(np.abs(columns[used]) / scales) * 127
    table[used] = (np.sign(columns[used]) * np.rint(roots)).astype(np.int8)
    return table, scales.astype(np.float32)


def squares() -> NDArray[np.float32]:
    """What a stored byte stands for, shape (256,), before the scale of its column: of ``q`` at ``q & 0xFF``."""
    signed = np.arange(256, dtype=np.uint8).view(np.int8).astype(np.float32)
    found: NDArray[np.float32] = np.sign(signed) * (signed / np.float32(127)) ** 2
    return found


def save_weights(weights: Weights, path: Path) -> None:
    """Write the file; the same weights give the same bytes."""
    header = {
        "format": FORMAT,
        "name": weights.name,
        "bits": BITS,
        "columns": list(COLUMNS),
        "threshold": weights.threshold,
        "scales": [float(scale) for scale in weights.scales],
        "biases": [float(bias) for bias in weights.biases],
        "digest": digest(weights.idf, weights.table),
    }
    written = np.frombuffer(json.dumps(header, sort_keys=True).encode(), dtype=np.uint8)
    with path.open("wb") as file:
        np.savez(file, header=written, idf=weights.idf, weights=weights.table)


def load_weights(path: Path) -> Weights:
    """Read the file. Raises BadInput where it is missing, damaged or not ours."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > _MOST_BYTES:
            raise BadInput(f"{path.name} is too large for a reader model; {_REMEDY}")
        with np.load(path, allow_pickle=False) as stored:
            header = json.loads(stored["header"].tobytes())
            weights = _weights_from(header, stored["idf"], stored["weights"])
    except FileNotFoundError as error:
        raise BadInput(f"There is no reader model at {path}; {_REMEDY}") from error
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise BadInput(f"{path.name} is not a reader model or is damaged; {_REMEDY}") from error
    if header["digest"] != digest(weights.idf, weights.table):
        raise BadInput(f"{path.name} was changed after it was written; {_REMEDY}")
    return weights


_REMEDY = "train it again with `amends train`, or use the shipped one."


def _weights_from(
    header: dict[str, object], idf: NDArray[np.uint8], table: NDArray[np.int8]
) -> Weights:
    known = (header["format"], header["bits"], header["columns"]) == (FORMAT, BITS, list(COLUMNS))
    shaped = idf.shape == (BUCKETS,) and table.shape == (BUCKETS, len(COLUMNS))
    if not (known and shaped and idf.dtype == np.uint8 and table.dtype == np.int8):
        raise ValueError("another format")
    scales = np.array(header["scales"], dtype=np.float32)
    biases = np.array(header["biases"], dtype=np.float32)
    threshold = float(str(header["threshold"]))
    finite = np.isfinite(scales).all() and np.isfinite(biases).all()
    if not (scales.shape == biases.shape == (len(COLUMNS),) and finite and 0 < threshold < 1):
        raise ValueError("numbers out of range")
    return Weights(str(header["name"]), threshold, idf, table, scales, biases)


def digest(idf: NDArray[np.uint8], table: NDArray[np.int8]) -> str:
    """SHA-256 of the numbers, as hexadecimal."""
    hashed = hashlib.sha256(np.ascontiguousarray(idf).data)
    hashed.update(np.ascontiguousarray(table).data)
    return hashed.hexdigest()
