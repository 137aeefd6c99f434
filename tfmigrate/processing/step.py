"""What a step of processing is, and what steps ask of the tensors that they are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tfmigrate.tensors import Shape, TensorSpec

Array = np.ndarray[Any, Any]
Args = Mapping[str, Any]

FLOATS = ("float16", "float32", "float64")
WHOLES = ("uint8", "int8", "uint16", "int16", "int32", "uint32", "int64")


class Misfit(ValueError):
    """A step that cannot take what it is given; the facts for the message."""

    def __init__(self, what: str, *, found: str = "", expected: str = "", help: str = "") -> None:
        super().__init__(what)
        self.found, self.expected, self.help = found, expected, help


@dataclass(frozen=True)
class Step:
    """What a step does, as three verbs over a batch.

    Attributes:
        spec: From the type that comes in to the one that goes out; raises :class:`Misfit`.
        graph: The same for a tensor, by ops of TensorFlow: tensor, arguments, what is held.
        plain: The same for an array, without TensorFlow.
        varies: Whether samples may differ in size from here on, so that they go one by one.
        hold: Makes the table that ``graph`` is handed, where it needs one.
    """

    spec: Callable[[TensorSpec, Args], TensorSpec]
    graph: Callable[[Any, Args, Any], Any]
    plain: Callable[[Array, Args], Array]
    varies: bool = False
    hold: Callable[[Args], Any] | None = None


def typed(spec: TensorSpec, dtypes: tuple[str, ...], expected: str) -> None:
    """Refuse other dtypes.

    Raises:
        Misfit: The dtype is none of them.
    """
    if spec.dtype not in dtypes:
        help = "" if spec.dtype == "string" else "put a cast before it, such as {cast: float32}"
        raise Misfit("cannot take this dtype", found=spec.dtype, expected=expected, help=help)


def numbers(spec: TensorSpec) -> None:
    """Refuse what is no number that NumPy and TensorFlow both compute with.

    Raises:
        Misfit: It is none.
    """
    typed(spec, FLOATS + WHOLES, "numbers")


def floats(spec: TensorSpec) -> None:
    """Refuse what is no float.

    Raises:
        Misfit: It is none.
    """
    typed(spec, FLOATS, "floats")


def images(spec: TensorSpec) -> None:
    """Refuse what is no batch of images.

    Raises:
        Misfit: It is none.
    """
    numbers(spec)
    if len(spec.shape) != 4:
        raise Misfit(
            "takes images",
            found=f"the shape {said(spec.shape)}",
            expected="[batch, height, width, channels]",
        )


def axis_of(spec: TensorSpec, axis: int) -> int:
    """An axis counted from the front; never the batch.

    Raises:
        Misfit: There is no such axis, or it is the batch.
    """
    rank = len(spec.shape)
    found = axis + rank if axis < 0 else axis
    if not 0 < found < rank:
        raise Misfit(
            f"axis {axis} is none of a sample's", found=f"the shape {said(spec.shape)}",
            expected=f"1 to {rank - 1}, or negative from the end",
        )  # fmt: skip
    return found


def sized(spec: TensorSpec, *dims: int | None, dtype: str = "") -> TensorSpec:
    """The same batch with other dimensions behind it, and perhaps another dtype."""
    return replace(spec, shape=(spec.shape[0], *dims), dtype=dtype or spec.dtype)


def floating(dtype: str) -> str:
    """The dtype that arithmetic gives: floats stay, whole numbers become float32."""
    return dtype if dtype in FLOATS else "float32"


def said(shape: Shape) -> str:
    """A shape as recipes write it."""
    return "[" + ", ".join("null" if d is None else str(d) for d in shape) + "]"


def as_bytes(values: Array) -> Array:
    """Strings of any form as an object array of bytes, TensorFlow's."""
    found = np.empty(values.size, object)
    found[:] = [v.encode() if isinstance(v, str) else bytes(v) for v in values.reshape(-1).tolist()]
    return found.reshape(values.shape)
