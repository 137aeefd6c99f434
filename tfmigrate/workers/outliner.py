"""The worker task behind ``recipe draft``: what else a checkpoint tells about its model."""

from __future__ import annotations

import pathlib
from typing import Any

from tfmigrate.sources import (
    bundle,
    checkpoint,
    graph,
    graph_frontier,
    graph_ops,
    labels,
    stored_tensors,
)
from tfmigrate.tensors import as_json


def run(payload: dict[str, Any], parent: Any) -> dict[str, Any]:
    """Read the graph beside a checkpoint, and the order of the objects in it.

    Args:
        payload: ``{"path": ...}``, the checkpoint.
        parent: The way back to the parent process; not needed here.

    Returns:
        ``graph``: what :func:`_graph` found in the ``.meta`` beside it, or None;
        ``order``: its keys in the order in which the objects were attached, or nothing.

    Raises:
        TfmigrateError: The checkpoint or the graph is damaged.
    """
    prefix = checkpoint.prefix_of(pathlib.Path(payload["path"]))
    meta = prefix.with_name(f"{prefix.name}.meta")
    return {"graph": _graph(meta) if meta.is_file() else None, "order": _order(prefix)}


def _graph(meta: pathlib.Path) -> dict[str, Any]:
    """The outline of a graph, the nodes that its pipeline feeds, and the last ones it computes."""
    read = graph.read(meta, "tf1-meta")
    found = graph_ops.outline(read.graph_def, graph.saver_scope(read))
    fed = graph_frontier.fed(read.graph_def)
    targets = labels.targets([i.name for i in found.inputs])
    starts = [i.name for i in found.inputs if i.name not in targets] + list(fed)
    answers = graph_frontier.frontier(read.graph_def, starts, targets)
    return {
        "outline": as_json(found),
        "fed": list(fed),
        "answers": list(answers),
        "trains": graph_frontier.trains(read.graph_def),
    }


def _order(prefix: pathlib.Path) -> list[str]:
    """The keys of an object-based checkpoint, as one meets them walking down from the root."""
    if not prefix.with_name(f"{prefix.name}.index").is_file():
        return []
    opened = bundle.open_bundle(prefix)
    objects = stored_tensors.graph_of(opened)
    if objects is None:
        return []
    keys: list[str] = []
    seen, stack = {0}, [0]
    while stack:
        node = stack.pop()
        keys += [str(a.checkpoint_key) for a in objects.nodes[node].attributes]
        children = [child for _, child in objects.children(node) if child not in seen]
        seen.update(children)
        stack += reversed(dict.fromkeys(children))
    return keys
