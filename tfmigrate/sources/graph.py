"""Graphs without a SavedModel: a ``.meta`` (MetaGraphDef), a frozen graph (GraphDef), as text too.

A graph is a program; it is parsed here and never imported. The saver inside a ``.meta`` names an op
to run, so it is mentioned and never used.
"""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfmigrate.errors import Damaged, NotSupported, shown
from tfmigrate.results import Hazard, Source, Writer
from tfmigrate.sources import graph_ops, meta_graph, protos
from tfmigrate.sources.wire import AGAIN, varint
from tfmigrate.tensors import TensorInfo

if TYPE_CHECKING:
    from tfmigrate.sources.base import Values

KINDS = {
    "tf1-meta": "TF1 graph with its collections (.meta, MetaGraphDef)",
    "frozen-graph": "graph without variables' values (GraphDef), frozen where it has no variables",
}
_HEAD = 4096
_MAX_BINARY, _MAX_TEXT = 2 << 30, 64 << 20  # protobuf's own limit; text is parsed slowly
_SHOWN = 10
_OP = re.compile(rb"[A-Z_][A-Za-z0-9_>]*")
_COMMENTS = r"\s*(#.*\n\s*)*"
_TEXT = {
    "tf1-meta": re.compile(_COMMENTS + r"(meta_info_def|graph_def)\s*:?\s*\{"),
    "frozen-graph": re.compile(_COMMENTS + r"(node|library|versions)\s*:?\s*\{"),
}


def identify(path: Path) -> str | None:
    """``tf1-meta`` or ``frozen-graph``; None where a file is neither."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if path.name.endswith(".pbtxt"):
        text = head.decode("utf-8", errors="replace")
        return next((kind for kind, start in _TEXT.items() if start.match(text)), None)
    return _binary_kind(path, head)


def _binary_kind(path: Path, head: bytes) -> str | None:
    if head[:1] != b"\x0a":
        return None
    try:
        length, at = varint(head, 1, str(path))
        if _is_node(head[at:], str(path)):
            return "frozen-graph"
    except Damaged:
        return None
    with path.open("rb") as file:
        file.seek(at + length)
        after = file.read(1)
    stripped_ops = head[at : at + 1] == b"\x12" and path.name.endswith(".meta")
    return "tf1-meta" if after == b"\x12" or (not after and stripped_ops) else None


def _is_node(data: bytes, where: str) -> bool:
    """Whether bytes start as a NodeDef does: a name, then an op."""
    if data[:1] != b"\x0a":
        return False
    length, at = varint(data, 1, where)
    if data[at + length : at + length + 1] != b"\x12":
        return False
    size, start = varint(data, at + length + 1, where)
    return bool(_OP.fullmatch(data[start : start + size]))


def describe(path: Path, kind: str) -> Source:
    """The graph from outside: inputs, candidate outputs, variables, what needs care.

    Raises:
        Damaged: It cannot be parsed, or has no node.
        NotSupported: It is larger than the limits.
    """
    meta = read(path, kind)
    found = graph_ops.outline(meta.graph_def, saver_scope(meta))
    if not found.nodes:
        raise Damaged("the graph has no node", where=str(path), help=AGAIN)
    notes: list[str] = []
    signatures = meta_graph.signatures(meta, notes)
    frozen = kind == "frozen-graph"
    return Source(
        path=str(path),
        kind=kind,
        title=KINDS[kind],
        files=(str(path),),
        size=path.stat().st_size,
        writer=Writer("TensorFlow", meta_graph.tensorflow(meta)),
        tensors=found.variables + (graph_ops.constants(meta.graph_def.node) if frozen else ()),
        signatures=signatures,
        hazards=found.hazards + (_unfrozen(found.variables) if frozen else ()),
        notes=(*_said(found), *found.notes, *notes, *_advice(meta, frozen)),
        next_command=_next(path, found) if frozen and not found.variables else "",
    )


@contextlib.contextmanager
def values(source: Source) -> Iterator[Values]:
    """Nothing: the values of a graph are read by running it.

    Raises:
        NotSupported: Always.
    """
    raise NotSupported("a graph file hands over no values", where=source.path)
    yield


def read(path: Path, kind: str) -> Any:
    """The MetaGraphDef in a file; a bare GraphDef comes inside an otherwise empty one.

    Raises:
        Damaged: It cannot be parsed.
        NotSupported: It is larger than the limits.
    """
    text = path.name.endswith(".pbtxt")
    size, limit = path.stat().st_size, _MAX_TEXT if text else _MAX_BINARY
    if size > limit:
        raise NotSupported(f"a graph of {size} bytes; the limit is {limit}", where=str(path))
    name = "MetaGraph" if kind == "tf1-meta" else "Graph"
    if text:
        decoded = path.read_text("utf-8", errors="replace")
        found = protos.parse_text(name, decoded, str(path))
    else:
        found = protos.parse(name, path.read_bytes(), str(path))
    return found if name == "MetaGraph" else protos.message("MetaGraph")(graph_def=found)


def saver_scope(meta: Any) -> str:
    """The scope of a MetaGraphDef's own saver (``save/``), "" where it has none."""
    scope, slash, _ = meta.saver_def.filename_tensor_name.rpartition("/")
    return str(scope + slash)


def _unfrozen(variables: tuple[TensorInfo, ...]) -> tuple[Hazard, ...]:
    if not variables:
        return ()
    what = f"the graph is not frozen: the values of {len(variables)} variables are not in it"
    return (Hazard("not-frozen", what, where=shown(variables[0].name), exit_code=3,
                   help="give the checkpoint that belongs to it"),)  # fmt: skip


def _said(found: graph_ops.Outline) -> tuple[str, ...]:
    inputs = [f"{i.name}:0 {i.dtype} {_shape(i.shape)}" for i in found.inputs]
    return (
        f"{found.nodes} nodes",
        f"inputs: {_listed(inputs)}",
        f"candidate outputs (nobody consumes them): {_listed(list(found.outputs))}",
    )


def _next(path: Path, found: graph_ops.Outline) -> str:
    """The command, with what looks like inputs and outputs; nobody says that they are meant."""
    switches = {hazard.where for hazard in graph_ops.training_placeholders(found.inputs)}
    inputs = [i.name for i in found.inputs if i.name not in switches]
    if not inputs or not found.outputs or len(inputs) + len(found.outputs) > _SHOWN:
        named = "--input NAME=TENSOR:0 --output NAME=TENSOR:0"
    else:
        given = [f"--input {shlex.quote(_named(n))}" for n in inputs]
        named = " ".join([*given, *(f"--output {shlex.quote(_named(n))}" for n in found.outputs)])
    return f"tfmigrate savedmodel-to-savedmodel {shlex.quote(str(path))} OUTPUT {named}"


def _named(node: str) -> str:
    leaf = node.rpartition("/")[2]
    return f"{leaf}={node}:0"


def _shape(shape: tuple[int | None, ...]) -> str:
    return "[" + ",".join("?" if d is None else str(d) for d in shape) + "]"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(shown(name) for name in names[:_SHOWN]) + more or "none"


def _advice(meta: Any, frozen: bool) -> tuple[str, ...]:
    if frozen:
        return ()
    saver = ("a saver is in it; it is never used",) if meta.HasField("saver_def") else ()
    return (*saver, "a checkpoint beside it can be migrated with a recipe")
