"""A GraphDef as plain nodes, by name; the same for every schema that its message was read with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tfmigrate.errors import Damaged, NotSupported, shown

Tensor = tuple[str, int]

MOST_NODES, MOST_FUNCTIONS = 2_000_000, 50_000
_TENSOR = re.compile(r"(?P<node>[^\^:][^:]*)(:(?P<output>[0-9]{1,6}))?")


@dataclass(frozen=True)
class Node:
    """One op of a graph.

    Attributes:
        name: Its name.
        op: Its op.
        inputs: The tensors that it takes.
        controls: Nodes that have to run before it.
        attrs: Its attributes as messages, by name.
    """

    name: str
    op: str
    inputs: tuple[Tensor, ...] = ()
    controls: tuple[str, ...] = ()
    attrs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Graph:
    """The nodes of a graph by name, and the bodies of its functions.

    Attributes:
        nodes: Its nodes.
        functions: The nodes of each function.
        assets: Constants that name a file which belongs to the graph, and that file.
        stored: Tables whose content lies in a checkpoint: the names of keys and values there.
    """

    nodes: Mapping[str, Node]
    functions: Mapping[str, tuple[Node, ...]]
    assets: Mapping[str, str] = field(default_factory=dict)
    stored: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def tensor(text: str) -> Tensor | None:
    """``name:output`` taken apart, output 0 where not said; None where it is no tensor's name."""
    found = _TENSOR.fullmatch(text)
    return (found["node"], int(found["output"] or 0)) if found else None


def written(found: Tensor) -> str:
    """A tensor's name as people write it."""
    return f"{found[0]}:{found[1]}"


def read(graph: Any, where: str = "") -> Graph:
    """A GraphDef message as plain nodes.

    Raises:
        Damaged: Two nodes have one name, or an input is none.
        NotSupported: It is beyond the limits.
    """
    if len(graph.node) > MOST_NODES or len(graph.library.function) > MOST_FUNCTIONS:
        raise NotSupported(f"a graph of {len(graph.node)} nodes", where=where)
    nodes: dict[str, Node] = {}
    for message in graph.node:
        if message.name in nodes:
            raise Damaged(f"two nodes are called {shown(message.name)}", where=where)
        nodes[message.name] = _node(message, where)
    functions = {
        f.signature.name: tuple(_plain(message) for message in f.node_def)
        for f in graph.library.function
    }
    return Graph(nodes, functions)


def _node(message: Any, where: str) -> Node:
    inputs: list[Tensor] = []
    controls: list[str] = []
    for text in message.input:
        found = tensor(text)
        if found is not None:
            inputs.append(found)
        elif text.startswith("^"):
            controls.append(text[1:])
        else:
            raise Damaged(f"{shown(text)} is no input", where=f"{where}: {shown(message.name)}")
    return Node(message.name, message.op, tuple(inputs), tuple(controls), attributes(message))


def _plain(message: Any) -> Node:
    """A node of a function's body, whose inputs are spelt otherwise and are not looked at."""
    return Node(message.name, message.op, attrs=attributes(message))


def attributes(message: Any) -> dict[str, Any]:
    """The attributes of a NodeDef by name, whichever way its schema declares them."""
    found = message.attr
    if hasattr(found, "items"):
        return dict(found.items())
    return {entry.key: entry.value for entry in found}
