"""A BERT in PyTorch: loaded, taught a step at a time, asked, and given back as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from amends.terms import BadInput
from amends.understanding.training.export import LAYER

try:
    import torch
    import torch.nn.functional as fn
    from safetensors.torch import load_file
except ImportError:  # the extra ``encoder`` brings them; without them nothing here is called
    torch = None

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from amends.understanding.training.encoder import Task
    from amends.understanding.training.export import Shape

Arrays = dict[str, NDArray[np.float32]]
DROPPED, SMOOTHED, RATE, DECAY = 0.1, 0.05, 8e-5, 0.01
_PARTS = {
    "out": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "norm2": "output.LayerNorm",
}


@dataclass(slots=True)
class Bert:
    """Arrays by name, trained in place, a head of each task, and what steps them."""

    numbers: dict[str, torch.Tensor]
    layers: int
    attention_heads: int
    epsilon: float
    heads: dict[str, tuple[torch.Tensor, torch.Tensor]]
    optimiser: Any
    dropped: float = DROPPED


@dataclass(frozen=True, slots=True)
class Gait:
    """How fast what is there already is taught further.

    ``rate``: of the highest layer; each lower one is ``slower`` by so much; ``heads``: how much faster
    heads are; ``still``: how many of the lowest layers stay as they are.
    """

    rate: float = 5e-5
    slower: float = 0.9
    heads: float = 3.0
    still: int = 2


def can_run() -> bool:
    """Whether PyTorch is installed."""
    return torch is not None


def load(folder: Path, config: Mapping[str, Any], classes: Mapping[str, int], seed: int) -> Bert:
    """A BERT of a folder with fresh heads. Raises BadInput where its weights have other names."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    try:
        stored = load_file(str(folder / "model.safetensors"))
        numbers = {name.removeprefix("bert."): array.float() for name, array in stored.items()}
        layers = int(config["num_hidden_layers"])
        kept = {name: numbers[f"embeddings.{path}"] for name, path in _EMBEDDINGS.items()}
        for layer in range(layers):
            kept |= _layer(numbers, layer)
    except (OSError, KeyError) as error:
        raise BadInput(f"{folder} holds no model.safetensors of a BERT: {error}.") from error
    width = kept["norm.weight"].shape[0]
    heads = {
        name: (torch.randn(count, width) * 0.02, torch.zeros(count))
        for name, count in classes.items()
    }
    taught = [*kept.values(), *(part for pair in heads.values() for part in pair)]
    optimiser = torch.optim.AdamW(_groups(taught, RATE), lr=RATE)
    epsilon = float(config.get("layer_norm_eps", 1e-12))
    return Bert(kept, layers, int(config["num_attention_heads"]), epsilon, heads, optimiser)


def _groups(taught: Sequence[torch.Tensor], rate: float) -> list[dict[str, Any]]:
    """Arrays to be taught at a rate: weights fade, biases and norms do not."""
    for one in taught:
        one.requires_grad_()
    tables, lines = [one for one in taught if one.ndim > 1], [one for one in taught if one.ndim < 2]
    return [
        {"params": some, "weight_decay": decay, "lr": rate, "full": rate}
        for some, decay in ((tables, DECAY), (lines, 0.0))
    ]


def again(
    embeddings: Mapping[str, NDArray[np.float32]],
    layers: Sequence[Mapping[str, NDArray[np.float32]]],
    shape: Shape,
    heads: Mapping[str, tuple[NDArray[np.float32], NDArray[np.float32]]],
    gait: Gait,
    seed: int,
) -> Bert:
    """A BERT that was written by ``export``, to be taught further; its embeddings and lowest layers stay.

    ``heads``: weights (classes, width) and biases by name.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    width = embeddings["norm.weight"].shape[0]
    numbers = {name: torch.tensor(array) for name, array in embeddings.items()}
    numbers["kind.weight"] = torch.zeros(1, width)  # is part of the places already
    for number, layer in enumerate(layers):
        for name, array in layer.items():
            numbers[f"{number}.{name}"] = torch.tensor(_turned(array)).contiguous()
    told = {name: (torch.tensor(pair[0]), torch.tensor(pair[1])) for name, pair in heads.items()}
    groups = _groups([part for pair in told.values() for part in pair], gait.rate * gait.heads)
    for number in range(gait.still, len(layers)):
        some = [numbers[f"{number}.{name}"] for name in LAYER]
        groups += _groups(some, gait.rate * gait.slower ** (len(layers) - 1 - number))
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98))
    return Bert(numbers, len(layers), shape.heads, shape.epsilon, told, optimiser)


_EMBEDDINGS = {
    "word.weight": "word_embeddings.weight",
    "place.weight": "position_embeddings.weight",
    "kind.weight": "token_type_embeddings.weight",
    "norm.weight": "LayerNorm.weight",
    "norm.bias": "LayerNorm.bias",
}


def _layer(numbers: Mapping[str, torch.Tensor], layer: int) -> dict[str, torch.Tensor]:
    at = f"encoder.layer.{layer}."
    found: dict[str, torch.Tensor] = {}
    for part in ("weight", "bias"):
        three = [numbers[f"{at}attention.self.{name}.{part}"] for name in ("query", "key", "value")]
        found[f"{layer}.qkv.{part}"] = torch.cat(three)
        for name, path in _PARTS.items():
            found[f"{layer}.{name}.{part}"] = numbers[f"{at}{path}.{part}"]
    return found


def learn(model: Bert, task: Task, pairs: Sequence[tuple[list[int], Any]], rate: float) -> float:
    """One step on one batch; gives its loss."""
    ids, mask = _padded([pieces for pieces, _ in pairs])
    weight, bias = model.heads[task.name]
    said = fn.linear(fn.dropout(_means(model, ids, mask), model.dropped), weight, bias)
    if task.many:
        wanted = torch.zeros(len(pairs), task.classes)
        for row, (_, answers) in enumerate(pairs):
            wanted[row, answers] = 1
        loss = fn.binary_cross_entropy_with_logits(said, wanted) * 8
    else:
        wanted = torch.tensor([answer for _, answer in pairs])
        loss = fn.cross_entropy(said, wanted, label_smoothing=SMOOTHED)
    return _step(model, loss, rate)


def _step(model: Bert, loss: torch.Tensor, rate: float) -> float:
    loss.backward()
    for group in model.optimiser.param_groups:
        group["lr"] = group["full"] * rate
        torch.nn.utils.clip_grad_norm_(group["params"], 1.0)
    model.optimiser.step()
    model.optimiser.zero_grad(set_to_none=True)
    return float(loss.detach())


def learn_beside(
    model: Bert,
    pieces: Sequence[Sequence[int]],
    answers: Sequence[int],
    kept: NDArray[np.float32],
    groups: Sequence[slice],
    hold: float,
    rate: float,
) -> float:
    """One step of the head ``taught`` (one yes or no) over the rows of all layers, while the head ``kept``
    over the same is held to what it said.

    ``kept``: its scores of the texts, shape (n, columns); ``groups``: columns that are weighed against each
    other, or say yes or no where there is one; ``hold``: how much that counts. Gives the loss.
    """
    means = _means(model, *_padded(pieces), every=True)
    said = fn.linear(fn.dropout(means, model.dropped), *model.heads["taught"])[:, 0]
    wanted = torch.tensor(answers, dtype=torch.float32) * (1 - 2 * SMOOTHED) + SMOOTHED
    loss = fn.binary_cross_entropy_with_logits(said, wanted)
    told, before = fn.linear(means, *model.heads["kept"]), torch.from_numpy(kept)
    for group in groups:
        new, old = told[:, group], before[:, group]
        if old.shape[1] == 1:
            loss = loss + hold * fn.binary_cross_entropy_with_logits(new, torch.sigmoid(old)) / 3
        else:
            shares = fn.softmax(old, 1)
            loss = loss + hold * fn.kl_div(fn.log_softmax(new, 1), shares, reduction="batchmean")
    return _step(model, loss, rate)


def rows_of(model: Bert, pieces: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """The means of texts after each layer, one after another, shape (n, layers * width)."""
    dropped, model.dropped = model.dropped, 0.0
    width = model.numbers["norm.weight"].shape[0]
    found = np.zeros((len(pieces), model.layers * width), np.float32)
    order = sorted(range(len(pieces)), key=lambda row: len(pieces[row]))
    with torch.no_grad():
        for start in range(0, len(order), 32):
            rows = order[start : start + 32]
            means = _means(model, *_padded([pieces[row] for row in rows]), every=True)
            found[rows] = means.numpy()
    model.dropped = dropped
    return found


def _padded(pieces: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    most = max(map(len, pieces))
    ids = torch.zeros(len(pieces), most, dtype=torch.long)
    mask = torch.zeros(len(pieces), most)
    for row, some in enumerate(pieces):
        ids[row, : len(some)] = torch.tensor(some)
        mask[row, : len(some)] = 1
    return ids, mask


def _means(
    model: Bert, ids: torch.Tensor, mask: torch.Tensor, *, every: bool = False
) -> torch.Tensor:
    """The means of texts after the last layer; after ``every`` one, side by side."""
    held = model.numbers
    width = held["norm.weight"].shape[0]
    places = held["place.weight"][: ids.shape[1]] + held["kind.weight"][0]
    hidden = fn.embedding(ids, held["word.weight"]) + places
    hidden = fn.layer_norm(hidden, (width,), held["norm.weight"], held["norm.bias"], model.epsilon)
    hidden = fn.dropout(hidden, model.dropped)
    away = torch.where(mask[:, None, None, :] > 0, 0.0, -1e4)
    shares = (mask / mask.sum(1, keepdim=True)).unsqueeze(-1)
    found = []
    for layer in range(model.layers):
        hidden = _through(model, layer, hidden, away)
        found.append((hidden * shares).sum(1))
    return torch.cat(found, 1) if every else found[-1]


def _through(model: Bert, layer: int, hidden: torch.Tensor, away: torch.Tensor) -> torch.Tensor:
    held = {name: model.numbers[f"{layer}.{name}"] for name in LAYER}
    count, length, width = hidden.shape

    def joined(fresh: torch.Tensor, before: torch.Tensor, norm: str) -> torch.Tensor:
        both = before + fn.dropout(fresh, model.dropped)
        weight, bias = held[f"{norm}.weight"], held[f"{norm}.bias"]
        return fn.layer_norm(both, (width,), weight, bias, model.epsilon)

    three = fn.linear(hidden, held["qkv.weight"], held["qkv.bias"])
    parts = three.view(count, length, 3, model.attention_heads, -1).permute(2, 0, 3, 1, 4)
    mixed = fn.scaled_dot_product_attention(
        parts[0], parts[1], parts[2], attn_mask=away, dropout_p=model.dropped
    )
    mixed = mixed.transpose(1, 2).reshape(count, length, width)
    middle = joined(fn.linear(mixed, held["out.weight"], held["out.bias"]), hidden, "norm1")
    up = fn.gelu(fn.linear(middle, held["up.weight"], held["up.bias"]))
    return joined(fn.linear(up, held["down.weight"], held["down.bias"]), middle, "norm2")


def arrays(model: Bert) -> tuple[Arrays, list[Arrays]]:
    """The embeddings and the layers as ``export`` takes them."""
    numbers = {name: array.detach().numpy().copy() for name, array in model.numbers.items()}
    kinds = numbers.pop("kind.weight")
    embeddings = {name: numbers[name] for name in _EMBEDDINGS if name != "kind.weight"}
    embeddings["place.weight"] = embeddings["place.weight"][:64] + kinds[0]
    layers = [
        {name: _turned(numbers[f"{layer}.{name}"]) for name in LAYER}
        for layer in range(model.layers)
    ]
    return embeddings, layers


def _turned(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """PyTorch keeps weights as (out, in)."""
    return array.T.copy() if array.ndim == 2 else array


def heads(model: Bert) -> dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Weights (classes, width) and biases of each task."""
    return {
        name: (weight.detach().numpy().copy(), bias.detach().numpy().copy())
        for name, (weight, bias) in model.heads.items()
    }


__all__ = ["Bert", "Gait", "again", "arrays", "heads", "learn", "learn_beside", "load", "rows_of"]
