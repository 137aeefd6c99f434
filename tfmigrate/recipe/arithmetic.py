"""Small arithmetic with parameters: ``2 * $filters``, ``$units[0]``, ``$stride > 1``.

Numbers, texts and lists only; Python's grammar, an allow-list of its nodes, and no calls but a few.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

_BIGGEST = 10**15


def _times(left: Any, right: Any) -> Any:
    """A product; a text or a list a few times over."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, str | list) and (not isinstance(other, int) or other > 1000):
            raise ArithmeticMistake("a text or a list can be taken at most 1000 times")
    return left * right


_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: _times,
    ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b,
    ast.Is: operator.is_, ast.IsNot: operator.is_not,
}  # fmt: skip
_UNARY: dict[type, Callable[[Any], Any]] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min, "max": max, "len": len, "ceil": math.ceil, "floor": math.floor, "int": int,
    "round": round, "sum": sum, "abs": abs, "str": str,
}  # fmt: skip
_WORDS = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}

_NAME = r"\$[A-Za-z_][A-Za-z0-9_]*"
_OPERATOR = re.compile(
    r"\s([-+*/%<>]|//|==|!=|<=|>=|and|or|in|is|if|not)\s|^not\s|^-\s*[$(]"
    rf"|{_NAME}\[|^\(*({'|'.join(_FUNCTIONS)})\("
)
_TOKENS = re.compile(rf"({_NAME}|[A-Za-z0-9_.]+|'[^']*'|[-+*/%<>=!()\[\],\s])*")


class ArithmeticMistake(ValueError):
    """A text that is no arithmetic, or arithmetic that has no answer."""


def is_arithmetic(text: str) -> bool:
    """Whether a text with parameters is to be computed: operators with spaces, ``$list[0]``."""
    return bool(_OPERATOR.search(text)) and _TOKENS.fullmatch(text) is not None


def compute(text: str, values: Mapping[str, Any]) -> Any:
    """What a text comes to.

    Args:
        text: The arithmetic; parameters as ``$name``.
        values: The parameters.

    Raises:
        ArithmeticMistake: It is no arithmetic, or cannot be computed; the message says why.
    """
    try:
        # A prefix that no bare word has, so that a forgotten $ is noticed.
        tree = ast.parse(re.sub(r"\$(\w+)", r"p__\1", text.strip()), mode="eval").body
        found = _value(tree, values)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ArithmeticMistake("this is no arithmetic") from error
    except (TypeError, ZeroDivisionError, LookupError, OverflowError, ValueError) as error:
        if isinstance(error, ArithmeticMistake):
            raise
        raise ArithmeticMistake(f"this cannot be computed: {error}") from error
    return found


def _value(tree: ast.expr, values: Mapping[str, Any]) -> Any:
    handler = _HANDLERS.get(type(tree))
    if handler is None:
        raise ArithmeticMistake(f"{type(tree).__name__} is not part of a recipe's arithmetic")
    return handler(tree, values)


def _constant(tree: ast.Constant, values: Mapping[str, Any]) -> Any:
    if not isinstance(tree.value, int | float | str | None):
        raise ArithmeticMistake(f"a {type(tree.value).__name__} is no number")
    return tree.value


def _unary(tree: ast.UnaryOp, values: Mapping[str, Any]) -> Any:
    return _operation(tree.op, _UNARY)(_value(tree.operand, values))


def _binary(tree: ast.BinOp, values: Mapping[str, Any]) -> Any:
    operation = _operation(tree.op, _BINARY)
    return _small(operation(_value(tree.left, values), _value(tree.right, values)))


def _compare(tree: ast.Compare, values: Mapping[str, Any]) -> Any:
    if len(tree.ops) > 1:
        raise ArithmeticMistake("compare two values at a time")
    left, right = _value(tree.left, values), _value(tree.comparators[0], values)
    return _operation(tree.ops[0], _BINARY)(left, right)


def _operation(op: Any, known: Mapping[type, Callable[..., Any]]) -> Callable[..., Any]:
    if type(op) not in known:
        raise ArithmeticMistake(f"{type(op).__name__} is not part of a recipe's arithmetic")
    return known[type(op)]


def _choice(tree: ast.IfExp, values: Mapping[str, Any]) -> Any:
    return _value(tree.body if _value(tree.test, values) else tree.orelse, values)


def _item(tree: ast.Subscript, values: Mapping[str, Any]) -> Any:
    if isinstance(tree.slice, ast.Slice):
        raise ArithmeticMistake("a slice is not part of a recipe's arithmetic")
    return _value(tree.value, values)[_value(tree.slice, values)]


def _call(tree: ast.Call, values: Mapping[str, Any]) -> Any:
    name = tree.func.id if isinstance(tree.func, ast.Name) else ""
    if name not in _FUNCTIONS or tree.keywords:
        raise ArithmeticMistake(f"there is no function {name}; {_known()}")
    return _FUNCTIONS[name](*(_value(a, values) for a in tree.args))


def _boolean(tree: ast.BoolOp, values: Mapping[str, Any]) -> Any:
    found: Any = None
    for part in tree.values:
        found = _value(part, values)
        if bool(found) is isinstance(tree.op, ast.Or):
            return found
    return found


def _name(tree: ast.Name, values: Mapping[str, Any]) -> Any:
    name = tree.id
    if name.startswith("p__"):
        return values[name.removeprefix("p__")]
    if name in _WORDS:
        return _WORDS[name]
    raise ArithmeticMistake(f"{name} is no number; a parameter is written ${name}")


def _small(value: Any) -> Any:
    if isinstance(value, str | list) and len(value) > 10_000:
        raise ArithmeticMistake("the result is too long")
    if isinstance(value, int | float) and abs(value) > _BIGGEST:
        raise ArithmeticMistake("the result is too large")
    return value


def _known() -> str:
    return f"there are {', '.join(sorted(_FUNCTIONS))}"


def _list(tree: ast.List | ast.Tuple, values: Mapping[str, Any]) -> list[Any]:
    return [_value(item, values) for item in tree.elts]


_HANDLERS: dict[type, Callable[[Any, Mapping[str, Any]], Any]] = {
    ast.Constant: _constant, ast.Name: _name, ast.UnaryOp: _unary, ast.BinOp: _binary,
    ast.Compare: _compare, ast.BoolOp: _boolean, ast.IfExp: _choice, ast.Subscript: _item,
    ast.Call: _call, ast.List: _list, ast.Tuple: _list,
}  # fmt: skip
