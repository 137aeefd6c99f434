"""An expression as one readable line, which :func:`tfmigrate.expressions.parse` reads back."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from tfmigrate.expressions import nodes
from tfmigrate.expressions.nodes import Expression, Node

_BINARY: dict[str, Callable[[], ast.operator]] = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div, "//": ast.FloorDiv, "%": ast.Mod,
    "**": ast.Pow, "@": ast.MatMult, "&": ast.BitAnd, "|": ast.BitOr, "^": ast.BitXor,
    "<<": ast.LShift, ">>": ast.RShift,
}  # fmt: skip
_COMPARE: dict[str, Callable[[], ast.cmpop]] = {
    "==": ast.Eq, "!=": ast.NotEq, "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE,
    "is": ast.Is, "is not": ast.IsNot, "in": ast.In, "not in": ast.NotIn,
}  # fmt: skip
_UNARY: dict[str, Callable[[], ast.unaryop]] = {
    "-": ast.USub, "+": ast.UAdd, "~": ast.Invert, "not": ast.Not,
}  # fmt: skip


def text(expression: Expression) -> str:
    """The spelling of an expression: its bindings and its result, separated by semicolons."""
    parts = [f"{name} = {_spelled(node)}" for name, node in expression.bindings]
    return "; ".join([*parts, _spelled(expression.result)])


def _spelled(node: Node) -> str:
    return ast.unparse(ast.fix_missing_locations(_expr(node)))


def _expr(node: Any) -> ast.expr:
    return _BUILDERS[type(node)](node)


def _dotted(name: str) -> ast.expr:
    first, *rest = name.split(".")
    found: ast.expr = ast.Name(first, ast.Load())
    for part in rest:
        found = ast.Attribute(found, part, ast.Load())
    return found


def _call(function: ast.expr, node: nodes.Call | nodes.Method) -> ast.expr:
    keywords = [ast.keyword(key, _expr(value)) for key, value in node.keywords]
    return ast.Call(function, [_expr(a) for a in node.arguments], keywords)


def _const(node: nodes.Const) -> ast.expr:
    value = node.value
    if isinstance(value, int | float) and not isinstance(value, bool) and str(value)[0] == "-":
        # As an operator, so that (-1) ** 2 keeps its parentheses; the parser folds it again.
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def _binary(node: nodes.Binary) -> ast.expr:
    left, right = _expr(node.left), _expr(node.right)
    if node.operator in _BINARY:
        return ast.BinOp(left, _BINARY[node.operator](), right)
    return ast.Compare(left, [_COMPARE[node.operator]()], [right])


def _items(node: nodes.Items) -> ast.expr:
    items = [_expr(item) for item in node.items]
    return ast.List(items, ast.Load()) if node.kind == "list" else ast.Tuple(items, ast.Load())


def _slice(node: nodes.Slice) -> ast.expr:
    parts = (node.start, node.stop, node.step)
    start, stop, step = (None if p is None else _expr(p) for p in parts)
    return ast.Slice(start, stop, step)


_BUILDERS: dict[type, Callable[[Any], ast.expr]] = {
    nodes.Const: _const,
    nodes.Dots: lambda n: ast.Constant(...),
    nodes.Name: lambda n: _dotted(n.name),
    nodes.Call: lambda n: _call(_dotted(n.function), n),
    nodes.Method: lambda n: _call(ast.Attribute(_expr(n.value), n.name, ast.Load()), n),
    nodes.Attribute: lambda n: ast.Attribute(_expr(n.value), n.name, ast.Load()),
    nodes.Unary: lambda n: ast.UnaryOp(_UNARY[n.operator](), _expr(n.operand)),
    nodes.Binary: _binary,
    nodes.Subscript: lambda n: ast.Subscript(_expr(n.value), _expr(n.index), ast.Load()),
    nodes.Slice: _slice,
    nodes.Items: _items,
    nodes.If: lambda n: ast.IfExp(_expr(n.condition), _expr(n.then), _expr(n.otherwise)),
}
