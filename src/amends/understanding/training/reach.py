"""How far the numbers inside an encoder reach, on a sample of texts: what its eight bits are spread over."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
MET = (
    "qkv",
    "out",
    "up",
    "down",
)  # the weights of a layer, in the order in which numbers meet them
Reach = dict[str, Floats]
_NOUGHT = 1e-6
_SMALLEST = 0.05  # of the middle one; what hardly reaches on the sample may do so elsewhere


def reaches(
    embeddings: Mapping[str, Floats],
    layers: Sequence[Mapping[str, Floats]],
    heads: int,
    epsilon: float,
    sample: Sequence[Sequence[int]],
) -> list[Reach]:
    """For each layer and each of ``MET`` the largest size of what meets each row of that weight, (in,).

    ``embeddings`` and ``layers`` as ``export`` takes them; ``sample``: texts as pieces, none of them empty.
    """
    found: list[Reach] = [{} for _ in layers]
    for pieces in sample:
        places = embeddings["place.weight"][: len(pieces)]
        hidden = embeddings["word.weight"][list(pieces)] + places
        hidden = _norm(hidden, embeddings, "norm", epsilon)
        for layer, reach in zip(layers, found, strict=True):
            hidden = _through(hidden, layer, heads, epsilon, reach)
    return [{name: _floored(most) for name, most in reach.items()} for reach in found]


def _floored(most: Floats) -> Floats:
    floor = max(_SMALLEST * float(np.median(most)), _NOUGHT)
    return np.maximum(most, np.float32(floor))


def _through(
    hidden: Floats, layer: Mapping[str, Floats], heads: int, epsilon: float, reach: Reach
) -> Floats:
    def times(name: str, of: Floats) -> Floats:
        most = np.abs(of).max(axis=0)
        reach[name] = np.maximum(reach[name], most) if name in reach else most
        product: Floats = of @ layer[f"{name}.weight"] + layer[f"{name}.bias"]
        return product

    attended = _attended(times("qkv", hidden), heads)
    middle = _norm(times("out", attended) + hidden, layer, "norm1", epsilon)
    return _norm(times("down", _gelu(times("up", middle))) + middle, layer, "norm2", epsilon)


def _attended(three: Floats, heads: int) -> Floats:
    length = len(three)
    query, key, value = three.reshape(length, 3, heads, -1).transpose(1, 2, 0, 3)
    drawn = query @ key.transpose(0, 2, 1) / np.sqrt(np.float32(query.shape[-1]))
    drawn = np.exp(drawn - drawn.max(axis=-1, keepdims=True))
    mixed: Floats = (drawn / drawn.sum(axis=-1, keepdims=True)) @ value
    return mixed.transpose(1, 0, 2).reshape(length, -1)


def _gelu(of: Floats) -> Floats:
    from scipy.special import erf

    bent: Floats = of * np.float32(0.5) * (1 + erf(of * np.float32(0.5**0.5)))
    return bent


def _norm(of: Floats, arrays: Mapping[str, Floats], name: str, epsilon: float) -> Floats:
    apart = of - of.mean(axis=-1, keepdims=True)
    spread = np.sqrt((apart**2).mean(axis=-1, keepdims=True) + np.float32(epsilon))
    found: Floats = apart / spread * arrays[f"{name}.weight"] + arrays[f"{name}.bias"]
    return found
