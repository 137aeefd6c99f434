"""Parsing the author's code, and the few spellings that no stand-in module can give a meaning.

Each rule only changes what would raise today: ``.value`` of a dimension that is a plain number
now, ``._keras_shape`` of a tensor, and Python 2's ``iteritems``. Lines keep their numbers.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator
from typing import Any

# Python 2's names that Python 3 renamed.
PYTHON_2: dict[str, Any] = {
    "xrange": range,
    "unicode": str,
    "basestring": str,
    "long": int,
    "unichr": chr,
    "reduce": functools.reduce,
}


def adapted(text: str, name: str) -> str:
    """The text of a file, adapted to today; every line keeps its number.

    As text and not as a tree, because TensorFlow's AutoGraph reads the source once more.

    Raises:
        SyntaxError: It is no Python that today's Python reads; code of Python 2, for one.
    """
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    for line, column, _, length, new in sorted(_edits(ast.parse(text, name)), reverse=True):
        old = lines[line - 1]
        if length and not old[column : column + length].startswith(b"."):
            return text  # spelt over several lines; it fails where it did
        lines[line - 1] = old[:column] + new.encode() + old[column + length :]
    return b"".join(lines).decode()


def _edits(tree: ast.AST) -> Iterator[tuple[int, int, int, int, str]]:
    """Line, column in bytes, rank there (outer ones first), how much is replaced, and by what."""
    inside = {id(n) for text in ast.walk(tree) if isinstance(text, ast.JoinedStr)
              for n in ast.walk(text)}  # fmt: skip
    for rank, node in enumerate(ast.walk(tree)):
        if not isinstance(node, ast.Attribute) or node.attr not in ATTRIBUTES:
            continue
        if not isinstance(node.ctx, ast.Load) or id(node) in inside:
            continue
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        length = len(node.attr) + 1
        yield node.lineno, node.col_offset, rank, 0, f"__tfmigrate_{node.attr}__("
        yield node.end_lineno, node.end_col_offset - length, rank, length, ")"


def value(owner: Any) -> Any:
    """``owner.value``: TensorFlow 1's dimensions were objects, TensorFlow 2's are numbers."""
    return owner if owner is None or type(owner) is int else owner.value


def keras_shape(owner: Any) -> Any:
    """``owner._keras_shape``: Keras up to 2.3 kept a tensor's shape there, as a tuple."""
    found = getattr(owner, "_keras_shape", None)
    return tuple(owner.shape) if found is None else found


def iteritems(owner: Any) -> Any:
    """``owner.iteritems`` of Python 2."""
    return getattr(owner, "iteritems", None) or owner.items


def itervalues(owner: Any) -> Any:
    """``owner.itervalues`` of Python 2."""
    return getattr(owner, "itervalues", None) or owner.values


def iterkeys(owner: Any) -> Any:
    """``owner.iterkeys`` of Python 2."""
    return getattr(owner, "iterkeys", None) or owner.keys


# Attribute -> what reads it; the code finds these under names that no author uses.
ATTRIBUTES: dict[str, Callable[[Any], Any]] = {
    "value": value,
    "_keras_shape": keras_shape,
    "iteritems": iteritems,
    "itervalues": itervalues,
    "iterkeys": iterkeys,
}
BUILTINS: dict[str, Any] = {f"__tfmigrate_{name}__": read for name, read in ATTRIBUTES.items()}


def assigned(tree: ast.Module) -> frozenset[str]:
    """The names that a module binds by assignment, not by import, anywhere outside functions."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        waiting += ast.iter_child_nodes(node)
    return frozenset(found)
