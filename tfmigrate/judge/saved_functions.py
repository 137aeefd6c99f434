"""The functions of a SavedModel without signatures, as endpoints.

What a function captures is told by the object graph (``bound_inputs``), and which node of the
graph an object is by the calls of functions whose captures are known. Source:
``tensorflow/core/protobuf/saved_object_graph.proto``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import NotSupported, shown
from tfmigrate.graphs.asked import Asked, Endpoint, GraphInput
from tfmigrate.graphs.nodes import Node, tensor
from tfmigrate.graphs.saved import Argument, Call, Handle
from tfmigrate.judge import saved_structures as structures
from tfmigrate.sources import protos

_DEFAULT, _CALL = "serving_default", "__call__"
_PREFIX = "endpoints"
_RESOURCE = 20
HANDLES = "objects"


def held(meta: Any, nodes: dict[str, Node]) -> dict[int, str]:
    """The nodes of objects of the object graph, by number.

    Raises:
        NotSupported: Two calls disagree.
    """
    known = protos.entries(meta.object_graph_def.concrete_functions)
    found: dict[int, str] = {}
    for node in nodes.values():
        if "f" not in node.attrs or node.attrs["f"].func.name not in known:
            continue
        bound = list(known[node.attrs["f"].func.name].bound_inputs)
        for number, (name, _) in zip(bound, node.inputs[len(node.inputs) - len(bound) :],
                                     strict=False):  # fmt: skip
            if found.setdefault(number, name) != name:
                raise NotSupported(
                    f"two calls disagree about an object: {shown(name)} and {shown(found[number])}"
                )
    return found


def named(meta: Any) -> dict[str, list[str]]:
    """The root's functions by name, each with its concrete functions."""
    graph = meta.object_graph_def
    found: dict[str, list[str]] = {}
    for child in graph.nodes[0].children if graph.nodes else ():
        node = graph.nodes[child.node_id]
        private = child.local_name.startswith("_") and child.local_name != _CALL
        if private or child.local_name.startswith("call_and_return_"):
            continue
        if node.HasField("function"):
            found[child.local_name] = list(node.function.concrete_functions)
        elif node.HasField("bare_concrete_function"):
            found[child.local_name] = [node.bare_concrete_function.concrete_function_name]
    return {name: traced for name, traced in sorted(found.items()) if traced}


def endpoints(meta: Any, nodes: dict[str, Node]) -> Iterator[tuple[str, Any]]:
    """The key of each endpoint, with its call and endpoint or the reason why it is none."""
    reader = _Functions(meta, held(meta, nodes))
    functions = named(meta)
    first = _CALL if _CALL in functions else next(iter(functions), "")
    for name in sorted(functions, key=lambda n: n != first):
        chosen = reader.chosen(functions[name])
        for number, concrete in enumerate(chosen):
            key = _DEFAULT if name == _CALL else name
            key = f"{key}_{number + 1}" if number else key
            yield key, reader.tried(key, concrete)
            if len(functions) == len(chosen) == 1 and key != _DEFAULT:
                yield _DEFAULT, reader.tried(_DEFAULT, concrete)


@dataclass(frozen=True)
class _Made:
    """What has to be added to the graph for a function: handles, and calls that make tables."""

    handles: list[Handle]
    calls: list[Call]


class _Functions:
    def __init__(self, meta: Any, known: dict[int, str]) -> None:
        self.meta, self.known = meta, known
        self.objects = meta.object_graph_def.nodes
        self.concrete = protos.entries(meta.object_graph_def.concrete_functions)
        self.bodies = {f.signature.name: f for f in meta.graph_def.library.function}

    def chosen(self, concrete: list[str]) -> list[str]:
        """Those that were not traced for training, where a function was traced several times."""
        plain = [n for n in concrete if n in self.concrete and not self._trains(n)]
        return plain or concrete

    def _trains(self, name: str) -> bool:
        return structures.says_true(self.concrete[name].canonicalized_input_signature)

    def tried(self, key: str, name: str) -> tuple[list[Call], Endpoint] | NotSupported:
        """The calls and the endpoint of a concrete function, or why there is none."""
        try:
            return self._endpoint(key, name)
        except NotSupported as error:
            return error

    def _endpoint(self, key: str, name: str) -> tuple[list[Call], Endpoint]:
        if name not in self.concrete or name not in self.bodies:
            raise NotSupported("the function has no body in the file")
        found, body = self.concrete[name], self.bodies[name]
        specs = structures.inputs(found.canonicalized_input_signature)
        outs = structures.outputs(found.output_signature)
        args, rets = body.signature.input_arg, self._types(name)
        if len(specs) + len(found.bound_inputs) != len(args) or len(outs) != len(rets):
            raise NotSupported("the function takes or gives what it does not name")
        if not specs or not outs:
            raise NotSupported("it takes no tensor, or gives none")
        at = f"{_PREFIX}/{key}"
        names = _unique([s.name or a.name for s, a in zip(specs, args, strict=False)])
        arguments = tuple(
            Argument(f"{at}/{n}", int(s.dtype), protos.shape(s.shape))
            for n, s in zip(names, specs, strict=True)
        )
        made = _Made([], [])
        bound = tuple(self._bound(number, made) for number in found.bound_inputs)
        call = Call(f"{at}/call", name, arguments, bound, self._types(name), tuple(made.handles))
        inputs = {
            n: GraphInput(f"{a.node}:0", a.shape, protos.dtype(a.dtype))
            for n, a in zip(names, arguments, strict=True)
        }
        if any(i.shape is None for i in inputs.values()):
            raise NotSupported("the rank of an input is not stated")
        outputs = {n: f"{call.node}:{i}" for i, n in enumerate(_unique(outs))}
        return [*made.calls, call], Endpoint(key, Asked(inputs, outputs))

    def _types(self, name: str) -> tuple[int, ...]:
        return tuple(int(r.type) for r in self.bodies[name].signature.output_arg)

    def _table(self, number: int, made: _Made) -> str:
        """The node of a table: made and filled by the functions that its object has for that."""
        node = f"{HANDLES}/{number}"
        names = {c.local_name: c.node_id for c in self.objects[number].children}
        makes, fills = (self._traced(names.get(n, 0)) for n in ("_create_resource", "_initialize"))
        if not makes or not fills or self._types(makes) != (_RESOURCE,):
            raise NotSupported("it captures an object that nothing in the graph makes")
        made.calls.append(Call(node, makes, (), (), (_RESOURCE,)))
        bound = tuple(
            node if n == number else self._bound(n, made) for n in self.concrete[fills].bound_inputs
        )
        made.calls.append(Call(f"{node}/fill", fills, (), bound, self._types(fills)))
        return node

    def _traced(self, number: int) -> str:
        """The only concrete function of a function's object, "" where there is none."""
        found = list(self.objects[number].function.concrete_functions)
        fits = len(found) == 1 and found[0] in self.concrete and found[0] in self.bodies
        return found[0] if fits else ""

    def _bound(self, number: int, made: _Made) -> str:
        """The node of what a function captures; a new one for a variable that has none."""
        node = self.objects[number]
        if number in self.known:
            return self.known[number]
        if node.HasField("variable"):
            shape = protos.shape(node.variable.shape)
            if shape is None or None in shape:
                raise NotSupported("a variable's shape is not stated")
            sizes = tuple(d for d in shape if d is not None)
            made.handles.append(Handle(f"{HANDLES}/{number}", int(node.variable.dtype), sizes))
            return made.handles[-1].node
        if node.HasField("constant"):
            return str(node.constant.operation)
        if node.HasField("asset"):
            asset = self.meta.asset_file_def[node.asset.asset_file_def_index]
            found = tensor(asset.tensor_info.name)
            return found[0] if found else ""
        return self._table(number, made)


def _unique(names: list[str]) -> list[str]:
    """The names.

    Raises:
        NotSupported: Two are the same.
    """
    if len(set(names)) != len(names):
        raise NotSupported(f"two of its tensors have one name: {', '.join(map(shown, names))}")
    return names
