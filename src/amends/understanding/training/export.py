"""From trained layers to the file the deep tier runs: an ONNX graph with weights of eight bits.

Needs the package ``onnx``, of the extra ``train``. Weights are quantised column by column, and what meets
them by how far it reaches on a sample of texts: so a text scores the same whatever it is read with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amends.understanding.training.reach import MET, Reach, reaches

Floats = NDArray[np.float32]
_OPSET, _CONTRIB = 17, "com.microsoft"
_STEPS = 256
_LEAST = -0.17  # what a GELU comes to at least
_KEPT = (
    99.8  # percent of the numbers behind a GELU whose reach is kept; a few are far from all others
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the arrays do not say: heads of attention, and the epsilon of layer norms."""

    heads: int
    epsilon: float = 1e-12


# The arrays of a layer, each weight of shape (in, out).
LAYER = (
    "qkv.weight", "qkv.bias", "out.weight", "out.bias", "norm1.weight", "norm1.bias",
    "up.weight", "up.bias", "down.weight", "down.bias", "norm2.weight", "norm2.bias",
)  # fmt: skip


@dataclass(slots=True)
class Graph:
    """An ONNX graph in the making; each method adds a node and gives the name of what comes out."""

    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def keep(self, name: str, array: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(
        self, kind: str, inputs: Sequence[str], out: str, *, ours: bool = True, **how: Any
    ) -> str:
        """A node with one output; ``ours`` false takes the operator from the contributed ones."""
        from onnx import helper

        domain = "" if ours else _CONTRIB
        self.nodes.append(helper.make_node(kind, list(inputs), [out], domain=domain, **how))
        return out

    def times(
        self, of: str, weight: Floats, bias: Floats, name: str, ends: tuple[float, float] = (-1, 1)
    ) -> str:
        """``of @ weight + bias`` in eight bits, where ``of`` lies between both ends; ``weight`` has the
        shape (in, out)."""
        table, scales = columns_of_bytes(weight)
        step = (ends[1] - ends[0]) / (_STEPS - 1)
        width = self.keep(f"{name}.step", np.array(step, np.float32))
        middle = self.keep(f"{name}.middle", np.array(round(-ends[0] / step), np.uint8))
        taken = self.add("QuantizeLinear", [of, width, middle], f"{name}.taken")
        kept = [self.keep(f"{name}.q", table), width, self.keep(f"{name}.s", scales), middle, ""]
        kept.append(self.keep(f"{name}.bias", bias))
        return self.add("MatMulIntegerToFloat", [taken, *kept], name, ours=False)

    def evened(self, of: str, reach: Floats, name: str) -> str:
        """``of`` with each of its numbers brought to a reach of one."""
        return self.add("Mul", [of, self.keep(f"{name}.even", 1 / reach)], f"{name}.evened")


def columns_of_bytes(weight: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Weights of shape (in, out) in int8, and the scale of each column, shape (out,)."""
    scales = np.maximum(np.abs(weight).max(axis=0), 1e-12) / 127
    return np.rint(weight / scales).astype(np.int8), scales.astype(np.float32)


def rows_of_bytes(table: Floats) -> tuple[NDArray[np.int8], Floats]:
    """A table in int8, and the scale of each row, shape (rows, 1)."""
    scales = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12) / 127
    return np.rint(table / scales).astype(np.int8), scales.astype(np.float32)


def export(
    path: Path,
    embeddings: Mapping[str, Floats],
    layers: Sequence[Mapping[str, Floats]],
    shape: Shape,
    sample: Sequence[Sequence[int]],
) -> None:
    """Write the graph: ``ids`` (batch, length) int64 and ``lengths`` (batch,) int32 in; out ``rows``,
    of each text the mean of its places after each layer, one after another.

    ``embeddings`` holds ``word.weight``, ``place.weight`` (the kind of sentence added to it),
    ``norm.weight`` and ``norm.bias``; each of ``layers`` the arrays of ``LAYER``. ``sample``: texts as
    pieces, which tell how far numbers reach; what reaches further in another text is cut there.
    """
    import onnx
    from onnx import TensorProto, helper

    graph = Graph()
    hidden = _embedded(graph, embeddings, shape)
    means = []
    found = reaches(embeddings, layers, shape.heads, shape.epsilon, sample)
    for number, (layer, reach) in enumerate(zip(layers, found, strict=True)):
        hidden = _layer(graph, hidden, layer, reach, f"layer{number}", shape)
        means.append(_mean(graph, hidden, f"rows{number}"))
    graph.add("Concat", means, "rows", axis=1)
    width = len(layers) * embeddings["norm.weight"].shape[0]
    made = helper.make_graph(
        graph.nodes,
        "encoder",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "length"]),
            helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"]),
        ],
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["batch", width])],
        graph.constants,
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIB, 1)]
    model = helper.make_model(made, opset_imports=opsets, ir_version=9, producer_name="amends")
    onnx.save(model, str(path))


def read_back(path: Path) -> tuple[dict[str, Floats], list[dict[str, Floats]], Shape]:
    """What ``export`` wrote: embeddings, layers and shape, as it takes them; the weights are those that
    eight bits left, and what attention mixes is of one reach, which the weights behind make up for. Raises ValueError or KeyError where the graph is another."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    kept = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    heads = next(node for node in graph.node if node.op_type == "MultiHeadAttention")
    norm = next(node for node in graph.node if node.op_type == "LayerNormalization")
    told = {one.name: one for one in (*heads.attribute, *norm.attribute)}
    embeddings: dict[str, Floats] = {
        "word.weight": kept["words"] * kept["word.scales"],
        "place.weight": kept["places"],
        "norm.weight": kept["norm.weight"],
        "norm.bias": kept["norm.bias"],
    }
    count = sum(name.endswith(".qkv.q") for name in kept)
    layers = [{part: _kept(kept, number, part) for part in LAYER} for number in range(count)]
    return embeddings, layers, Shape(told["num_heads"].i, told["epsilon"].f)


_NORMS = {"norm1": "middle", "norm2": "over"}


def _kept(kept: Mapping[str, NDArray[Any]], number: int, part: str) -> Floats:
    name, kind = part.split(".")
    at = f"layer{number}."
    if name in _NORMS:
        found: Floats = kept[f"{at}{_NORMS[name]}.{kind}"]
        return found
    if kind == "bias":
        bias: Floats = kept[at + part]
        return bias
    whole: Floats = kept[f"{at}{name}.q"] * kept[f"{at}{name}.s"]
    even = kept.get(f"{at}{name}.even")
    return whole if even is None else whole * even[:, None]


def _embedded(graph: Graph, arrays: Mapping[str, Floats], shape: Shape) -> str:
    table, scales = rows_of_bytes(arrays["word.weight"])
    bytes_ = graph.add("Gather", [graph.keep("words", table), "ids"], "word.bytes")
    scale = graph.add("Gather", [graph.keep("word.scales", scales), "ids"], "word.scale")
    cast = graph.add("Cast", [bytes_], "word.float", to=1)
    word = graph.add("Mul", [cast, scale], "word")
    size = graph.add("Shape", ["ids"], "length.shape", start=1, end=2)
    zero, one = graph.keep("zero", np.array([0])), graph.keep("one", np.array([1]))
    places = graph.keep("places", arrays["place.weight"].astype(np.float32))
    place = graph.add("Slice", [places, zero, size, zero, one], "place")
    summed = graph.add("Add", [word, place], "embedded")
    length = graph.add("Squeeze", [size], "length")
    steps = [graph.keep("first", np.array(0)), length, graph.keep("step", np.array(1))]
    at = graph.add("Cast", [graph.add("Range", steps, "at.long")], "at", to=6)
    last = graph.add("Unsqueeze", ["lengths", one], "lengths.column")
    there = graph.add("Cast", [graph.add("Less", [at, last], "there.bool")], "there", to=1)
    ends = graph.add("Cast", [last], "lengths.float", to=1)
    share = graph.add("Div", [there, ends], "share")
    graph.add("Unsqueeze", [share, one], "shares")
    norm = [graph.keep(f"norm.{part}", arrays[f"norm.{part}"]) for part in ("weight", "bias")]
    return graph.add("LayerNormalization", [summed, *norm], "trunk", epsilon=shape.epsilon, axis=-1)


def _mean(graph: Graph, hidden: str, name: str) -> str:
    """The mean of a text's own places, shape (batch, width)."""
    mean = graph.add("MatMul", ["shares", hidden], f"{name}.mean")
    return graph.add("Squeeze", [mean, "one"], name)


def _layer(
    graph: Graph, of: str, arrays: Mapping[str, Floats], reach: Reach, name: str, shape: Shape
) -> str:
    from onnx import helper

    weights, biases = _within(arrays, reach)
    bent_ends = (_LEAST, float(np.percentile(reach["down"], _KEPT)))

    def times(part: str, what: str, ends: tuple[float, float] = (-1, 1)) -> str:
        return graph.times(what, weights[part], biases[part], f"{name}.{part}", ends)

    product = times("qkv", graph.evened(of, reach["qkv"], f"{name}.qkv"))
    parts = [f"{name}.{part}" for part in "qkv"]
    graph.nodes.append(helper.make_node("Split", [product], parts, axis=2))
    attended = graph.add("MultiHeadAttention", [*parts, "", "lengths"], f"{name}.attended",
                         ours=False, num_heads=shape.heads)  # fmt: skip
    out = times("out", attended)
    middle = _joined(graph, out, of, arrays, "norm1", f"{name}.middle", shape)
    up = times("up", graph.evened(middle, reach["up"], f"{name}.up"))
    down = times("down", graph.add("Gelu", [up], f"{name}.bent", ours=False), bent_ends)
    return _joined(graph, down, middle, arrays, "norm2", f"{name}.over", shape)


def _within(
    arrays: Mapping[str, Floats], reach: Reach
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Weights and biases of a layer for numbers brought to a reach of one: before a weight by a step of its
    own, where attention is the weight before by that weight itself."""
    weights = {part: arrays[f"{part}.weight"] for part in MET}
    biases = {part: arrays[f"{part}.bias"] for part in MET}
    mixed = np.ones(weights["qkv"].shape[1], np.float32)
    mixed[-len(reach["out"]) :] = reach["out"]
    weights["qkv"], biases["qkv"] = weights["qkv"] / mixed, biases["qkv"] / mixed
    for part in ("qkv", "out", "up"):
        weights[part] = weights[part] * reach[part][:, None]
    return weights, biases


def _joined(
    graph: Graph,
    fresh: str,
    before: str,
    arrays: Mapping[str, Floats],
    norm: str,
    name: str,
    shape: Shape,
) -> str:
    """What a step made and what came before it, brought to one norm."""
    summed = graph.add("Add", [fresh, before], f"{name}.sum")
    held = [graph.keep(f"{name}.{part}", arrays[f"{norm}.{part}"]) for part in ("weight", "bias")]
    return graph.add("LayerNormalization", [summed, *held], name, epsilon=shape.epsilon, axis=-1)
