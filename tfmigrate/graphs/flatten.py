"""A graph whose calls of functions are replaced by the functions' nodes.

TF2 keeps a model in nested functions. Once they are part of the graph, what prunes, checks and
rewrites graphs sees all of a model, as it does with TF1. Works on any GraphDef message. Branches
and bodies of ``If``, ``While`` and ``Case`` stay functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import Damaged, NotSupported, shown
from tfmigrate.graphs.nodes import Tensor, attributes, tensor, written
from tfmigrate.graphs.outputs import number

DEEPEST = 100
MOST_NODES = 500_000
_CALLS = ("PartitionedCall", "StatefulPartitionedCall")
_FRAMED = frozenset({"Switch", "RefSwitch", "Enter", "RefEnter"})
_RESOURCE, _VARIANT = 20, 21


@dataclass(frozen=True)
class Flat:
    """A graph without calls.

    Attributes:
        graph: The GraphDef, of the same class as the original.
        places: Where an output of a call, or a tensor handed through, is found now.
    """

    graph: Any
    places: Mapping[Tensor, Tensor]

    def tensor(self, found: Tensor) -> Tensor:
        """Where a tensor of the original is."""
        return self.places.get(found, found)


def flat(graph: Any, where: str = "") -> Flat:
    """The graph with every call that can be replaced, replaced.

    Raises:
        NotSupported: A function calls itself, or there are too many nodes.
        Damaged: A body takes what it has not.
    """
    made = _Flattening(graph, where)
    made.refuse_size(graph.node)
    for message in graph.node:
        made.top(message)
    made.settle()
    return Flat(made.graph, made.places)


@dataclass
class _Body:
    """A function's nodes where they are put: names, and what its inputs and outputs are."""

    prefix: str
    inputs: dict[str, Tensor]
    names: dict[str, Any]
    framed: bool


class _Flattening:
    def __init__(self, original: Any, where: str) -> None:
        self.where = where
        self.functions = {f.signature.name: f for f in original.library.function}
        self.taken = {n.name for n in original.node}
        self.folders = set(_folders(self.taken))
        self.framed = _is_framed(original.node)
        self.plain = {name: _is_plain(f) for name, f in self.functions.items()}
        self.graph = type(original)()
        self.graph.library.CopyFrom(original.library)
        self.graph.versions.CopyFrom(original.versions)
        self.places: dict[Tensor, Tensor] = {}

    def refuse_size(self, top: Iterable[Any]) -> None:
        """Refuse a graph that would grow beyond all bounds, before it does.

        Raises:
            NotSupported: It would, or a function calls itself.
        """
        sizes: dict[str, int] = {}
        if self.size(top, self.framed, sizes, 0) > MOST_NODES:
            what = f"with its functions, the graph has more than {MOST_NODES} nodes"
            raise NotSupported(what, where=self.where)

    def size(self, nodes: Iterable[Any], framed: bool, sizes: dict[str, int], depth: int) -> int:
        """How many nodes some nodes become."""
        total = 0
        for node in nodes:
            function = self.callee(node, framed)
            total += 1
            if function is None:
                continue
            name = function.signature.name
            if depth > DEEPEST:
                what = "a function calls itself, or is nested too deeply"
                raise NotSupported(what, where=f"{self.where}: {shown(name)}")
            if name not in sizes:
                inner = function.node_def
                sizes[name] = self.size(inner, _is_framed(inner), sizes, depth + 1)
            total += sizes[name] + len(function.signature.output_arg)
        return total

    def top(self, message: Any) -> None:
        """A node of the graph itself."""
        inputs, controls = _written_inputs(message)
        self.node(message, message.name, (inputs, controls), self.framed)

    def settle(self) -> None:
        """Point every input past what was only handed through."""
        for node in self.graph.node:
            inputs, controls = _written_inputs(node)
            if any(i in self.places for i in inputs):
                _take(node, [self.final(i) for i in inputs], controls)
        self.places = {t: self.final(t) for t in self.places}

    def final(self, found: Tensor) -> Tensor:
        """Where a tensor comes from in the end."""
        seen = 0
        while found in self.places:
            found = self.places[found]
            seen += 1
            if seen > MOST_NODES:
                raise Damaged(f"{shown(found[0])} takes its own result", where=self.where)
        return found

    def node(
        self,
        message: Any,
        name: str,
        takes: tuple[list[Tensor], list[str]],
        framed: bool,
    ) -> None:
        """A node under a name, or the nodes of the function that it calls."""
        inputs, controls = takes
        function = self.callee(message, framed)
        if function is not None:
            self.call(function, name, takes)
            return
        if message.op == "Identity" and _is_resource(message):  # a handle waits for nothing
            self.places[name, 0] = inputs[0]
        new = self.graph.node.add()
        new.CopyFrom(message)
        new.name = name
        _take(new, inputs, controls)

    def callee(self, message: Any, framed: bool) -> Any:
        """The function that a node calls, where its body can stand in the node's place.

        Not so among switches and loops of TF1, which tie nodes without inputs to their branch.
        """
        name = message.op
        if name in _CALLS:
            name = attributes(message)["f"].func.name
        function = self.functions[name] if self.plain.get(name) and not framed else None
        count = sum(not i.startswith("^") for i in message.input)
        fits = function is not None and len(function.signature.input_arg) == count
        return function if fits else None

    def call(self, function: Any, name: str, takes: tuple[list[Tensor], list[str]]) -> None:
        """The nodes of a function, in the place of a call."""
        inputs, controls = takes
        args = (a.name for a in function.signature.input_arg)
        body = self.body(function, name, dict(zip(args, inputs, strict=True)))
        for inner in function.node_def:
            taken = self.inside(body, inner)
            self.node(inner, body.prefix + inner.name, taken, body.framed)
        done = [body.prefix + e for e in _values(function.control_ret).values()]
        self.add(name, "NoOp", (), [*done, *controls])
        rets = _values(function.ret)
        for i, out in enumerate(function.signature.output_arg):
            source = self.source(body, rets.get(out.name, out.name))
            self.output(name, i, source, int(out.type))

    def body(self, function: Any, name: str, inputs: dict[str, Tensor]) -> _Body:
        """Where a function's nodes are put: under names that no other node has."""
        prefix = f"{name}/"
        while prefix in self.folders:
            prefix = f"{prefix[:-1]}_/"
        names = {n.name: n for n in function.node_def}
        self.folders.update(_folders(prefix + n for n in names))
        self.folders.add(prefix)
        return _Body(prefix, inputs, names, _is_framed(function.node_def))

    def output(self, name: str, index: int, source: Tensor, kind: int) -> None:
        """An output of a call; a value waits for all that the function does, a handle does not."""
        if kind in (_RESOURCE, _VARIANT):
            self.places[name, index] = source
            return
        inner = self.free(f"{name}/output_{index}")
        new = self.add(inner, "Identity", [source], [name])
        _set_type(new, "T", kind)
        self.places[name, index] = (inner, 0)

    def add(self, name: str, op: str, inputs: Any, controls: list[str]) -> Any:
        new = self.graph.node.add(name=name, op=op)
        _take(new, inputs, controls)
        return new

    def inside(self, body: _Body, message: Any) -> tuple[list[Tensor], list[str]]:
        """What a node of a body takes, and waits for."""
        texts = list(message.input)
        inputs = [self.source(body, t) for t in texts if not t.startswith("^")]
        waits = [t[1:] for t in texts if t.startswith("^")]
        # Waiting for an argument is waiting for what gives it, which every node does already.
        return inputs, [body.prefix + w for w in waits if w in body.names]

    def source(self, body: _Body, text: str) -> Tensor:
        """The tensor that a body calls ``argument`` or ``node:output:index``."""
        name, _, rest = text.partition(":")
        if not rest and name in body.inputs:
            return body.inputs[name]
        node = body.names.get(name)
        if node is None:
            raise Damaged(f"a function takes {shown(text)}, which it has not", where=self.where)
        output, _, index = rest.rpartition(":")
        place = int(index) if index.isdecimal() else 0
        function = self.callee(node, body.framed)
        if function is not None:
            outs = [a.name for a in function.signature.output_arg]
            return body.prefix + name, outs.index(output) if (
                node.op not in _CALLS and output in outs
            ) else place
        return body.prefix + name, number(node.op, attributes(node), output, place)

    def free(self, name: str) -> str:
        """A name that no node has."""
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name


def _folders(names: Iterable[str]) -> Iterable[str]:
    return (name[: i + 1] for name in list(names) for i, c in enumerate(name) if c == "/")


def _is_framed(nodes: Iterable[Any]) -> bool:
    return any(n.op in _FRAMED for n in nodes)


def _is_plain(function: Any) -> bool:
    """Whether a body can stand in the place of a call: its types are its own."""
    args = (*function.signature.input_arg, *function.signature.output_arg)
    if any(a.type_attr or a.number_attr or a.type_list_attr or not a.type for a in args):
        return False
    return not any(
        value.HasField("placeholder")
        for node in function.node_def
        for value in attributes(node).values()
    )


def _written_inputs(message: Any) -> tuple[list[Tensor], list[str]]:
    inputs, controls = [], []
    for text in message.input:
        found = tensor(text)
        if found is not None:
            inputs.append(found)
        else:
            controls.append(text[1:])
    return inputs, controls


def _take(node: Any, inputs: Any, controls: list[str]) -> None:
    del node.input[:]
    node.input.extend(written(t) if t[1] else t[0] for t in inputs)
    node.input.extend(f"^{name}" for name in dict.fromkeys(controls))


def _is_resource(message: Any) -> bool:
    found = attributes(message)
    return "T" in found and found["T"].type == _RESOURCE


def _values(found: Any) -> dict[str, str]:
    """A map field as a dict, whichever way its schema declares it."""
    return dict(found.items()) if hasattr(found, "items") else {e.key: e.value for e in found}


def _set_type(node: Any, name: str, kind: int) -> None:
    found = node.attr
    value = found[name] if hasattr(found, "items") else found.add(key=name).value
    value.type = kind
