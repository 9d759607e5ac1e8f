"""Somebody else's text classifier in the deep tier's place: a folder as Hugging Face lays it out.

Needed: ``config.json`` (its ``id2label`` names what it tells), ``model.onnx`` (here or in ``onnx/``), and
``tokenizer.json`` (read by the package ``tokenizers``) or an uncased BERT's ``vocab.txt``. A folder with
weights for PyTorch alone must be exported first. What a label means here is told by its own name, or by
``amends.json``: ``{"labels": {"LABEL_0": "negative"}}``. Nothing in the folder is run as a program.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amends.terms import BadInput
from amends.understanding.deep.encoder import PLACES, Encoder, Pieces, session_of
from amends.understanding.deep.wordpiece import WordPieces, plain
from amends.understanding.fast.model import COLUMNS

Numbers = NDArray[np.float32]
MOST_PLACES = 128
_NAMES = {"neg": "negative", "neu": "neutral", "pos": "positive", "toxic": "offensive",
          "ironic": "irony", "hateful": "hate"}  # fmt: skip
_SURE = 1e-6


@dataclass(frozen=True, slots=True)
class Labels:
    """Which of a classifier's numbers stand for which of our columns.

    ``places``: column by number; ``many``: several labels can hold at once.
    """

    name: str
    places: Mapping[int, int]
    many: bool

    def mixed(self, rows: Numbers, fast: Numbers) -> Numbers:
        """The fast tier's scores, with the classifier's own in the columns that it tells."""
        found = fast.copy()
        told = _sigmoid(rows) if self.many else _softmax(rows)
        told = np.clip(told, _SURE, 1 - _SURE)
        grouped = {column for column in self.places.values() if 1 <= column < 8}
        for place, column in self.places.items():
            share = told[:, place]
            found[:, column] = np.log(share) if column in grouped else np.log(share / (1 - share))
        return found


class HubEncoder(Encoder):
    """A classifier's graph, which takes ``input_ids`` and masks, and gives a row of logits."""

    def _fed(self, ids: NDArray[np.int64], lengths: NDArray[np.int32]) -> dict[str, Any]:
        mask = (np.arange(ids.shape[1]) < lengths[:, None]).astype(np.int64)
        known = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        return {one.name: known[one.name] for one in self._session.get_inputs()}


class _TokenizerPieces:
    """Pieces as a ``tokenizer.json`` says."""

    def __init__(self, path: Path, pad: int) -> None:
        try:
            from tokenizers import Tokenizer
        except ImportError as error:
            raise BadInput(
                f"Reading {path.name} needs tokenizers: pip install 'amends[models]'."
            ) from error
        self._tokenizer = Tokenizer.from_file(str(path))
        self.pad = pad

    def ids(self, text: str, most: int) -> list[int]:
        found: list[int] = self._tokenizer.encode(plain(text)).ids
        return found if len(found) <= most else [*found[: most - 1], found[-1]]

    def knows(self, text: str) -> bool:
        del text
        return True


def is_hub_folder(folder: Path) -> bool:
    return (folder / "config.json").is_file()


def load_hub(folder: Path, graph: Path | None = None) -> tuple[Encoder, Labels]:
    """The classifier in a folder, and what its labels mean. ``graph``: which of its graphs, where it is
    not the usual one. Raises BadInput naming what is wrong."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        ours = folder / "amends.json"
        told = json.loads(ours.read_text("utf-8"))["labels"] if ours.is_file() else {}
        names = {int(place): str(name) for place, name in config["id2label"].items()}
        labels = _labels(folder.name, names, told, str(config.get("problem_type")))
        pad = int(config.get("pad_token_id") or 0)
        places = min(int(config.get("max_position_embeddings", PLACES)), MOST_PLACES)
        pieces = _pieces(folder, pad)
    except BadInput:
        raise
    except Exception as error:  # json, tokenizers and the file system each have their own
        raise BadInput(
            f"{folder} is not laid out as a text classifier of Hugging Face; see docs/models/README.md."
        ) from error
    graph = graph or _graph_in(folder)
    if graph is None:
        raise BadInput(
            f"{folder} has no model.onnx; export it once, for example with `optimum-cli export onnx`, or"
            " name one of several."
        )
    encoder = HubEncoder(session_of(graph), pieces, places)
    if encoder.width != len(names):
        raise BadInput(
            f"{graph} gives {encoder.width} numbers, but config.json names {len(names)}."
        )
    return encoder, labels


def _graph_in(folder: Path) -> Path | None:
    """The usual graph; else the only one there is, as of a model that is published in eight bits."""
    usual = [folder / "model.onnx", folder / "onnx" / "model.onnx"]
    others = [*folder.glob("*.onnx"), *folder.glob("onnx/*.onnx")]
    found = next((path for path in usual if path.is_file()), None)
    return found or (others[0] if len(others) == 1 else None)


def _pieces(folder: Path, pad: int) -> Pieces:
    if (folder / "tokenizer.json").is_file():
        return _TokenizerPieces(folder / "tokenizer.json", pad)
    return WordPieces((folder / "vocab.txt").read_text("utf-8").splitlines())


def _labels(name: str, names: Mapping[int, str], told: Mapping[str, str], problem: str) -> Labels:
    places = {}
    for place, label in names.items():
        ours = told.get(label, label).lower()
        ours = _NAMES.get(ours, ours)
        if ours in COLUMNS:
            places[place] = COLUMNS.index(ours)
    if not places:
        raise BadInput(
            f"None of the labels {', '.join(names.values())} is known; say in amends.json what they "
            f"mean, of {', '.join(COLUMNS)}."
        )
    return Labels(name, places, "multi_label" in problem)


def _sigmoid(rows: Numbers) -> Numbers:
    shares: Numbers = 0.5 * (1 + np.tanh(0.5 * rows))
    return shares


def _softmax(rows: Numbers) -> Numbers:
    raised = np.exp(rows - rows.max(axis=1, keepdims=True))
    shares: Numbers = raised / raised.sum(axis=1, keepdims=True)
    return shares
