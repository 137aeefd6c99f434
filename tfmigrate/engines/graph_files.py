"""A graph file as TensorFlow's own GraphDef, for a worker that is going to import it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tfmigrate.errors import Damaged, shown
from tfmigrate.graphs import saved
from tfmigrate.lazy import load
from tfmigrate.tensors import from_json


def of(architecture: Mapping[str, Any]) -> Any:
    """The GraphDef that an engine is told of; of a SavedModel the graph that is meant, with its
    files under their paths here and calls of functions that have no signature.

    Raises:
        Damaged: TensorFlow cannot parse it.
    """
    path, kind = Path(architecture["graph"]), architecture["kind"]
    if kind != saved.KIND:
        return graph_def(path, kind)
    said = architecture["saved"]
    model = _parsed(path, "tensorflow.core.protobuf.saved_model_pb2:SavedModel")
    tags = {tuple(sorted(m.meta_info_def.tags)): m for m in model.meta_graphs}
    graph = tags[tuple(said["tags"])].graph_def
    found = saved.with_calls(graph, (from_json(saved.Call, call) for call in said["calls"]))
    for node in found.node:
        if node.name in said["assets"]:
            _name_file(node, said["assets"][node.name])
    return found


def _name_file(node: Any, path: str) -> None:
    """A node that says where a file is; in TF2 one that whoever loads the model feeds."""
    value = load("tensorflow").make_tensor_proto(path)
    node.op = "Const"
    node.attr.clear()
    node.attr["dtype"].type = value.dtype
    node.attr["value"].tensor.CopyFrom(value)


def checkpoint(architecture: Mapping[str, Any]) -> str:
    """The prefix of the variables of a SavedModel."""
    return str(Path(architecture["graph"]).parent / "variables" / "variables")


def graph_def(path: Path, kind: str) -> Any:
    """The GraphDef in a file; nothing is imported.

    Args:
        path: The file.
        kind: ``tf1-meta`` or ``frozen-graph``; text where the name ends in ``.pbtxt``.

    Raises:
        Damaged: TensorFlow cannot parse it.
    """
    meta = kind == "tf1-meta"
    module = "tensorflow.core.protobuf.meta_graph_pb2:MetaGraphDef" if meta else (
        "tensorflow.core.framework.graph_pb2:GraphDef"
    )  # fmt: skip
    message = _parsed(path, module)
    return message.graph_def if meta else message


def _parsed(path: Path, module: str) -> Any:
    from google.protobuf import text_format
    from google.protobuf.message import DecodeError

    message = load(module)()
    try:
        if path.name.endswith(".pbtxt"):
            text_format.Parse(path.read_text("utf-8", "replace"), message, allow_unknown_field=True)
        else:
            message.ParseFromString(path.read_bytes())
    except (DecodeError, text_format.ParseError, RecursionError) as error:
        raise Damaged(f"TensorFlow cannot parse it: {shown(error)}", where=path.name) from error
    return message
