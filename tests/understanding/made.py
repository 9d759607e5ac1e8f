"""A tiny encoder, made up on the spot: layers of noise over words that tests use."""

from pathlib import Path

import numpy as np

from amends.understanding.deep.encoder import GRAPH, VOCABULARY
from amends.understanding.fast.model import COLUMNS
from amends.understanding.training.export import Shape, export
from amends.understanding.training.rows import MOODS

WIDTH, LAYERS = 16, 2
SIGNS = "abcdefghijklmnopqrstuvwxyz.,!?@"
WORDS = ("broken", "thanks", "never", "lovely", "where", "my", "the", "is", "@", "user", "happy")


def tiny_encoder(folder: Path, *more: str) -> Path:
    """Writes the folder, as ``amends train --encoder`` takes it; ``more``: further pieces."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *more, *WORDS]
    pieces += [piece for sign in SIGNS for piece in (sign, f"##{sign}") if piece not in pieces]
    (folder / VOCABULARY).write_text("\n".join(pieces) + "\n", "utf-8")
    chance = np.random.default_rng(5)

    def noise(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return chance.normal(0, 0.3, shape).astype(np.float32)

    ones, none = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)
    embeddings = {
        "word.weight": noise(len(pieces), WIDTH),
        "place.weight": noise(64, WIDTH),
        "norm.weight": ones,
        "norm.bias": none,
    }
    layers = [
        {
            "qkv.weight": noise(WIDTH, 3 * WIDTH),
            "qkv.bias": noise(3 * WIDTH),
            "out.weight": noise(WIDTH, WIDTH),
            "out.bias": noise(WIDTH),
            "norm1.weight": ones,
            "norm1.bias": none,
            "up.weight": noise(WIDTH, 2 * WIDTH),
            "up.bias": noise(2 * WIDTH),
            "down.weight": noise(2 * WIDTH, WIDTH),
            "down.bias": noise(WIDTH),
            "norm2.weight": ones,
            "norm2.bias": none,
        }
        for _ in range(LAYERS)
    ]
    sample = [chance.integers(0, len(pieces), 1 + length).tolist() for length in range(20)]
    export(folder / GRAPH, embeddings, layers, Shape(heads=2), sample)
    weights = noise(LAYERS * WIDTH, len(COLUMNS))
    np.savez(folder / MOODS, weights=weights, biases=np.zeros(len(COLUMNS), np.float32))
    return folder
