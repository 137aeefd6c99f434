"""Which stored tensor a variable of a SavedModel's graph gets: found by evidence, never by order.

Two things tell. The saver inside the graph: the names that its ``RestoreV2`` reads, followed to the
variables that they are assigned to; it is read, never run. And the object graph: the variable that
a function captures is an object, whose path leads to the key of the checkpoint.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tfmigrate.errors import Damaged, Problem, shown
from tfmigrate.graphs.allowed import TABLE_INITIALISERS
from tfmigrate.graphs.nodes import Graph, Tensor
from tfmigrate.judge.saved_files import SavedFile
from tfmigrate.sources.object_graph import VALUE
from tfmigrate.sources.object_graph import Graph as ObjectGraph

_ASSIGNS = ("Assign", "AssignVariableOp")
_PASSING = ("Identity", "Cast", "Reshape")


@dataclass(frozen=True)
class Found:
    """Where values lie, by the graph's nodes.

    Attributes:
        variables: The key of each variable in the checkpoint.
        tables: The keys of the keys and the values of each table that is kept there.
        names: The own names of variables, where objects have them.
    """

    variables: Mapping[str, str]
    tables: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def found(
    graph: Graph, file: SavedFile, numbers: Mapping[int, str], stored: Mapping[str, Any]
) -> Found:
    """Where the values of a graph's variables and tables lie.

    Args:
        graph: The nodes, calls replaced.
        file: The SavedModel.
        numbers: The nodes of objects, by number.
        stored: What the checkpoint holds, by key.

    Raises:
        Damaged: Saver and object graph disagree. Keras 3 stores each weight twice: what is stored
            alike is no disagreement.
    """
    saver = _saved(graph, stored, file.meta.saver_def.restore_op_name.partition(":")[0])
    nodes = file.meta.object_graph_def.nodes
    by_object = _by_object(nodes, file.objects, numbers) if file.objects and nodes else {}
    problems = [
        Problem(f"its saver reads {shown(key)}, not {shown(by_object[node])}", shown(node))
        for node, key in saver.items()
        if node in by_object and by_object[node] != key and not file.same(key, by_object[node])
    ]
    if problems:
        raise Damaged("the SavedModel contradicts itself about its variables", problems)
    own = {
        node: str(nodes[number].variable.name).partition(":")[0]
        for number, node in numbers.items()
        if nodes[number].HasField("variable")
    }
    return Found({**saver, **by_object}, _tables(graph, stored), own)


def _saved(graph: Graph, stored: Mapping[str, Any], restore: str) -> dict[str, str]:
    """The keys that savers in the graph read into each variable.

    A graph may hold several, one for moving averages beside the plain one: where they disagree, the
    one that a loader runs decides.
    """
    keys: dict[str, dict[str, list[str]]] = {}
    for node in graph.nodes.values():
        if node.op in _ASSIGNS and len(node.inputs) == 2:
            key = _read(graph, node.inputs[1])
            if key in stored:
                variable = _source(graph, node.inputs[0][0])
                keys.setdefault(variable, {}).setdefault(str(key), []).append(node.name)
    several = [n for n, k in keys.items() if len(k) > 1]
    run = _behind(graph, restore) if several else frozenset()
    for name in several:
        loaded = {k: by for k, by in keys[name].items() if not run.isdisjoint(by)}
        keys[name] = loaded or keys[name]
    left = [n for n in several if len(keys[n]) > 1]
    if left:
        problems = [Problem(", ".join(shown(k) for k in keys[n]), where=shown(n)) for n in left]
        raise Damaged("the savers in the graph disagree about variables", problems)
    return {name: next(iter(k)) for name, k in keys.items()}


def _behind(graph: Graph, name: str) -> frozenset[str]:
    """The nodes that run where one does."""
    queue, found = [name], set()
    while queue:
        node = graph.nodes.get(queue.pop())
        if node is not None and node.name not in found:
            found.add(node.name)
            queue += [*node.controls, *(n for n, _ in node.inputs)]
    return frozenset(found)


def _read(graph: Graph, tensor: Tensor) -> str | None:
    """The key of the tensor that a saver reads here; None where it reads none, or a part of one."""
    node = graph.nodes.get(tensor[0])
    while node is not None and node.op in _PASSING and node.inputs:
        tensor = node.inputs[0]
        node = graph.nodes.get(tensor[0])
    if node is None or node.op != "RestoreV2" or len(node.inputs) != 3:
        return None
    names, slices = (_strings(graph, node.inputs[i]) for i in (1, 2))
    if tensor[1] >= len(names) or (tensor[1] < len(slices) and slices[tensor[1]]):
        return None
    return names[tensor[1]]


def _strings(graph: Graph, tensor: Tensor) -> list[str]:
    node = graph.nodes.get(tensor[0])
    while node is not None and node.op == "Identity":
        node = graph.nodes.get(node.inputs[0][0])
    if node is None or node.op != "Const" or "value" not in node.attrs:
        return []
    proto = node.attrs["value"].tensor
    found = [text.decode("utf-8", "replace") for text in proto.string_val]
    count = proto.tensor_shape.dim[0].size if len(proto.tensor_shape.dim) else 1
    if len(found) == 1 and 1 < count < 1_000_000:  # the last value stands for all that follow
        found *= count
    return found


def _source(graph: Graph, name: str) -> str:
    node = graph.nodes.get(name)
    while node is not None and node.op == "Identity" and node.inputs:
        name = node.inputs[0][0]
        node = graph.nodes.get(name)
    return name


def _tables(graph: Graph, stored: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """The tables that savers fill from the checkpoint."""
    found = {}
    for node in graph.nodes.values():
        if node.op in TABLE_INITIALISERS and len(node.inputs) == 3:
            keys, values = (_read(graph, t) for t in node.inputs[1:])
            if keys in stored and values in stored:
                found[_source(graph, node.inputs[0][0])] = (str(keys), str(values))
    return found


def _by_object(saved: Any, objects: ObjectGraph, numbers: Mapping[int, str]) -> dict[str, str]:
    """The keys of variables, by the paths that lead to them in both object graphs."""
    keys = {
        i: a.checkpoint_key
        for i, n in enumerate(objects.nodes)
        for a in n.attributes
        if a.checkpoint_key.endswith(VALUE)
    }
    same = _together(saved, objects)
    return {numbers[n]: keys[same[n]] for n in numbers if same.get(n) in keys}


def _together(saved: Any, objects: ObjectGraph) -> dict[int, int]:
    """The objects of the checkpoint by those of the graph: both are walked by the same names.

    Raises:
        Damaged: One object would be two.
    """
    found, queue = {0: 0}, [0]
    while queue:
        number = queue.pop()
        there = dict(objects.children(found[number]))
        for child in saved[number].children:
            if child.local_name not in there:
                continue
            other = there[child.local_name]
            if child.node_id not in found:
                found[child.node_id] = other
                queue.append(child.node_id)
            elif found[child.node_id] != other and saved[child.node_id].HasField("variable"):
                raise Damaged(
                    "the SavedModel's two lists of objects contradict each other",
                    where=shown(child.local_name),
                )
    return found
