"""Lookup tables of a graph, as tables of TensorFlow 2 that an export carries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfmigrate.engines.graph_rewrite import rewritten
from tfmigrate.errors import NotSupported
from tfmigrate.graphs.asked import Asked
from tfmigrate.graphs.nodes import Graph, Node, written
from tfmigrate.graphs.tables import contents, initialiser, table_problems
from tfmigrate.lazy import load


def tables(original: Any, graph: Graph, held: Sequence[Node]) -> dict[str, Any]:
    """A table for each one that the outputs look something up in, by its node.

    Args:
        original: The GraphDef.
        graph: The same as plain nodes.
        held: The nodes of the tables.

    Raises:
        NotSupported: A table is filled from a file, or by ops that may not be run.
    """
    if problems := table_problems(graph, tuple(held)):
        raise NotSupported("the graph holds what cannot be run", problems)
    return {node.name: _table(original, graph, node) for node in held}


def _table(original: Any, graph: Graph, node: Node) -> Any:
    tf = load("tensorflow")
    filled = initialiser(graph, node.name)
    assert filled is not None  # refused above
    inner = contents(graph, filled)
    definition, _ = rewritten(original, graph, inner, Asked({}, {}))
    wanted = [written(t) for t in inner.outputs]

    def arrays() -> Any:
        return tf.graph_util.import_graph_def(definition, {}, wanted, name="table")

    keys, values = tf.function(arrays, autograph=False)()
    initialise = tf.lookup.KeyValueTensorInitializer(keys, values)
    default = "" if values.dtype == tf.string else -1
    return tf.lookup.StaticHashTable(initialise, tf.constant(default, values.dtype))
