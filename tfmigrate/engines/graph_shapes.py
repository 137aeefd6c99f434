"""Shapes that follow from a loop: TensorFlow's importer stops at the first turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfmigrate.lazy import load
from tfmigrate.tensors import Shape


def inferred(graph: Any, names: Mapping[str, str]) -> dict[str, Shape | None]:
    """The shapes of tensors of a graph, loops followed until nothing changes.

    TensorFlow's graph optimiser has to know them too, and infers them so; None where even it knows
    no rank.

    Args:
        graph: The ``tf.Graph``.
        names: Tensors by what they are asked for, as ``node:output``.
    """
    tf = load("tensorflow")
    item = load("tensorflow.python.grappler.item:Item")
    meta = tf.compat.v1.MetaGraphDef()
    meta.graph_def.CopyFrom(graph.as_graph_def())
    collection = meta.collection_def["train_op"].node_list.value
    collection.extend(sorted({name.partition(":")[0] for name in names.values()}))
    properties = item(meta).GetOpProperties()
    return {key: _shape(properties, name) for key, name in names.items()}


def open_tensor(dtype: Any, shape: Any) -> Any:
    """A tensor of a shape and no value; the optimiser does not believe the shapes of fed ones."""
    tf = load("tensorflow")
    return tf.ensure_shape(tf.compat.v1.placeholder(dtype), shape)


def _shape(properties: Mapping[str, Any], name: str) -> Shape | None:
    node, _, output = name.partition(":")
    found = properties.get(node, ())
    if int(output) >= len(found) or found[int(output)].shape.unknown_rank:
        return None
    return tuple(None if d.size < 0 else int(d.size) for d in found[int(output)].shape.dim)
