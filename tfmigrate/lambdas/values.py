"""What a symbolic stack holds while bytecode is lifted: nodes, and what is not yet a value."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from tfmigrate.errors import shown
from tfmigrate.expressions import nodes, ops
from tfmigrate.expressions.nodes import Const, Items, Name, Node, Subscript
from tfmigrate.lambdas.marshal import Code, Opaque

# What a constant of bytecode may have of elements, at all depths.
CONSTANT_LIMIT = 5_000


class Unliftable(Exception):
    """Bytecode that is no expression, or not by this reading of it; ``what`` says why."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True)
class Ref:
    """A module, or something in one, by its canonical dotted name: ``K.sum``, ``len``."""

    path: str


@dataclass(frozen=True)
class Bound:
    """An attribute of a value: a method where it is called next."""

    value: Any
    name: str


@dataclass(frozen=True)
class Function:
    """A nested function; its free variables are those of the frame that made it."""

    code: Code
    frame: Any


@dataclass(frozen=True)
class Cell:
    """A variable that is handed to a nested function."""

    name: str


@dataclass(frozen=True)
class Running:
    """An iterator over known values, at a position."""

    values: tuple[Any, ...]
    position: int = 0


@dataclass
class Growing:
    """A list; it may grow, so it is kept apart from nodes until it is used as a value."""

    items: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Mapping:
    """A dict with constant keys, good for keyword arguments only."""

    pairs: tuple[tuple[str, Any], ...]


class Null:
    """What CPython pushes beside a callable that is no method."""


NULL = Null()


def constant(value: Any) -> Any:
    """A constant of a code object as a node.

    Raises:
        Unliftable: No expression has such a value.
    """
    return _constant(value, [CONSTANT_LIMIT])


def _constant(value: Any, left: list[int]) -> Any:
    left[0] -= 1
    if left[0] < 0:
        raise Unliftable("a constant with too many elements")
    if value is ...:
        return nodes.Dots()
    if isinstance(value, float) and not math.isfinite(value):
        return nodes.Call("float", (Const(str(value)),))
    if isinstance(value, int) and value.bit_length() > 64:
        raise Unliftable("an integer of more than 64 bits")
    if value is None or isinstance(value, bool | int | float | str):
        return Const(value)
    if isinstance(value, tuple | list):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return Items(kind, tuple(_constant(v, left) for v in value))
    raise Unliftable(f"the constant {value.what}" if isinstance(value, Opaque) else
                     f"a constant of type {type(value).__name__}")  # fmt: skip


def as_node(value: Any) -> Node:
    """A value of the stack as a node.

    Raises:
        Unliftable: It is none: a module, a function, a dict.
    """
    if isinstance(value, Growing):
        return Items("list", tuple(as_node(v) for v in value.items))
    if isinstance(value, Ref):
        found = ops.constant(value.path)
        if found is None:
            raise Unliftable(f"{value.path} is used as a value")
        return found
    if isinstance(value, Function):
        raise Unliftable(f"a nested function ({shown(value.code.name, 40)}) is used as a value")
    if isinstance(value, Bound):
        return nodes.Attribute(as_node(value.value), value.name)
    if type(value) not in _NODE_TYPES:
        raise Unliftable(f"a {type(value).__name__.lower()} is used as a value")
    node: Node = value
    return node


_NODE_TYPES = frozenset(nodes.KINDS.values())


def is_cheap(value: Any) -> bool:
    """Whether a value may be written twice: constants, names, and elements of named lists."""
    if isinstance(value, Items):
        return all(is_cheap(item) for item in value.items)
    if isinstance(value, Subscript):
        return is_cheap(value.value) and isinstance(value.index, Const)
    if isinstance(value, Bound | nodes.Attribute):
        return is_cheap(value.value)
    return isinstance(value, Const | Name | nodes.Dots) or type(value) not in _NODE_TYPES


def known_items(value: Any) -> tuple[Any, ...] | None:
    """The elements of a list, tuple or iterator whose elements are known; None for others."""
    if isinstance(value, Growing | Items):
        return tuple(value.items)
    return value.values[value.position :] if isinstance(value, Running) else None


def truth(value: Any) -> bool | None:
    """Whether a value is true; None where only its evaluation tells."""
    items = known_items(value)
    if items is not None:
        return bool(items)
    if isinstance(value, Const):
        return bool(value.value)
    return True if isinstance(value, Ref | Function) else None
