"""Where the variables of a graph lie in its checkpoint, if not under their own names.

A partitioned variable is one tensor there; a saver with a mapping gives other names. Both stand in
the graph: in the collections of variables, and in the constants that the saver's op takes. They are
read, never run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import Damaged
from tfmigrate.graphs.nodes import Node
from tfmigrate.judge.graph_files import GraphFile
from tfmigrate.results import Assignment, Source
from tfmigrate.sources import protos

_COLLECTIONS = ("variables", "trainable_variables", "model_variables", "local_variables")


@dataclass(frozen=True)
class Stored:
    """A tensor that becomes variables.

    Attributes:
        tensor: Its name.
        variables: The variables, in order.
        axis: The axis along which it is split.
        sizes: The size of each part along it; () where it is one variable, under another name.
    """

    tensor: str
    variables: tuple[str, ...]
    axis: int = 0
    sizes: tuple[int, ...] = ()

    def ops(self) -> tuple[dict[str, Any], ...]:
        """The ops between the tensor and the variables."""
        split = {"axis": self.axis, "sizes": list(self.sizes)}
        return ({"split": split},) if self.sizes else ()

    def assignment(self) -> Assignment:
        """The tensor and the variables as a part of a plan."""
        return Assignment((self.tensor,), self.variables, self.ops())


def stored(file: GraphFile, needed: Sequence[Node], source: Source) -> tuple[Stored, ...]:
    """The tensors of a checkpoint that needed variables lie in, under other names."""
    there = {t.name for t in source.tensors}
    missing = {n.name for n in needed if n.name not in there}
    if not missing:
        return ()
    found = [s for s in parts(file) if s.tensor in there and missing.issuperset(s.variables)]
    done = {v for item in found for v in item.variables}
    names = _saved_names(file)
    for name in sorted(missing - done):
        keys = [key for key in sorted(names.get(name, ())) if key in there]
        if len(keys) == 1:
            found.append(Stored(keys[0], (name,)))
    return tuple(found)


def parts(file: GraphFile) -> list[Stored]:
    """The partitioned variables of a graph."""
    found: dict[str, dict[str, Any]] = {}
    for name, info in _slices(file.meta):
        found.setdefault(info.full_name, {})[name] = info
    return [_split(full, infos) for full, infos in sorted(found.items())]


def _split(full: str, infos: dict[str, Any]) -> Stored:
    ordered = sorted(infos, key=lambda name: tuple(infos[name].var_offset))
    first = infos[ordered[0]]
    axes = [i for i, (a, b) in enumerate(zip(first.full_shape, first.var_shape, strict=True))
            if a != b]  # fmt: skip
    if not axes:
        return Stored(full, tuple(ordered))
    return Stored(
        full, tuple(ordered), axes[0], tuple(infos[n].var_shape[axes[0]] for n in ordered)
    )


def _slices(meta: Any) -> Iterator[tuple[str, Any]]:
    """The parts of partitioned variables that the collections speak of."""
    for entry in meta.collection_def:
        if entry.key not in _COLLECTIONS:
            continue
        for data in entry.value.bytes_list.value:
            try:
                found = protos.parse("Variable", data, "collection")
            except Damaged:
                continue  # no definition of a variable; it is only asked for hints
            if found.HasField("save_slice_info_def"):
                yield found.variable_name.partition(":")[0], found.save_slice_info_def


def _saved_names(file: GraphFile) -> dict[str, set[str]]:
    """The names under which savers in the graph store each variable."""
    nodes = file.graph.nodes
    found: dict[str, set[str]] = {}
    for node in nodes.values():
        if node.op not in ("SaveV2", "SaveSlices") or len(node.inputs) < 3:
            continue
        names = nodes.get(node.inputs[1][0])
        if names is None or names.op != "Const" or "value" not in names.attrs:
            continue
        keys = names.attrs["value"].tensor.string_val
        for key, (name, _) in zip(keys, node.inputs[3:], strict=False):
            found.setdefault(_variable(file, name), set()).add(key.decode("utf-8", "replace"))
    return found


def _variable(file: GraphFile, name: str) -> str:
    """The variable behind what a saver takes: itself, or what is read from it."""
    node = file.graph.nodes.get(name)
    while node is not None and node.op in ("Identity", "ReadVariableOp") and node.inputs:
        name = node.inputs[0][0]
        node = file.graph.nodes.get(name)
    return name
