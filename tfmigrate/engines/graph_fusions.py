"""Nodes written so that TensorFlow's optimiser does not take them for what they are not.

With oneDNN on, the optimiser turns Keras's LayerNormalization (a fused batch normalisation whose
scale and offset are filled with ones and zeros) into one op, and takes gamma and beta to be
vectors. Over two axes they are not, and the graph fails when it is run (seen with TensorFlow 2.21:
"scale must be 1D tensor"). What is spread and not filled, it leaves alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def unfused(nodes: Iterable[Any]) -> None:
    """Spread what fills the scale and offset of normalisations; NodeDefs of a graph or function."""
    every = {n.name: n for n in nodes}
    for node in list(every.values()):
        if not node.op.startswith("FusedBatchNorm"):
            continue
        for text in node.input[1:3]:
            filled = every.get(text.partition(":")[0])
            if filled is not None and filled.op == "Fill":
                _spread(filled)


def _spread(node: Any) -> None:
    """``Fill(dims, value)`` as ``BroadcastTo(value, dims)``."""
    dims, value, *controls = node.input
    node.op = "BroadcastTo"
    del node.input[:]
    node.input.extend([value, dims, *controls])
    index = node.attr["index_type"].type if "index_type" in node.attr else 3  # int32
    node.attr["Tidx"].type = index
    node.attr.pop("index_type", None)
