"""A graph file as TensorFlow's own GraphDef, for a worker that is going to import it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tfmigrate.errors import Damaged, shown
from tfmigrate.lazy import load


def graph_def(path: Path, kind: str) -> Any:
    """The GraphDef in a file; nothing is imported.

    Args:
        path: The file.
        kind: ``tf1-meta`` or ``frozen-graph``; text where the name ends in ``.pbtxt``.

    Raises:
        Damaged: TensorFlow cannot parse it.
    """
    from google.protobuf import text_format
    from google.protobuf.message import DecodeError

    meta = kind == "tf1-meta"
    module = "tensorflow.core.protobuf.meta_graph_pb2:MetaGraphDef" if meta else (
        "tensorflow.core.framework.graph_pb2:GraphDef"
    )  # fmt: skip
    message = load(module)()
    try:
        if path.name.endswith(".pbtxt"):
            text_format.Parse(path.read_text("utf-8", "replace"), message, allow_unknown_field=True)
        else:
            message.ParseFromString(path.read_bytes())
    except (DecodeError, text_format.ParseError, RecursionError) as error:
        raise Damaged(f"TensorFlow cannot parse it: {shown(error)}", where=path.name) from error
    return message.graph_def if meta else message
