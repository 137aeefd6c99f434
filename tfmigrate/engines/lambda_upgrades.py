"""Lambda layers, and Keras 1's merges by a function, to expressions: pure data, nothing is run."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import types
from collections.abc import Container, Iterator, Mapping
from typing import Any

from tfmigrate import lambdas
from tfmigrate.engines.upgrades.walk import LayerConfig, layers
from tfmigrate.errors import Damaged
from tfmigrate.expressions import Dialect, Expression, as_json, of_writer
from tfmigrate.lambdas import stored
from tfmigrate.lambdas.dialects import dialect_of
from tfmigrate.results import Writer
from tfmigrate.tensors import as_json as plain_json

CLASS_NAME = "ExpressionLayer"
_NONE: Mapping[str, Expression] = types.MappingProxyType({})

# What a Lambda's or Merge's config says of its function; the rest is every layer's own.
_FUNCTION_KEYS = {
    "function", "function_type", "module", "arguments", "output_shape", "output_shape_type",
    "output_shape_module", "mask", "mask_type", "mask_module", "mode", "mode_type", "concat_axis",
    "dot_axes", "output_mask", "output_mask_type", "node_indices", "tensor_indices", "written_by",
}  # fmt: skip


def without_lambdas(
    config: dict[str, Any], writer: Writer, given: Mapping[str, Expression] = _NONE
) -> dict[str, Any]:
    """A copy of a model config whose Lambdas, and merges by a lambda, are expressions.

    Args:
        config: The config.
        writer: Who wrote it.
        given: Expressions that a recipe gives for some, by hash, layer name or function name.

    Raises:
        CannotLift: One of them is more than an expression.
    """
    result = copy.deepcopy(config)
    dialect = dialect_of(result, writer)
    for layer in list(layers(result)):
        if is_liftable(layer) and not _is_called(layer, given):
            entry = lifted(layer, writer, dialect, given)
            layer.clear()
            layer.update(entry)
    return result


def is_liftable(layer: LayerConfig) -> bool:
    """Whether a layer's entry is a Lambda, or a Merge of Keras 1 whose mode is a function."""
    if not isinstance(layer["config"], dict):
        return False
    if layer["class_name"] == "Lambda":
        return True
    return layer["class_name"] == "Merge" and layer["config"].get("mode_type") == "lambda"


def _is_called(layer: LayerConfig, given: Container[str]) -> bool:
    """Whether a Lambda calls a function that only the author's code has."""
    function = layer["config"].get("function")
    if layer["config"].get("function_type") == "function":
        return isinstance(function, str) and function not in given
    named = isinstance(function, dict) and function.get("module") == "builtins"
    return named and function["class_name"] == "function" and function["config"] not in given


def expressions(config: dict[str, Any]) -> Iterator[LayerConfig]:
    """The layers of an upgraded config that are expressions."""
    return (layer for layer in layers(config) if layer["class_name"] == CLASS_NAME)


def given_name(layer: LayerConfig, given: Container[str]) -> str:
    """The name under which an expression is given for a Lambda or a merge by a lambda.

    The SHA-256 of its code comes first, then its own name, then that of the function that the file
    only names; "" where there is none.
    """
    if not is_liftable(layer):
        return ""
    config = layer["config"]
    function = config.get("mode" if layer["class_name"] == "Merge" else "function")
    names = [config.get("name"), layer.get("name")]
    if config.get("function_type") == "function":
        names.append(function)
    elif isinstance(function, dict) and function.get("class_name") == "function":
        names.append(function.get("config"))
    else:
        with contextlib.suppress(Damaged):  # it has no code
            names.insert(0, hashlib.sha256(stored.read(function).code).hexdigest())
    return next((n for n in names if isinstance(n, str) and n and n in given), "")


def _given(config: dict[str, Any], expression: Expression) -> lambdas.Lifted:
    arguments = config.get("arguments")
    plain = arguments.items() if isinstance(arguments, dict) else ()
    bound = tuple((n, stored.value(v)) for n, v in plain if n in expression.names)
    whole = Expression(expression.result, (*bound, *expression.bindings))
    return lambdas.Lifted(whole, "x", "", "", "")


def lifted(
    layer: LayerConfig,
    writer: Writer,
    dialect: Dialect | None = None,
    given: Mapping[str, Expression] = _NONE,
) -> LayerConfig:
    """The entry of an expression layer for that of a Lambda, or of a merge by a lambda.

    Args:
        layer: The layer's entry.
        writer: Who wrote the file.
        dialect: Its dialect, where more is known than the writer says.
        given: Expressions that a recipe gives.

    Raises:
        CannotLift: It is more than an expression.
    """
    dialect = dialect or of_writer(writer)
    config = layer["config"]
    key = "mode" if layer["class_name"] == "Merge" else "function"
    name = given_name(layer, given)
    found = _given(config, given[name]) if name else lambdas.lift_of(config, dialect, key)
    others = {k: v for k, v in config.items() if k not in _FUNCTION_KEYS}
    own = {
        "expression": as_json(found.expression),
        "parameter": found.parameter,
        "dialect": plain_json(dialect),
        "mask": _mask(config, dialect),
        "output_shape": _said_shape(config, key),
    }
    entry = {**layer, "class_name": CLASS_NAME, "config": {**others, **own}}
    if "module" in layer or dialect.version >= (3,):
        entry |= {"module": None, "registered_name": CLASS_NAME}
    if dialect.tensorflow != 2 or (dialect.library == "keras" and dialect.version < (3,)):
        # Only tf.keras of TensorFlow 2 and Keras 3 cast a layer's inputs to its own type.
        entry["config"]["autocast"] = False
    return entry


def _mask(config: dict[str, Any], dialect: Dialect) -> Any:
    """The expression of a Lambda's ``mask``; None where it had none, and so dropped the mask."""
    if config.get("mask") is not None:
        found = lambdas.lift_of(config, dialect, "mask")
        return [as_json(found.expression), [found.parameter, "mask"]]
    if config.get("output_mask") is not None:
        found = lambdas.lift_of(config, dialect, "output_mask")
        return [as_json(found.expression), ["", found.parameter]]  # Merge asked it of masks only
    return None


def _said_shape(config: dict[str, Any], key: str) -> Any:
    shape = config.get("output_shape")
    if isinstance(shape, dict) and shape.get("class_name") == "__tuple__":
        shape = shape.get("items", (shape.get("config") or {}).get("items"))
    plain = isinstance(shape, list) and all(n is None or type(n) is int for n in shape)
    return shape if plain and config.get("output_shape_type", "raw") == "raw" else None
