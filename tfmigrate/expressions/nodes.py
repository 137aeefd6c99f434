"""The expression language as data: frozen nodes, their JSON form, and what they mention.

An :class:`Expression` is a list of bindings and a result. Bindings are lazy: one is evaluated when
something asks for it, and only once, so a branch that is not taken costs and breaks nothing.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from tfmigrate.errors import Damaged

Scalar = bool | int | float | str | None

# Deeper or larger ones are no expressions a person wrote.
DEPTH_LIMIT = 200
NODE_LIMIT = 20_000


@dataclass(frozen=True)
class Const:
    """None, a truth value, a finite number or a text."""

    value: Scalar

    def __eq__(self, other: object) -> bool:
        # 1, 1.0 and True are different constants: they make different tensors.
        return isinstance(other, Const) and repr(self.value) == repr(other.value)

    def __hash__(self) -> int:
        return hash(repr(self.value))


@dataclass(frozen=True)
class Dots:
    """The ellipsis inside a subscript."""


@dataclass(frozen=True)
class Name:
    """An input, a weight, or a binding."""

    name: str


@dataclass(frozen=True)
class Call:
    """A call of an op of the table by one of its names."""

    function: str
    arguments: tuple[Node, ...] = ()
    keywords: tuple[tuple[str, Node], ...] = ()


@dataclass(frozen=True)
class Method:
    """A call of a method of a tensor or shape: ``x.get_shape()``."""

    value: Node
    name: str
    arguments: tuple[Node, ...] = ()
    keywords: tuple[tuple[str, Node], ...] = ()


@dataclass(frozen=True)
class Attribute:
    """An attribute of a tensor or shape: ``x.shape``."""

    value: Node
    name: str


@dataclass(frozen=True)
class Unary:
    """``-x``, ``+x``, ``~x``, ``not x``."""

    operator: str
    operand: Node


@dataclass(frozen=True)
class Binary:
    """Arithmetic, or a comparison with ``==``, ``<``, ``is``, ``in`` and so on."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Subscript:
    """``value[index]``."""

    value: Node
    index: Node


@dataclass(frozen=True)
class Slice:
    """``start:stop:step`` inside a subscript."""

    start: Node | None
    stop: Node | None
    step: Node | None = None


@dataclass(frozen=True)
class Items:
    """A tuple or a list."""

    kind: str
    items: tuple[Node, ...]


@dataclass(frozen=True)
class If:
    """``then if condition else otherwise``, the condition a plain truth value and no tensor."""

    condition: Node
    then: Node
    otherwise: Node


Node: TypeAlias = (
    Const | Dots | Name | Call | Method | Attribute | Unary | Binary | Subscript | Slice | Items
    | If
)  # fmt: skip
KINDS: dict[str, Any] = {
    c.__name__: c
    for c in (
        Const, Dots, Name, Call, Method, Attribute, Unary, Binary, Subscript, Slice, Items, If,
    )
}  # fmt: skip

# The operators and their precedence-free spelling in Python.


@dataclass(frozen=True)
class Expression:
    """What is computed: lazy bindings, each name once, and the result.

    Attributes:
        result: The value.
        bindings: Names and what they stand for; later ones may use earlier ones.
    """

    result: Node
    bindings: tuple[tuple[str, Node], ...] = ()

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """The names it needs from outside, in order of appearance."""
        bound = {name for name, _ in self.bindings}
        found = (n.name for n in self.walk() if isinstance(n, Name))
        return tuple(dict.fromkeys(n for n in found if n not in bound))

    @functools.cached_property
    def functions(self) -> tuple[str, ...]:
        """The spelled names of the ops it calls, in order of appearance."""
        return tuple(dict.fromkeys(n.function for n in self.walk() if isinstance(n, Call)))

    @property
    def random(self) -> bool:
        """Whether it draws random numbers, so that two calls differ."""
        from tfmigrate.expressions.ops import is_random

        return any(map(is_random, self.functions))

    def walk(self) -> Iterator[Node]:
        """Every node of it, those of the bindings first."""
        waiting = [self.result, *(node for _, node in reversed(self.bindings))]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(list(children(node)))


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below a node."""
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        for part in value if isinstance(value, tuple) else (value,):
            below = part[1] if isinstance(part, tuple) else part
            if dataclasses.is_dataclass(below) and not isinstance(below, type):
                yield below  # type: ignore[misc]


def as_json(expression: Expression) -> dict[str, Any]:
    """An expression as plain JSON types: each node a list that starts with its kind."""
    return {
        "result": _node_json(expression.result),
        "bindings": [[name, _node_json(node)] for name, node in expression.bindings],
    }


def from_json(data: Any) -> Expression:
    """The expression that :func:`as_json` wrote.

    Raises:
        Damaged: It is none, or too large or too deep for one.
    """
    count = [0]
    try:
        bindings = tuple((str(n), _node(v, 0, count)) for n, v in data["bindings"])
        return Expression(_node(data["result"], 0, count), bindings)
    except (KeyError, TypeError, ValueError, IndexError) as problem:
        raise Damaged(f"this is no stored expression: {problem}") from problem


def _node_json(node: Any) -> Any:
    if isinstance(node, tuple):
        return [_node_json(v) for v in node]
    if dataclasses.is_dataclass(node):
        fields = dataclasses.fields(node)
        return [type(node).__name__, *(_node_json(getattr(node, f.name)) for f in fields)]
    return node


def _node(data: Any, depth: int, count: list[int]) -> Any:
    count[0] += 1
    if depth > DEPTH_LIMIT or count[0] > NODE_LIMIT:
        raise Damaged("a stored expression is too large")
    kind = KINDS[data[0]]
    fields = dataclasses.fields(kind)
    values = zip(fields, data[1:], strict=True)
    return kind(*(_field(f.name, v, depth + 1, count) for f, v in values))


def _field(name: str, data: Any, depth: int, count: list[int]) -> Any:
    if name == "keywords":
        return tuple((str(key), _node(value, depth, count)) for key, value in data)
    if name in ("arguments", "items"):
        return tuple(_node(v, depth, count) for v in data)
    if isinstance(data, list):
        return _node(data, depth, count)
    return data
