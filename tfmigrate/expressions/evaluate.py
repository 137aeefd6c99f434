"""An expression to tensors, by plain calls of TensorFlow; nothing is compiled or executed."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from tfmigrate.errors import NotSupported, TfmigrateError, shown
from tfmigrate.expressions import (
    activations,
    constants,
    implementations,
    nodes,
    ops,
    products,
    shapes,
)
from tfmigrate.expressions.dialect import Dialect
from tfmigrate.expressions.implementations import tf
from tfmigrate.expressions.nodes import Expression, Node
from tfmigrate.expressions.shapes import is_tensor
from tfmigrate.expressions.signatures import Meaning

_OWN = (implementations, activations, shapes, products, constants)

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": constants.times, "/": operator.truediv,
    "//": operator.floordiv, "%": operator.mod, "**": constants.power, "@": operator.matmul,
    "&": operator.and_, "|": operator.or_, "^": operator.xor, "<<": constants.shifted,
    ">>": operator.rshift, "==": operator.eq, "!=": operator.ne, "<": operator.lt,
    "<=": operator.le, ">": operator.gt, ">=": operator.ge, "is": operator.is_,
    "is not": operator.is_not, "in": lambda x, y: x in y, "not in": lambda x, y: x not in y,
}  # fmt: skip
_UNARY: dict[str, Callable[[Any], Any]] = {
    "-": operator.neg, "+": operator.pos, "~": operator.invert, "not": operator.not_,
}  # fmt: skip
# What may be asked of a tensor, a shape or a pair of results.
_ATTRIBUTES = ("shape", "dtype", "ndim", "ndims", "rank", "values", "indices", "value", "T")
_METHODS = ("get_shape", "as_list", "num_elements", "index", "count")


def evaluate(expression: Expression, values: Mapping[str, Any], dialect: Dialect) -> Any:
    """The value of an expression: a tensor, or a tuple or list of them.

    Args:
        expression: What to compute.
        values: Tensors (symbolic ones too) and constants by name.
        dialect: Whose meaning its names have.

    Raises:
        NotSupported: A name of it has no meaning, or does not take such values.
    """
    return _Evaluation(expression, values, dialect).run()


def check(expression: Expression, dialect: Dialect) -> None:
    """Makes sure that every op of an expression has one meaning for a dialect; no TensorFlow.

    Raises:
        NotSupported: One has not, or is called with arguments that it does not have.
    """
    for node in expression.walk():
        if isinstance(node, nodes.Call):
            meaning = ops.meaning(node.function, dialect)
            try:
                meaning.bind(node.arguments, dict(node.keywords))
            except TypeError as problem:
                raise NotSupported(str(problem)) from problem
            _settle(meaning, dialect)
        if isinstance(node, nodes.Attribute) and node.name not in _ATTRIBUTES:
            raise NotSupported(f"the attribute .{shown(node.name, 40)} of a tensor")
        if isinstance(node, nodes.Method) and node.name not in _METHODS:
            raise NotSupported(f"the method .{shown(node.name, 40)}() of a tensor")


def _settle(meaning: Meaning, dialect: Dialect) -> None:
    # What only the setting of the day answers is asked here too, before anything is built.
    if meaning.target in (".backend_name", ".image_data_format", ".image_dim_ordering"):
        _apply(meaning, dialect, [], {})


class _Evaluation:
    def __init__(self, expression: Expression, values: Mapping[str, Any], dialect: Dialect) -> None:
        self.expression, self.dialect = expression, dialect
        self.values = dict(values)
        self.waiting = dict(expression.bindings)

    def run(self) -> Any:
        return self.value(self.expression.result)

    def value(self, node: Node) -> Any:
        return _VISITS[type(node)](self, node)

    def name(self, node: nodes.Name) -> Any:
        if node.name in self.waiting:
            # Lazily, so that what a branch not taken would have needed is never computed.
            self.values[node.name] = self.value(self.waiting.pop(node.name))
        if node.name not in self.values:
            raise NotSupported(f"the expression needs {node.name!r}, which nothing gives")
        return self.values[node.name]

    def call(self, node: nodes.Call) -> Any:
        arguments = [self.value(a) for a in node.arguments]
        keywords = {key: self.value(v) for key, v in node.keywords}
        meaning = ops.meaning(node.function, self.dialect)
        return self.guarded(
            node.function, lambda: _apply(meaning, self.dialect, arguments, keywords)
        )

    def method(self, node: nodes.Method) -> Any:
        receiver = self.value(node.value)
        arguments = [self.value(a) for a in node.arguments]
        if node.name == "get_shape" and is_tensor(receiver):
            return receiver.shape
        if node.name == "as_list" and isinstance(receiver, list | tuple):
            return list(receiver)
        plain = isinstance(receiver, list | tuple) and node.name in ("index", "count")
        if plain or (node.name in _METHODS and hasattr(receiver, "as_list")):
            return self.guarded(node.name, lambda: getattr(receiver, node.name)(*arguments))
        raise NotSupported(f"the method .{shown(node.name, 40)}() of {_kind(receiver)}")

    def attribute(self, node: nodes.Attribute) -> Any:
        receiver = self.value(node.value)
        if node.name == "value" and (receiver is None or isinstance(receiver, int)):
            return receiver  # the Dimension of TensorFlow 1
        if node.name == "ndim" and is_tensor(receiver):
            return len(receiver.shape)
        if node.name == "T" and is_tensor(receiver):
            return tf().transpose(receiver)
        if node.name not in _ATTRIBUTES or not hasattr(receiver, node.name):
            raise NotSupported(f"the attribute .{shown(node.name, 40)} of {_kind(receiver)}")
        return getattr(receiver, node.name)

    def binary(self, node: nodes.Binary) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        tensors = is_tensor(left) or is_tensor(right)
        by_identity = self.dialect.tensorflow != 2 and self.dialect.library != "recipe"
        if node.operator in ("==", "!=") and tensors and by_identity:
            raise NotSupported(
                "== of tensors: TensorFlow 1 compared whether they are the same object"
            )
        if node.operator in ("in", "not in") and is_tensor(right):
            raise NotSupported(f"`{node.operator}` a tensor")
        return self.guarded(node.operator, lambda: _OPERATORS[node.operator](left, right))

    def unary(self, node: nodes.Unary) -> Any:
        operand = self.value(node.operand)
        if node.operator == "not" and is_tensor(operand):
            raise NotSupported("`not` of a tensor")
        return self.guarded(node.operator, lambda: _UNARY[node.operator](operand))

    def subscript(self, node: nodes.Subscript) -> Any:
        value, index = self.value(node.value), self.value(node.index)
        return self.guarded("[]", lambda: value[index])

    def branch(self, node: nodes.If) -> Any:
        condition = self.value(node.condition)
        if is_tensor(condition):
            raise NotSupported("a condition on the values of a tensor")
        return self.value(node.then if condition else node.otherwise)

    def items(self, node: nodes.Items) -> Any:
        found = [self.value(item) for item in node.items]
        return found if node.kind == "list" else tuple(found)

    def slice(self, node: nodes.Slice) -> Any:
        parts = (node.start, node.stop, node.step)
        return slice(*(None if p is None else self.value(p) for p in parts))

    def guarded(self, what: str, action: Callable[[], Any]) -> Any:
        """What an action gives; whatever it does not take is the expression's fault, not ours."""
        try:
            return action()
        except TfmigrateError:
            raise
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as problem:
            raise NotSupported(f"{what}: {shown(problem, 300)}") from problem


def _kind(value: Any) -> str:
    return "a tensor" if is_tensor(value) else f"a {type(value).__name__}"


def _apply(
    meaning: Meaning, dialect: Dialect, arguments: list[Any], keywords: dict[str, Any]
) -> Any:
    bound = meaning.bind(arguments, keywords)
    if not meaning.target.startswith("."):
        function = tf()
        for part in meaning.target.split(".")[1:]:
            function = getattr(function, part)
        return function(**bound)
    name = meaning.target[1:]
    own = next(getattr(module, name) for module in _OWN if hasattr(module, name))
    wanted = own.__code__.co_varnames[: own.__code__.co_argcount]
    extra = {"spelled": ops.canonical(meaning.name), "dialect": dialect}
    return own(**bound, **{key: v for key, v in extra.items() if key in wanted})


_VISITS: dict[type, Callable[[_Evaluation, Any], Any]] = {
    nodes.Const: lambda e, n: n.value,
    nodes.Dots: lambda e, n: ...,
    nodes.Name: _Evaluation.name,
    nodes.Call: _Evaluation.call,
    nodes.Method: _Evaluation.method,
    nodes.Attribute: _Evaluation.attribute,
    nodes.Unary: _Evaluation.unary,
    nodes.Binary: _Evaluation.binary,
    nodes.Subscript: _Evaluation.subscript,
    nodes.Slice: _Evaluation.slice,
    nodes.Items: _Evaluation.items,
    nodes.If: _Evaluation.branch,
}
