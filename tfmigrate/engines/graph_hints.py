"""What a graph says about the values that its inputs take: ids within tables, lengths."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from tfmigrate.engines import graph_texts
from tfmigrate.engines.hints import names
from tfmigrate.engines.lengths import legal_lengths
from tfmigrate.graphs.allowed import VARIABLES
from tfmigrate.graphs.asked import Asked, of
from tfmigrate.graphs.nodes import Node, Tensor
from tfmigrate.graphs.prune import Pruned
from tfmigrate.tensors import LENGTHS, Hint, TensorSpec

# Ops that hand ids on unchanged, by their first input.
_PASSING = frozenset({
    "Identity", "Cast", "Reshape", "ExpandDims", "Squeeze", "Transpose", "Enter", "StopGradient",
    "Unpack", "StridedSlice", "TensorArrayScatterV3", "Unique", "Split", "Switch", "Merge",
})  # fmt: skip
_GATHERS = frozenset({"Gather", "GatherV2", "ResourceGather"})
# Ops that a dynamic_rnn or a mask compares sequence lengths in.
_BOUNDS = frozenset({"GreaterEqual", "Less", "LessEqual", "Greater", "Max", "Min", "Maximum"})


# Ops that take how many times, or how much, of something.
_COUNTS = frozenset({"While", "StatelessWhile", "TensorListReserve", "Range", "Fill", "Tile"})


def hints(
    pruned: Pruned,
    asked: Asked,
    specs: Sequence[TensorSpec],
    fits: Callable[[Mapping[str, Any]], bool],
    tables: Mapping[str, Any] | None = None,
    called: frozenset[str] = frozenset(),
) -> dict[str, Hint]:
    """What probes have to know of each input.

    Args:
        pruned: The graph.
        asked: Its inputs.
        specs: The same inputs as the signature has them.
        fits: Whether inputs of some shapes leave no output empty.
        tables: Lookup tables by their nodes.
        called: The ops inside functions that the nodes call.
    """
    known = tables or {}
    lengths = legal_lengths(specs, fits)
    steps = _steps(specs, lengths)
    found: dict[str, Hint] = {}
    for spec in specs:
        tensor = of(asked.inputs[spec.name].tensor)
        if spec.dtype == "string":
            said = graph_texts.text(pruned, tensor, partial(_readers, pruned), known, called)
            if said is not None or lengths:
                found[spec.name] = replace(said or Hint(), lengths=lengths or LENGTHS)
            continue
        hint = Hint(lengths=lengths or LENGTHS)
        if spec.dtype.startswith(("int", "uint")):
            hint = _whole(pruned, spec, tensor, hint, known, steps)
        kind = "" if hint.low is not None else names.kind(spec)
        if hint.low is not None or lengths or kind or hint.words:
            found[spec.name] = replace(hint, kind=kind)
    return found


def _whole(
    pruned: Pruned,
    spec: TensorSpec,
    tensor: Tensor,
    hint: Hint,
    tables: Mapping[str, Any],
    steps: int | None,
) -> Hint:
    """What is known of whole numbers: ids, lengths, counts."""
    readers = list(_readers(pruned, tensor))
    words = graph_texts.numbers(readers, tables)
    low: float | None
    high: float | None
    if not spec.shape and any(n.op in _COUNTS for n, _ in readers):
        low, high = 1, 4
    else:
        low, high = _range(pruned, readers, steps if len(spec.shape) <= 1 else None)
    rows = min((r for n, t in readers if (r := _table(pruned, n, t))), default=0)
    return replace(hint, low=low, high=high, rows=rows, words=words)


def _range(
    pruned: Pruned, readers: list[tuple[Node, Tensor]], steps: int | None
) -> tuple[float | None, float | None]:
    """The range of ids or lengths that some readers take; nothing where none tells."""
    limits = [r for node, t in readers if (r := _rows(pruned, node, t)) is not None]
    if limits:
        return 0, min(limits)
    lengths = any(n.op == "ReverseSequence" and n.inputs[1:] == (t,) for n, t in readers)
    if steps is not None and (lengths or any(n.op in _BOUNDS for n, _ in readers)):
        return 1, steps + 1
    return None, None


def _readers(pruned: Pruned, tensor: Tensor) -> Iterator[tuple[Node, Tensor]]:
    """Every node that takes a tensor's values as they are, and the tensor as it takes it."""
    queue, seen = [tensor], {tensor}
    while queue:
        found = queue.pop()
        for node in pruned.nodes.values():
            if found in node.inputs:
                yield node, found
                if (node.op in _PASSING and found != node.inputs[-1]) or node.op == "Identity":
                    fresh = {(node.name, i) for i in range(8)} - seen
                    seen |= fresh
                    queue += fresh


def _rows(pruned: Pruned, node: Node, tensor: Tensor) -> int | None:
    """How many ids a node that reads them knows."""
    if (rows := _table(pruned, node, tensor)) is not None:
        return rows
    if node.op == "OneHot" and node.inputs[0] == tensor:
        depth = pruned.nodes.get(node.inputs[1][0])
        return _number(depth) if depth is not None else None
    return None


def _table(pruned: Pruned, node: Node, tensor: Tensor) -> int | None:
    """How many rows the table has that a node looks them up in."""
    if node.op in _GATHERS and len(node.inputs) > 1 and node.inputs[1] == tensor:
        return _first_size(pruned, node.inputs[0])
    return None


def _first_size(pruned: Pruned, tensor: Tensor) -> int | None:
    """The first size of a variable or constant, seen through what hands it on."""
    for _ in range(20):
        node = pruned.nodes.get(tensor[0])
        if node is None:
            return None
        if node.op in VARIABLES and "shape" in node.attrs:
            dims = node.attrs["shape"].shape.dim
            return int(dims[0].size) if len(dims) and dims[0].size > 0 else None
        if node.op == "Const" and "value" in node.attrs:
            dims = node.attrs["value"].tensor.tensor_shape.dim
            return int(dims[0].size) if len(dims) else None
        if node.op not in ("Identity", "ReadVariableOp", "Enter", "Switch", "StopGradient"):
            return None
        tensor = node.inputs[0]
    return None


def _number(node: Node) -> int | None:
    """The whole number that a constant is."""
    if node.op != "Const" or "value" not in node.attrs:
        return None
    found = node.attrs["value"].tensor.int_val
    return int(found[0]) if found else None


def _steps(specs: Sequence[TensorSpec], lengths: tuple[int, ...]) -> int | None:
    """The fewest steps that a sequence among the inputs has; None where there is none."""
    sizes = [s.shape[1] for s in specs if len(s.shape) > 1]
    return min((min(lengths or LENGTHS) if d is None else d for d in sizes), default=None)
