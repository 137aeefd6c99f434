"""Layers and functions that a recipe declares, over either Keras; they hold data, no code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tfmigrate.engines.expression_layer import looked_up
from tfmigrate.errors import NotSupported
from tfmigrate.expressions import Dialect, evaluate, from_json
from tfmigrate.tensors import from_json as plain_from_json

# What every layer's config can say, in any Keras; the rest are the layer's own arguments.
_EVERY_LAYER = frozenset(
    {"name", "trainable", "dtype", "batch_input_shape", "batch_shape", "autocast"}
)
_NOT_NEEDED = frozenset({"input_dtype", "activity_regularizer", "dynamic"})


def declared_objects(declared: Mapping[str, Any] | None, library: Any) -> dict[str, Any]:
    """Classes and functions by the names that the model's config uses.

    Args:
        declared: ``layers`` and ``functions`` as :mod:`tfmigrate.judge.declared` made them.
        library: The module ``tf_keras`` or ``keras``.
    """
    if not declared:
        return {}
    layers = {n: declared_layer(library, n, spec) for n, spec in declared["layers"].items()}
    return layers | {n: declared_function(n, spec) for n, spec in declared["functions"].items()}


def declared_function(name: str, spec: Mapping[str, Any]) -> Callable[[Any], Any]:
    """A function of one tensor, ``x``."""

    def function(x: Any) -> Any:
        return _value(spec, spec["expression"], {"x": x})

    function.__name__ = name
    return function


def _value(spec: Mapping[str, Any], expression: Any, values: Mapping[str, Any]) -> Any:
    """What an expression of a declaration gives; what fails is told with the recipe's line."""
    dialect = plain_from_json(Dialect, spec["dialect"])
    try:
        return evaluate(from_json(expression), values, dialect)
    except NotSupported as problem:
        refusal = NotSupported(problem.what, where=spec["where"], help=problem.help)
        refusal._keras_call_info_injected = True  # type: ignore[attr-defined]  # else Keras reworded it
        raise refusal from problem


def declared_layer(library: Any, kind: str, spec: Mapping[str, Any]) -> Any:
    """The class of a declared layer.

    Args:
        library: The module ``tf_keras`` or ``keras``.
        kind: Its name.
        spec: ``inputs``, ``arguments``, ``weights``, ``compute``, ``mask``, ``dialect`` and
            ``where``; of an entry that is an expression also ``shared`` and ``alone``.
    """
    own: dict[str, Any] = {"kind": kind, "spec": spec, "declared_inputs": tuple(spec["inputs"])}
    own["alone"] = bool(spec.get("alone"))
    base = _DeclaredCell if spec.get("states") else _Declared
    return type("DeclaredLayer", (base, library.layers.Layer), own)


class _Declared:
    """A layer whose weights and expression a recipe declares; a Keras's Layer comes beside it.

    It never passes a mask on, as a Keras layer without support for masks, unless the recipe has an
    expression for it; the expressions see the mask that it gets as ``mask``.
    """

    kind: str
    spec: Mapping[str, Any]
    declared_inputs: tuple[str, ...]
    add_weight: Callable[..., Any]

    def __init__(self, **config: Any) -> None:
        own = {k: v for k, v in config.items() if k not in _EVERY_LAYER | _NOT_NEEDED}
        others = {k: v for k, v in config.items() if k in _EVERY_LAYER}
        if self.spec["dialect"]["tensorflow"] == 1 or "shared" in self.spec:
            others["autocast"] = False  # layers cast their inputs since TensorFlow 2
        super().__init__(**others)
        self._given = {**self.spec["arguments"], **own}
        self._held: dict[str, Any] = {}
        self._shared: Callable[[], dict[str, Any]] = dict
        self.supports_masking = True

    def share(self, variables: dict[str, Any]) -> None:
        """Let the expression use variables of other layers, which stay theirs."""
        self._shared = lambda: variables  # a function: a Keras layer owns what its lists hold

    def build(self, input_shape: Any) -> None:
        """Make the weights."""
        for name, weight in self.spec["weights"].items():
            shape = tuple(self._size(name, s, input_shape) for s in weight["shape"])
            self._held[name] = self.add_weight(
                name=name, shape=shape, dtype=weight["dtype"], initializer="zeros"
            )
        self.built = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """The value of the expression."""
        values = self._values(inputs, mask)
        self.input_ranges = looked_up(from_json(self.spec["compute"]), self.declared_inputs, values)
        return _value(self.spec, self.spec["compute"], values)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask that the recipe declares, or none."""
        if self.spec["mask"] is None:
            return None
        return _value(self.spec, self.spec["mask"], self._values(inputs, mask))

    def _values(self, inputs: Any, mask: Any) -> dict[str, Any]:
        import tensorflow as tf

        given = _named_inputs(self.kind, self.spec, inputs)
        held = {n: tf.convert_to_tensor(v) for n, v in (self._held | self._shared()).items()}
        return {**self._given, **given, **held, "mask": mask}

    def _size(self, name: str, size: Any, input_shape: Any) -> int:
        found = size
        if not isinstance(size, int):
            shapes = _shapes(input_shape) if input_shape is not None else {}
            found = _value(self.spec, size, {**self._given, **shapes})
        if type(found) is not int or found < 1:
            raise NotSupported(
                f"a size of {name} of {self.kind} is {found!r}, no whole number from 1"
                f" on; the input is {_plain(input_shape)}",
                where=self.spec["where"],
            )
        return found


class _DeclaredCell(_Declared):
    """A cell for RNN; its expression is a tuple: the output, then each new state."""

    def __init__(self, **config: Any) -> None:
        super().__init__(**config)
        sizes = self.spec["states"].items()
        self.state_size = [self._size(name, size, None) for name, size in sizes]

    def call(self, inputs: Any, states: Any, training: Any = None) -> Any:  # type: ignore[override]
        """One step: the output, and the new states."""
        held = dict(zip(self.spec["states"], states, strict=True))
        found = _value(self.spec, self.spec["compute"], {**self._values(inputs, None), **held})
        if not isinstance(found, list | tuple) or len(found) != len(held) + 1:
            what = f"{self.kind} is a cell: it has to give (output, {', '.join(held)})"
            raise NotSupported(what, where=self.spec["where"])
        return found[0], list(found[1:])


def _named_inputs(kind: str, spec: Mapping[str, Any], inputs: Any) -> dict[str, Any]:
    names = spec["inputs"]
    if len(names) == 1:
        return {names[0]: inputs}
    if not isinstance(inputs, list | tuple) or len(inputs) != len(names):
        what = f"{kind} takes {len(names)} inputs, {', '.join(names)}"
        raise NotSupported(what, where=spec["where"])
    return dict(zip(names, inputs, strict=True))


def _shapes(input_shape: Any) -> dict[str, Any]:
    """What the expression of a size can use; ``last`` is of the first of several inputs."""
    shape = _plain(input_shape)
    first = shape[0] if shape and isinstance(shape[0], tuple) else shape
    return {"input": shape, "last": first[-1] if first else None}


def _plain(shape: Any) -> Any:
    """The shape of an input as a tuple of numbers, that of several as a tuple of such."""
    if hasattr(shape, "as_list"):
        return tuple(shape.as_list())
    if isinstance(shape, dict):
        return tuple(_plain(s) for s in shape.values())
    return tuple(_plain(s) if hasattr(s, "__len__") else s for s in shape)
