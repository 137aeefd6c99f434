"""Variables whose size only the data told that a layer was adapted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tfmigrate.tensors import Shape, TensorInfo, VariableInfo


def sized(
    variables: Sequence[VariableInfo], tensors: Sequence[TensorInfo]
) -> tuple[VariableInfo, ...]:
    """The variables, their open dimensions (-1) as large as in the file.

    Source: Discretization of tf.keras 2.6 to 2.15 makes its ``summary`` as ``(2, None)``. Where the
    file leaves several sizes possible, the dimension stays open, and the variable fits no tensor.
    """
    return tuple(_sized(v, tensors) if -1 in v.shape else v for v in variables)


def _sized(variable: VariableInfo, tensors: Sequence[TensorInfo]) -> VariableInfo:
    fits = [t for t in tensors if t.dtype == variable.dtype and _covers(variable.shape, t.shape)]
    named = [t for t in fits if t.name in variable.keys] or [
        t for t in fits if t.key.removesuffix(":0").endswith(variable.leaf)
    ]
    shapes = {t.shape for t in named}
    return replace(variable, shape=shapes.pop()) if len(shapes) == 1 else variable


def _covers(open_: Shape, shape: Shape) -> bool:
    return len(open_) == len(shape) and all(a in (-1, b) for a, b in zip(open_, shape, strict=True))
