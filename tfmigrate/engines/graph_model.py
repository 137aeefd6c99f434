"""What the endpoints of one graph share: its nodes, its variables, its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tfmigrate.engines import graph_files, graph_tables
from tfmigrate.errors import NotSupported
from tfmigrate.graphs import check, flatten, nodes, prune, saved
from tfmigrate.graphs.allowed import TABLES
from tfmigrate.graphs.asked import Asked, Endpoint
from tfmigrate.graphs.inference import inferring
from tfmigrate.graphs.names import variable_names
from tfmigrate.graphs.nodes import Node
from tfmigrate.graphs.placed import placed
from tfmigrate.lazy import load
from tfmigrate.tensors import VariableInfo, from_json


@dataclass(frozen=True)
class Part:
    """What one endpoint needs of a graph.

    Attributes:
        endpoint: The endpoint.
        asked: What it asks, in terms of the nodes that there are.
        pruned: These nodes.
    """

    endpoint: Endpoint
    asked: Asked
    pruned: prune.Pruned


class Model:
    """A graph, its endpoints, and what these share; variables are blank.

    Args:
        architecture: See :func:`tfmigrate.engines.graph.build`.

    Raises:
        NotSupported: The graph holds what may not be run.
        Damaged: It cannot be read.
    """

    def __init__(self, architecture: Mapping[str, Any]) -> None:
        self.original, self.graph, places = read(architecture)
        found = [_part(self.graph, e, places) for e in endpoints(architecture)]
        for part in found:
            given = part.asked.given()
            refuse(check.problems(part.pruned.nodes, self.graph, part.pruned.outputs, given))
        if found[0].asked.inference:
            self.graph = inferring(self.graph)
        self.parts = tuple(found)
        self.nodes = {n.name: n for p in found for n in p.pruned.variables()}
        self.names = architecture.get("names") or variable_names(list(self.nodes))
        sizes = {n: s for p in found for n, s in p.asked.sizes.items()}
        self.variables = {
            name: _variable(n, sizes, self.names[name]) for name, n in self.nodes.items()
        }
        held = {n.name: n for p in found for n in p.pruned.nodes.values() if n.op in TABLES}
        where = graph_files.checkpoint(architecture) if self.graph.stored else ""
        self.tables = graph_tables.tables(self.original, self.graph, list(held.values()), where)

    def infos(self) -> tuple[VariableInfo, ...]:
        """The variables."""
        return tuple(self._info(node) for node in self.nodes.values())

    def named(self) -> dict[str, Any]:
        """The variables by their names in the export."""
        return {self.names[n]: v for n, v in self.variables.items()}

    def _info(self, node: Node) -> VariableInfo:
        variable, name = self.variables[node.name], self.names[node.name]
        keys = (node.name,) if name != node.name else ()
        leaf = name.rpartition("/")[2]
        return VariableInfo(name, tuple(variable.shape), variable.dtype.name, (), leaf, keys)


def read(
    architecture: Mapping[str, Any],
) -> tuple[Any, nodes.Graph, Mapping[nodes.Tensor, nodes.Tensor]]:
    """The GraphDef of an architecture, its nodes, and where outputs of replaced calls are."""
    definition = graph_files.of(architecture)
    if architecture["kind"] != saved.KIND:
        return definition, nodes.read(definition, architecture["graph"]), {}
    flat = flatten.flat(definition, architecture["graph"])
    said = architecture["saved"]
    graph = replace(
        nodes.read(flat.graph, architecture["graph"]),
        assets=said["assets"],
        stored={name: tuple(keys) for name, keys in said["stored"].items()},
    )
    return flat.graph, graph, flat.places


def endpoints(architecture: Mapping[str, Any]) -> tuple[Endpoint, ...]:
    """The endpoints of an architecture."""
    if "endpoints" in architecture:
        return tuple(from_json(Endpoint, e) for e in architecture["endpoints"])
    return (Endpoint("serving_default", from_json(Asked, architecture["asked"])),)


def refuse(problems: list[Any]) -> None:
    """Refuse a graph that may not be run.

    Raises:
        NotSupported: There is a problem.
    """
    if problems:
        raise NotSupported("the graph holds what cannot be run", problems)


def _part(
    graph: nodes.Graph, endpoint: Endpoint, places: Mapping[nodes.Tensor, nodes.Tensor]
) -> Part:
    asked = placed(endpoint.asked, places)
    if asked.inference:
        graph = inferring(graph)
    return Part(endpoint, asked, prune.prune(graph, asked.wanted(), asked.given()))


def _variable(node: Node, sizes: Mapping[str, tuple[int, ...]], name: str) -> Any:
    from tensorflow.python.ops.resource_variable_ops import UninitializedVariable

    shape = sizes.get(node.name)
    if shape is None:
        shape = tuple(d.size for d in node.attrs["shape"].shape.dim)
    dtype = load("tensorflow").as_dtype(node.attrs["dtype"].type)
    return UninitializedVariable(shape=shape, dtype=dtype, name=name)
