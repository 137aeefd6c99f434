"""The layer that a lifted Lambda becomes, over tf_keras or Keras 3; it holds data, no code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tfmigrate.errors import NotSupported, TfmigrateError, shown
from tfmigrate.expressions import Dialect, Expression, evaluate, from_json, nodes
from tfmigrate.tensors import from_json as plain_from_json


def expression_layer(library: Any) -> Any:
    """The class ``ExpressionLayer`` over a library.

    Args:
        library: The module ``tf_keras`` or ``keras``.
    """

    class ExpressionLayer(library.layers.Layer):  # type: ignore[misc]
        """A pure expression of its input, or of its list of inputs.

        Args:
            expression: The expression's JSON form.
            parameter: The name in it that stands for the input.
            dialect: Whose meaning its names have, as JSON.
            mask: The expression of the output's mask and its parameters; None for no mask, which
                is what a Lambda without one gave, whatever mask it got.
            output_shape: What the author said of the output's shape, without the batch; it fills
                in what TensorFlow cannot infer.
        """

        def __init__(
            self, expression: Any, parameter: str, dialect: Any, mask: Any = None,
            output_shape: Any = None, **others: Any,
        ) -> None:  # fmt: skip
            super().__init__(**others)
            self._expression, self._parameter = from_json(expression), parameter
            self._dialect = plain_from_json(Dialect, dialect)
            self._mask = None if mask is None else (from_json(mask[0]), tuple(mask[1]))
            self._said = None if output_shape is None else tuple(output_shape)
            self.supports_masking = True
            self.input_ranges = input_ranges(self._expression, parameter)

        def call(self, inputs: Any, mask: Any = None) -> Any:
            """The value of the expression."""
            values = {self._parameter: inputs, "mask": mask}
            try:
                found = evaluate(self._expression, values, self._dialect)
            except (ValueError, TypeError, TfmigrateError) as error:
                raise NotSupported(
                    f"its expression does not fit what it gets: {shown(error, 300)}",
                    where=f"layer {self.name}",
                ) from error
            return _shaped(found, self._said)

        def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
            """The mask of the output."""
            if self._mask is None:
                return None
            expression, names = self._mask
            values = dict(zip(names, (inputs, mask), strict=False))
            return evaluate(expression, values, self._dialect)

    return ExpressionLayer


# Lengths and labels with which a CTC loss has an answer, by argument of K.ctc_batch_cost.
_CTC = ((0.0, 2.0), None, (4.0, 5.0), (1.0, 2.0))


def input_ranges(expression: Expression, parameter: str) -> dict[int, tuple[float, float]]:
    """What the inputs of an expression of a list may hold, where its ops refuse other values."""
    found: dict[int, tuple[float, float]] = {}
    for node in expression.walk():
        if not isinstance(node, nodes.Call) or node.function != "K.ctc_batch_cost":
            continue
        for argument, limits in zip(node.arguments, _CTC, strict=False):
            if limits and isinstance(argument, nodes.Subscript) and argument.value == nodes.Name(
                parameter
            ) and isinstance(argument.index, nodes.Const):  # fmt: skip
                found[int(argument.index.value or 0)] = limits
    return found


_LOOKUPS = ("gather", "tf.gather", "K.gather", "tf.nn.embedding_lookup")


def looked_up(
    expression: Expression, inputs: Sequence[str], values: Mapping[str, Any]
) -> dict[int, tuple[float, float]]:
    """The ids that inputs may hold which an expression looks up in a table, by their places."""
    found: dict[int, tuple[float, float]] = {}
    for node in expression.walk():
        if isinstance(node, nodes.Call) and node.function in _LOOKUPS and len(node.arguments) > 1:
            table, ids = (_plain_name(argument) for argument in node.arguments[:2])
            shape = getattr(values.get(table), "shape", None) or (None,)
            if ids in inputs and shape[0] is not None:
                place = list(inputs).index(ids)
                found[place] = (0, min(int(shape[0]), found.get(place, (0, shape[0]))[1]))
    return found


def _plain_name(node: nodes.Node) -> str:
    """The name that a node is, types changed or not; "" where it is more than that."""
    while isinstance(node, nodes.Call) and node.function.endswith("cast") and node.arguments:
        node = node.arguments[0]
    return node.name if isinstance(node, nodes.Name) else ""


def _shaped(found: Any, said: tuple[Any, ...] | None) -> Any:
    """A result with the static sizes its author stated, where TensorFlow does not know them."""
    if said is None or isinstance(found, list | tuple) or not hasattr(found, "set_shape"):
        return found
    full = (None, *said)
    if found.shape.rank is None:
        found.set_shape(full)
    elif found.shape.rank == len(full):
        found.set_shape([s if s is not None else o for s, o in zip(found.shape, full, strict=True)])
    return found
