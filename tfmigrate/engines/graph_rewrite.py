"""A pruned graph as a GraphDef that TensorFlow 2 imports into a function.

Variables and tables are left out: the function gives it theirs. Devices, colocations and other
private attributes are dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfmigrate.engines import graph_fusions, graph_layouts
from tfmigrate.engines.graph_upgrades import UPGRADES, Emit
from tfmigrate.graphs import check
from tfmigrate.graphs.allowed import TABLES, VARIABLES
from tfmigrate.graphs.asked import Asked, of
from tfmigrate.graphs.inference import INFERS
from tfmigrate.graphs.nodes import Graph, Node, Tensor
from tfmigrate.graphs.prune import INDEX, Pruned
from tfmigrate.lazy import load

# TF1's first tables were references; those of today are resources.
_TODAY = {"LookupTableSize": "LookupTableSizeV2"}


def rewritten(
    original: Any, graph: Graph, pruned: Pruned, asked: Asked
) -> tuple[Any, dict[Tensor, Tensor]]:
    """The nodes of ``pruned`` as a GraphDef, and the constants that stand for fed tensors.

    Args:
        original: The GraphDef that they come from, for attributes.
        graph: The same as plain nodes.
        pruned: What of it is needed.
        asked: The feeds; inputs are left open.
    """
    tf = load("tensorflow")
    emit = Emit(tf.compat.v1.GraphDef())
    # A server runs functions as of its own version: what that refuses is to fail here.
    emit.graph.versions.producer = tf.version.GRAPH_DEF_VERSION
    feeds = _feeds(emit, asked, pruned)
    attributes = {n.name: n for n in original.node if n.name in pruned.nodes}
    places = {**feeds, **graph_layouts.moved(attributes)}
    for node in pruned.nodes.values():
        if node.op in VARIABLES or node.op in TABLES:
            continue
        if INDEX in node.attrs:
            emit.constant(node.name, node.attrs[INDEX], "int32")
            continue
        _node(emit, node, attributes[node.name], places)
    graph_fusions.unfused(emit.graph.node)
    wanted = check.functions(pruned.nodes, graph)
    _library(emit.graph, original, wanted)
    return emit.graph, feeds


def _feeds(emit: Emit, asked: Asked, pruned: Pruned) -> dict[Tensor, Tensor]:
    """A constant for every feed that is used; the tensors that stand for the fed ones."""
    found: dict[Tensor, Tensor] = {}
    for i, feed in enumerate(asked.feeds):
        if of(feed.tensor) in pruned.used:
            name = f"feed_{i}"
            while name in pruned.nodes:
                name += "_"
            emit.constant(name, feed.value, feed.dtype)
            found[of(feed.tensor)] = (name, 0)
    return found


def _node(emit: Emit, node: Node, message: Any, places: Mapping[Tensor, Tensor]) -> None:
    inputs = [places.get(t, t) for t in node.inputs]
    if graph_layouts.is_channels_first(message):
        graph_layouts.channels_last(emit, node, message, inputs)
        return
    if node.op in UPGRADES:
        UPGRADES[node.op](emit, node, message, inputs)
        return
    new = emit.graph.node.add(name=node.name, op=_TODAY.get(node.op, node.op))
    new.input.extend(f"{name}:{output}" for name, output in inputs)
    new.input.extend(f"^{name}" for name in node.controls)
    keep = {"T"} if node.op == "Identity" else None
    for key, value in message.attr.items():
        if not key.startswith("_") and (keep is None or key in keep):
            new.attr[key].CopyFrom(value)
    if INFERS in node.attrs:
        new.attr["is_training"].b = False
    if node.op == "Identity" and "T" not in new.attr:
        new.attr["T"].type = message.attr["dtype"].type


def _library(graph: Any, original: Any, wanted: frozenset[str]) -> None:
    for function in original.library.function:
        if function.signature.name in wanted:
            new = graph.library.function.add()
            new.CopyFrom(function)
            graph_fusions.unfused(new.node_def)
            for node in new.node_def:
                node.device = ""
                for key in [k for k in node.attr if k.startswith("_")]:
                    del node.attr[key]
