"""Lookup tables of a graph, as tables of TensorFlow 2 that an export carries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfmigrate.engines.graph_rewrite import rewritten
from tfmigrate.errors import NotSupported
from tfmigrate.graphs.allowed import FILE_INITIALISERS
from tfmigrate.graphs.asked import Asked
from tfmigrate.graphs.nodes import Graph, Node, written
from tfmigrate.graphs.tables import asset, contents, initialiser, table_problems
from tfmigrate.lazy import load


def tables(
    original: Any, graph: Graph, held: Sequence[Node], checkpoint: str = ""
) -> dict[str, Any]:
    """A table for each one that the outputs look something up in, by its node.

    Args:
        original: The GraphDef.
        graph: The same as plain nodes.
        held: The nodes of the tables.
        checkpoint: Where the content of tables lies that a checkpoint holds.

    Raises:
        NotSupported: A table is filled from a file, or by ops that may not be run.
    """
    if problems := table_problems(graph, tuple(held)):
        raise NotSupported("the graph holds what cannot be run", problems)
    return {
        node.name: _stored(graph.stored[node.name], checkpoint)
        if node.name in graph.stored
        else _table(original, graph, node)
        for node in held
    }


def stored(names: Sequence[str], checkpoint: str) -> tuple[Any, Any]:
    """The keys and the values of a table that a checkpoint holds."""
    reader = load("tensorflow").train.load_checkpoint(checkpoint)
    keys, values = (reader.get_tensor(name) for name in names)
    return keys, values


def _stored(names: Sequence[str], checkpoint: str) -> Any:
    tf = load("tensorflow")
    keys, values = (tf.constant(array) for array in stored(names, checkpoint))
    return _static(keys, values)


def _table(original: Any, graph: Graph, node: Node) -> Any:
    tf = load("tensorflow")
    filled = initialiser(graph, node.name)
    assert filled is not None  # refused above
    if filled.op in FILE_INITIALISERS:
        return _of_file(graph, node, filled)
    inner = contents(graph, filled)
    definition, _ = rewritten(original, graph, inner, Asked({}, {}))
    wanted = [written(t) for t in inner.outputs]

    def arrays() -> Any:
        return tf.graph_util.import_graph_def(definition, {}, wanted, name="table")

    return _static(*tf.function(arrays, autograph=False)())


def _static(keys: Any, values: Any) -> Any:
    tf = load("tensorflow")
    initialise = tf.lookup.KeyValueTensorInitializer(keys, values)
    return tf.lookup.StaticHashTable(initialise, _default(values.dtype))


def _default(dtype: Any) -> Any:
    """Never looked at: every lookup brings its own."""
    tf = load("tensorflow")
    value = "" if dtype == tf.string else False if dtype == tf.bool else -1
    return tf.constant(value, dtype)


def _of_file(graph: Graph, node: Node, filled: Node) -> Any:
    """A table whose keys and values are lines, columns or line numbers of an asset."""
    tf = load("tensorflow")
    said, kinds = filled.attrs, node.attrs
    value = tf.as_dtype(kinds["value_dtype"].type)
    initialise = tf.lookup.TextFileInitializer(
        asset(graph, filled),
        tf.as_dtype(kinds["key_dtype"].type),
        int(said["key_index"].i),
        value,
        int(said["value_index"].i),
        vocab_size=None if "vocab_size" not in said or said["vocab_size"].i < 0
        else int(said["vocab_size"].i),
        delimiter=said["delimiter"].s.decode() if "delimiter" in said else "\t",
        value_index_offset=int(said["offset"].i) if "offset" in said else 0,
    )  # fmt: skip
    return tf.lookup.StaticHashTable(initialise, _default(value))
