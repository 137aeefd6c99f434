"""Text of a recipe to an expression: Python's own grammar, and an allow-list of its nodes."""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Callable, Iterator
from typing import Any

from tfmigrate.errors import Problem, RecipeProblem, nearest, shown
from tfmigrate.expressions import nodes, ops
from tfmigrate.expressions.nodes import Const, Expression, Node

TEXT_LIMIT = 20_000

_OPERATORS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
    ast.LShift: "<<", ast.RShift: ">>", ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<",
    ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "is", ast.IsNot: "is not", ast.In: "in",
    ast.NotIn: "not in", ast.USub: "-", ast.UAdd: "+", ast.Invert: "~", ast.Not: "not",
}  # fmt: skip


_START = ast.Name("", lineno=1, col_offset=0)


class _Refused(Exception):
    def __init__(self, what: str, at: ast.AST, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.what, self.candidates = what, candidates
        self.line, self.column = getattr(at, "lineno", 1), getattr(at, "col_offset", 0) + 1


def parse(text: str, where: str = "", names: tuple[str, ...] | None = None) -> Expression:
    """The expression that a text spells: ``x * sigmoid(x)``, ``y = exp(x); y / reduce_sum(y)``.

    Args:
        text: The bindings and the result, separated by semicolons or new lines.
        where: What the text belongs to, for messages.
        names: The names it may use; None allows any.

    Raises:
        RecipeProblem: It is no expression, or uses what the language has not.
    """
    try:
        return _checked(_program(text), names)
    except _Refused as refused:
        told = [_problem(r, text, where) for r in (refused, *_further(text, refused))]
        what = f"column {refused.column}: {told[0].what}"
        raise RecipeProblem(what, told, where=where) from refused


def _problem(refused: _Refused, text: str, where: str) -> Problem:
    near = f"; did you mean {' or '.join(refused.candidates)}?" if refused.candidates else ""
    return Problem(
        f"{refused.what}{near}", where=where, line=refused.line, found=shown(text),
        path=f"column {refused.column}", nearest=refused.candidates,
    )  # fmt: skip


def _further(text: str, first: _Refused) -> Iterator[_Refused]:
    """The other unknown functions of an expression whose first mistake is one."""
    if not first.what.startswith("unknown function"):
        return
    for tree in ast.walk(ast.parse(text.strip())):
        if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name):
            try:
                _known(tree.func.id, tree)
            except _Refused as refused:
                if (refused.line, refused.column) != (first.line, first.column):
                    yield refused


def _program(text: str) -> Expression:
    if len(text) > TEXT_LIMIT:
        raise _Refused(f"the expression is longer than {TEXT_LIMIT:,} characters", _START)
    try:
        body = ast.parse(text.strip()).body
    except SyntaxError as problem:
        at = ast.Name("", lineno=problem.lineno or 1, col_offset=(problem.offset or 1) - 1)
        raise _Refused(f"this is no expression: {shown(problem.msg)}", at) from problem
    except (ValueError, MemoryError, RecursionError) as problem:
        raise _Refused(f"this is no expression: {shown(problem)}", _START) from problem
    if not body or not isinstance(body[-1], ast.Expr):
        raise _Refused("the last part must be the result, an expression", _START)
    bindings = tuple(_binding(statement) for statement in body[:-1])
    names = [name for name, _ in bindings]
    if len(set(names)) < len(names):
        twice = next(n for n in names if names.count(n) > 1)
        raise _Refused(f"{twice} is given twice; use another name", body[0])
    return Expression(_node(body[-1].value, 0), bindings)


def _binding(statement: ast.stmt) -> tuple[str, Node]:
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        raise _Refused("only `name = expression` may stand before the result", statement)
    target = statement.targets[0]
    if not isinstance(target, ast.Name):
        raise _Refused("only a plain name can be given a value", target)
    if target.id in ops.MODULES or ops.known(target.id):
        raise _Refused(f"{target.id} already means something else", target)
    return target.id, _node(statement.value, 0)


def _checked(expression: Expression, names: tuple[str, ...] | None) -> Expression:
    seen: list[str] = []
    allowed = None if names is None else set(names)
    for name, node in (*expression.bindings, ("", expression.result)):
        used = Expression(node).names
        later = [n for n, _ in expression.bindings if n not in seen and n in used]
        if later:
            raise _Refused(f"{later[0]} is used before it is given a value", _START)
        for n in used:
            if allowed is not None and n not in allowed and n not in seen:
                choices = nearest(n, [*sorted(allowed), *seen])
                raise _Refused(f"unknown name {n!r}", _START, choices)
        seen.append(name)
    return expression


def _node(tree: ast.expr, depth: int) -> Node:
    if depth > nodes.DEPTH_LIMIT // 2:
        raise _Refused("the expression is nested too deeply", tree)
    build = _BUILDERS.get(type(tree))
    if build is None:
        raise _Refused(f"{type(tree).__name__} is not part of the expression language", tree)
    found: Node = build(tree, depth + 1)
    return found


def _const(tree: ast.Constant, depth: int) -> Node:
    value = tree.value
    if value is ...:
        return nodes.Dots()
    if isinstance(value, float) and not math.isfinite(value):
        return nodes.Call("float", (Const(str(value)),))
    if value is None or isinstance(value, bool | int | float | str):
        return Const(value)
    raise _Refused(f"a {type(value).__name__} is no value of the expression language", tree)


def _dotted(tree: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(tree, ast.Attribute):
        parts.append(tree.attr)
        tree = tree.value
    return ".".join([tree.id, *reversed(parts)]) if isinstance(tree, ast.Name) else ""


def _name(tree: ast.Name, depth: int) -> Node:
    if tree.id in ops.MODULES:
        raise _Refused(f"{tree.id} alone is no value", tree)
    return nodes.Name(tree.id)


def _attribute(tree: ast.Attribute, depth: int) -> Node:
    spelled = _dotted(tree)
    if spelled.split(".")[0] in ops.MODULES:
        constant = ops.constant(spelled)
        if constant is None:
            raise _Refused(f"unknown constant {spelled}", tree)
        return constant
    return nodes.Attribute(_node(tree.value, depth), tree.attr)


def _call(tree: ast.Call, depth: int) -> Node:
    arguments = tuple(_node(a, depth) for a in tree.args)
    if any(k.arg is None for k in tree.keywords):
        raise _Refused("** is not part of the expression language", tree)
    keywords = tuple((str(k.arg), _node(k.value, depth)) for k in tree.keywords)
    spelled = _dotted(tree.func)
    if spelled and (ops.known(spelled) or spelled.split(".")[0] in ops.MODULES):
        return nodes.Call(_known(spelled, tree), arguments, keywords)
    if isinstance(tree.func, ast.Attribute):
        value = _node(tree.func.value, depth)
        return nodes.Method(value, tree.func.attr, arguments, keywords)
    return nodes.Call(_known(spelled or "this", tree), arguments, keywords)


def _known(spelled: str, tree: ast.AST) -> str:
    if ops.known(spelled):
        return spelled
    if "." not in spelled and hasattr(builtins, spelled):
        raise _Refused(f"{spelled}() is not part of the expression language", tree)
    raise _Refused(f"unknown function {spelled!r}", tree, nearest(spelled, ops.NAMES, 2))


def _unary(tree: ast.UnaryOp, depth: int) -> Node:
    operand = _node(tree.operand, depth)
    operator = _OPERATORS[type(tree.op)]
    if operator == "-" and isinstance(operand, Const) and type(operand.value) in (int, float):
        return Const(-operand.value)  # type: ignore[operator]
    return nodes.Unary(operator, operand)


def _compare(tree: ast.Compare, depth: int) -> Node:
    if len(tree.ops) > 1:
        raise _Refused("compare two values at a time", tree)
    left, right = _node(tree.left, depth), _node(tree.comparators[0], depth)
    return nodes.Binary(_OPERATORS[type(tree.ops[0])], left, right)


def _boolean(tree: ast.BoolOp, depth: int) -> Node:
    *before, found = (_node(v, depth) for v in tree.values)
    for value in reversed(before):
        both = isinstance(tree.op, ast.And)
        found = nodes.If(value, found if both else value, value if both else found)
    return found


def _items(tree: ast.Tuple | ast.List, depth: int) -> Node:
    kind = "list" if isinstance(tree, ast.List) else "tuple"
    return nodes.Items(kind, tuple(_node(e, depth) for e in tree.elts))


def _slice(tree: ast.Slice, depth: int) -> Node:
    parts = (tree.lower, tree.upper, tree.step)
    return nodes.Slice(*(None if p is None else _node(p, depth) for p in parts))


_BUILDERS: dict[type, Callable[[Any, int], Node]] = {
    ast.Constant: _const,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.UnaryOp: _unary,
    ast.BinOp: lambda t, d: nodes.Binary(
        _OPERATORS[type(t.op)], _node(t.left, d), _node(t.right, d)
    ),
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.Subscript: lambda t, d: nodes.Subscript(_node(t.value, d), _node(t.slice, d)),
    ast.Slice: _slice,
    ast.Tuple: _items,
    ast.List: _items,
    ast.IfExp: lambda t, d: nodes.If(_node(t.test, d), _node(t.body, d), _node(t.orelse, d)),
}
