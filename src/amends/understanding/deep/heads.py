"""Heads: from an encoder's rows, and what the fast tier says, to scores. A file of numbers."""

import hashlib
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amends.terms import BadInput
from amends.understanding.fast.model import COLUMNS

Numbers = NDArray[np.float32]
FORMAT = "amends-heads/1"
_MOST_BYTES = 16 * 1024 * 1024
_REMEDY = "train it again with `amends train`, or use the shipped one."


@dataclass(frozen=True, slots=True)
class Heads:
    """Linear heads over an encoder's rows, and how far they and the fast tier are believed.

    ``weights``: float32 of shape (width, 15), in the order of ``model.COLUMNS``; ``trust``: how much
    each deep score counts, ``fast``: how much the fast tier's does, ``biases``: what is added,
    each of shape (15,).
    """

    name: str
    weights: Numbers
    trust: Numbers
    fast: Numbers
    biases: Numbers

    def mixed(self, rows: Numbers, fast: Numbers) -> Numbers:
        """Scores of both tiers together, shape (n, 15)."""
        found: Numbers = (rows @ self.weights) * self.trust + fast * self.fast + self.biases
        return found


def save_heads(heads: Heads, path: Path) -> None:
    """Write the file; the same heads give the same bytes. Weights are kept in 16 bits."""
    kept = heads.weights.astype(np.float16)
    mixing = np.stack([heads.trust, heads.fast, heads.biases]).astype(np.float32)
    header = {"format": FORMAT, "name": heads.name, "columns": list(COLUMNS),
              "digest": _digest(kept, mixing)}  # fmt: skip
    written = np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8)
    with path.open("wb") as file:
        np.savez(file, header=written, weights=kept, mixing=mixing)


def load_heads(path: Path) -> Heads:
    """Read the file. Raises BadInput where it is missing, damaged or not ours."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MOST_BYTES:
                raise BadInput(f"{path.name} is too large for a reader's heads; {_REMEDY}")
        with np.load(path, allow_pickle=False) as stored:
            header = json.loads(stored["header"].tobytes())
            kept, mixing = stored["weights"], stored["mixing"]
        if (header["format"], header["columns"]) != (FORMAT, list(COLUMNS)):
            raise ValueError("another format")
        if header["digest"] != _digest(kept, mixing) or mixing.shape != (3, len(COLUMNS)):
            raise ValueError("changed after it was written")
        return Heads(str(header["name"]), kept.astype(np.float32), *mixing.astype(np.float32))
    except FileNotFoundError as error:
        raise BadInput(f"There are no heads at {path}; {_REMEDY}") from error
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise BadInput(f"{path.name} is no reader's heads or is damaged; {_REMEDY}") from error


def _digest(kept: NDArray[np.float16], mixing: Numbers) -> str:
    hashed = hashlib.sha256(np.ascontiguousarray(kept).data)
    hashed.update(np.ascontiguousarray(mixing).data)
    return hashed.hexdigest()
