"""The layers of a rebuilt model as the families of changes see them."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from tfmigrate.engines.built import Built
from tfmigrate.engines.changes.base import View
from tfmigrate.engines.changes.tensors import read_by
from tfmigrate.engines.walk import layers_of
from tfmigrate.tensors import VariableInfo

# Layers that let the order of the values through as it is.
_THROUGH = {
    "Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dropout", "ELU",
    "GaussianDropout", "GaussianNoise", "LeakyReLU", "Masking", "PReLU", "ReLU",
}  # fmt: skip
# How many layers of the same shapes are looked at for each.
_NEAREST = 24


def views(built: Built) -> tuple[View, ...]:
    """Every layer that has variables or a config, in the order of the computation."""
    found = _layers(built) if built.model is not None else _scopes(built.infos)
    return tuple(_with_twins(list(found)))


def _layers(built: Built) -> Iterator[View]:
    infos = {id(built.variables[info.name]): info for info in built.infos}
    seen: set[int] = set()
    for path, layer in layers_of(built.model):
        if id(layer) not in seen and hasattr(layer, "weights"):
            seen.add(id(layer))
            own = (infos[i] for i in map(_identity, layer.weights) if i in infos)
            kinds = tuple(base.__name__ for base in type(layer).__mro__)
            yield View(path, kinds, _config(layer), tuple(own), layer, _flattened(layer))


def _identity(variable: Any) -> int:
    plain = getattr(variable, "_variable", variable)
    return id(getattr(plain, "_value", plain))


def _config(layer: Any) -> dict[str, Any]:
    """Its config, empty where the class gives none that would make it again."""
    try:
        return copy.deepcopy(dict(layer.get_config()))
    except (NotImplementedError, TypeError, ValueError, AttributeError, KeyError):
        return {}


def _flattened(layer: Any) -> tuple[int, ...]:
    """The shape that a Flatten before a layer made one axis of; () where there is none."""
    for _ in range(16):
        tensor = read_by(layer)
        history = getattr(tensor, "_keras_history", None)
        if history is None:
            return ()
        layer = history[0]
        name = type(layer).__name__
        if name in ("Flatten", "Reshape"):
            shape = tuple(getattr(read_by(layer), "shape", ()))[1:]
            if len(shape) > 1 and None not in shape:
                return tuple(int(n) for n in shape)
            return ()
        if name not in _THROUGH:
            return ()
    return ()


def _scopes(infos: Iterable[VariableInfo]) -> Iterator[View]:
    """The variables of a graph by their scope."""
    found: dict[str, list[VariableInfo]] = {}
    for info in infos:
        scope, _, leaf = info.name.rpartition("/")
        found.setdefault(scope, []).append(replace(info, owners=(scope,), leaf=leaf))
    yield from (View(scope, variables=tuple(own)) for scope, own in found.items())


def _with_twins(found: Sequence[View]) -> Iterator[View]:
    """Each with the others that have the same variables; the nearest first."""
    by_shape: dict[object, list[View]] = {}
    for view in found:
        if view.variables:
            by_shape.setdefault(_likeness(view), []).append(view)
    for view in found:
        alike = by_shape.get(_likeness(view), []) if _size(view) > 1 else []
        at = next((i for i, other in enumerate(alike) if other is view), 0)
        nearest = sorted(range(len(alike)), key=lambda i: (abs(i - at), -i))[1 : 1 + _NEAREST]
        yield replace(view, twins={alike[i].path: alike[i].variables for i in nearest})


def _likeness(view: View) -> object:
    return view.kinds[:1], tuple((v.leaf, v.shape, v.dtype) for v in view.variables)


def _size(view: View) -> int:
    return sum(math.prod(v.shape) for v in view.variables)
