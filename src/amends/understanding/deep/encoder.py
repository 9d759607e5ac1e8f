"""An encoder out of a folder: its graph run by ONNX Runtime, batched by length, on one thread."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from amends.terms import BadInput
from amends.understanding.deep.wordpiece import WordPieces

Numbers = NDArray[np.float32]
PLACES = 64  # pieces read of a text
BATCH = 8
GRAPH, VOCABULARY = "encoder.onnx", "vocabulary.txt"
_EXACT = frozenset({"avx512_vnni", "avx_vnni"})
_REMEDY = "train it again with `amends train`, or use the shipped one"


class Pieces(Protocol):
    """Cuts texts into the numbers of an encoder's pieces."""

    @property
    def pad(self) -> int: ...
    def ids(self, text: str, most: int) -> list[int]: ...
    def knows(self, text: str) -> bool: ...


class Encoder:
    """Texts in, one row of numbers each out. A text gives the same row alone and in company.

    The graph takes ``ids`` (batch, length) and either ``lengths`` (batch,) or an attention mask, and
    gives one row a text. Safe to share between threads.
    """

    def __init__(self, session: Any, pieces: Pieces, places: int = PLACES) -> None:
        self._session = session
        self._pieces = pieces
        self._places = places
        self.width = int(session.get_outputs()[0].shape[-1])

    def rows(self, texts: Sequence[str]) -> Numbers:
        """Shape (n, width), float32; texts of like length run together."""
        ids = [self._pieces.ids(text, self._places) for text in texts]
        order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
        found = np.zeros((len(ids), self.width), np.float32)
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            found[rows] = self._run([ids[row] for row in rows])
        return found

    @property
    def handles(self) -> bool:
        """Whether it sees that a handle stands somewhere, though never which."""
        return getattr(self._pieces, "handle", None) is not None

    def knows(self, text: str) -> bool:
        """Whether the text is in a language that the encoder has learnt, as far as its pieces tell."""
        return self._pieces.knows(text)

    def _run(self, ids: Sequence[Sequence[int]]) -> Numbers:
        padded = np.full((len(ids), len(ids[-1])), self._pieces.pad, np.int64)
        for row, pieces in enumerate(ids):
            padded[row, : len(pieces)] = pieces
        lengths = np.array([len(pieces) for pieces in ids], np.int32)
        answer: Numbers = self._session.run(None, self._fed(padded, lengths))[0]
        return answer

    def _fed(self, ids: NDArray[np.int64], lengths: NDArray[np.int32]) -> dict[str, Any]:
        return {"ids": ids, "lengths": lengths}


def load_encoder(folder: Path) -> Encoder:
    """The encoder in a folder that ``amends train`` wrote. Raises BadInput where it is none."""
    try:
        pieces = WordPieces((folder / VOCABULARY).read_text("utf-8").splitlines())
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(f"{folder} holds no encoder's {VOCABULARY}; {_REMEDY}.") from error
    return Encoder(session_of(folder / GRAPH), pieces)


def multiplies_bytes_exactly(processor: str) -> bool:
    """Whether a processor has instructions that sum products of bytes in 32 bits. Those of others stop at
    16, and then a text would read otherwise there. ``processor``: what Linux tells of it; what tells
    nothing is taken to have none."""
    found = re.search(r"^flags\s*:(.*)$", processor, re.MULTILINE)
    return found is not None and not _EXACT.isdisjoint(found[1].split())


@cache
def _processor() -> str:
    try:
        return Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        return ""


def session_of(path: Path) -> Any:
    """A session on one thread. Raises BadInput where the file is missing or no graph that runs here."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    if not multiplies_bytes_exactly(_processor()):
        options.add_session_config_entry("session.x64quantprecision", "1")  # exactly, and slower
    if not path.is_file():
        raise BadInput(f"There is no encoder at {path}; {_REMEDY}.")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors have no common base
        raise BadInput(f"{path.name} is no graph that ONNX Runtime can run; {_REMEDY}.") from error
