"""The oldest TensorFlow that has everything an exported graph is made of.

The table beside this file holds what the op and kernel registries of every release from 1.15 to
2.21 say, read from the releases themselves: an op, an attribute, a value of it, a type for which
there is a kernel for CPUs. The script that made it lies in ``tests/fixtures/op_history``.
"""

from __future__ import annotations

import functools
import importlib.resources
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tfmigrate.errors import shown
from tfmigrate.lazy import load
from tfmigrate.proof import Portability

_TABLE = "op_history.json"
# The types that the table knows; a graph with another one is said to need the newest.
_TYPES = frozenset({
    "float", "double", "half", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16",
    "uint32", "uint64", "bool", "string", "complex64", "complex128", "qint8", "quint8", "qint32",
    "resource", "variant",
})  # fmt: skip


def oldest(nodes: Iterable[Any]) -> Portability:
    """Which ops there are, and which TensorFlow has all of them as they are used.

    Args:
        nodes: NodeDefs, those of functions included, with attributes stripped of their defaults.
    """
    needs: dict[str, str] = {}
    ops = set()
    for node in nodes:
        ops.add(node.op)
        for what, version in _needs(node):
            needs[what] = version
    versions, _, _ = table()
    first = max(needs.values(), key=versions.index, default=versions[0])
    return Portability(
        tuple(sorted(ops)), first, tuple(sorted(n for n, v in needs.items() if v == first))
    )


def _needs(node: Any) -> Iterator[tuple[str, str]]:
    """What of a node came after the oldest version of the table, and with which."""
    versions, there, later = table()
    since = later.get(node.op, {})
    if node.op not in there and "." not in since:
        yield f"{shown(node.op)} (an op that the table does not know)", versions[-1]
        return
    if "." in since:
        yield node.op, since["."]
    for name, attr in node.attr.items():
        if name.startswith("_"):  # hints, which every version may ignore
            continue
        if name in since:
            yield f"{node.op} with {name}", since[name]
        for value in _values(attr):
            if f"{name}={value}" in since:
                yield f"{node.op} with {name} {value}", since[f"{name}={value}"]
        for value in sorted(_dtypes(attr) - _TYPES):
            yield f"{node.op} of {value} (a type that the table does not know)", versions[-1]


def _values(attr: Any) -> Iterator[str]:
    yield from sorted(_dtypes(attr))
    if attr.WhichOneof("value") == "s":
        yield attr.s.decode(errors="replace")


def _dtypes(attr: Any) -> set[str]:
    kind = attr.WhichOneof("value")
    numbers = [attr.type] if kind == "type" else attr.list.type if kind == "list" else []
    names = load("tensorflow.core.framework.types_pb2:DataType")
    return {names.Name(n).removeprefix("DT_").lower() for n in numbers}


@functools.cache
def table() -> tuple[list[str], frozenset[str], Mapping[str, Mapping[str, str]]]:
    """The versions, the ops that the oldest one has, and what came later: fact to version."""
    text = importlib.resources.files(__package__).joinpath(_TABLE).read_text(encoding="utf-8")
    held = json.loads(text)
    later = {
        op: {fact: version for version, facts in since.items() for fact in facts.split()}
        for op, since in held["later"].items()
    }
    return held["versions"], frozenset(held["there"].split()), later
