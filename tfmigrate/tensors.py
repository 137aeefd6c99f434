"""The small frozen values that travel between stages and processes, and their JSON form."""

from __future__ import annotations

import dataclasses
import functools
import math
import types
import typing
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

Shape = tuple[int | None, ...]

# Bytes per element; strings have no fixed width.
WIDTHS = {
    "bool": 1, "int8": 1, "uint8": 1, "float8_e4m3fn": 1, "float8_e5m2": 1, "int4": 1, "uint4": 1,
    "qint8": 1, "quint8": 1, "int16": 2, "uint16": 2, "float16": 2, "bfloat16": 2, "qint16": 2,
    "quint16": 2, "int32": 4, "uint32": 4, "float32": 4, "qint32": 4, "int64": 8, "uint64": 8,
    "float64": 8, "complex64": 8, "complex128": 16,
}  # fmt: skip


@dataclass(frozen=True)
class TensorInfo:
    """A tensor of a source file, without its values.

    Attributes:
        name: Its name in the file; unique there.
        shape: Its full shape.
        dtype: NumPy's name of its type (``float32``, ``bfloat16``, ``string``).
        group: The layer that the format files it under, "" where it has none.
        training: Why it is no weight of the model ("optimizer slot"), "" for a weight.
        key: Its name inside its group, where that differs from ``name``; for a checkpoint, its
            key on disk.
        aliases: Further names that lead to it: other paths of an object graph.
        average_of: The name of the tensor whose moving average it is, "" where it is none.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    group: str = ""
    training: str = ""
    key: str = ""
    aliases: tuple[str, ...] = ()
    average_of: str = ""

    @property
    def nbytes(self) -> int:
        """Its size in bytes; 0 for strings."""
        return math.prod(self.shape) * WIDTHS.get(self.dtype, 0)


@dataclass(frozen=True)
class VariableInfo:
    """A variable of the rebuilt model, without its values.

    Attributes:
        name: Its key in the SavedModel, ``<layer path>/kernel``.
        shape: Its full shape; -1 where only the file tells the size.
        dtype: NumPy's name of its type.
        owners: The layers it belongs to, from the outermost to the one that made it.
        leaf: Its own name (``kernel``).
        keys: Further names that a format defines for it (``layers/dense/vars/0``).
        position: Where the library's own H5 reader would look for it inside its layer's group.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    owners: tuple[str, ...] = ()
    leaf: str = ""
    keys: tuple[str, ...] = ()
    position: int = -1


@dataclass(frozen=True)
class TensorSpec:
    """A named input or output of a signature; ``None`` where a dimension is free."""

    name: str
    shape: Shape
    dtype: str


@dataclass(frozen=True)
class Signature:
    """A serving signature: the names, shapes and types that its callers rely on.

    ``method`` is ``predict``, ``classify`` or ``regress``, else the name that a file gives it.
    """

    key: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    method: str = "predict"


# Three distinct lengths, all of them above the usual convolution and pooling windows.
LENGTHS = (8, 13, 21)


@dataclass(frozen=True)
class Feature:
    """A feature of a serialized tf.Example: its sizes, None where it may have any number."""

    name: str
    dtype: str
    shape: tuple[int, ...] | None
    words: tuple[str, ...] = ()
    high: int = 0


@dataclass(frozen=True)
class Hint:
    """What an input of a model may hold.

    Attributes:
        low: The smallest value.
        high: One above the largest integer, or the upper bound of floats; exclusive.
        lengths: Legal sizes of its free dimensions other than the batch.
        rows: How many rows the embedding has that looks it up, 0 where none does.
        centre: The mean of its values, one for each feature (the last dimension) or one for all.
        scale: Their standard deviation, as many as ``centre``.
        words: What text, or whole numbers that are looked up, is drawn from; where "" is among
            them, any text will do.
        kind: ``mask`` (ones, then zeros), ``length`` (of the other inputs), ``ids`` (whole, also
            as floats), ``padded`` (ids that end in zeros), ``steps`` (vectors that end in zeros,
            along the second dimension), ``text`` (words in one value), ``example`` (serialized
            tf.Examples), ``image`` (encoded ones), ``bytes`` (numbers as they lie in memory), each
            of these with ``64`` behind it (in base64), or "".
        features: What an Example holds; of bytes, a single one.
    """

    low: float | None = None
    high: float | None = None
    lengths: tuple[int, ...] = LENGTHS
    rows: int = 0
    centre: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    words: tuple[str, ...] = ()
    kind: str = ""
    features: tuple[Feature, ...] = ()


@dataclass(frozen=True)
class Tolerance:
    """``|got - reference| <= atol + rtol * |reference|`` on every element."""

    rtol: float
    atol: float


def as_json(value: Any) -> Any:
    """A value of frozen dataclasses, tuples and plain types as plain JSON types."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {k: as_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(v) for v in value]
    return value


def from_json(kind: type[T], data: Any) -> T:
    """The dataclass ``kind`` whose :func:`as_json` form is ``data``.

    Raises:
        KeyError: A field without a default is missing.
        TypeError: A field is unknown.
    """
    return typing.cast(T, _build(kind, data))


_hints = functools.cache(typing.get_type_hints)


def _build(kind: Any, data: Any) -> Any:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{k: _build(hints[k], v) for k, v in data.items()})
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        chosen = [a for a in args if a is not types.NoneType]
        return None if data is None else _build(chosen[0], data)
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return tuple(_build(args[0], v) for v in data)
    if origin is tuple:
        return tuple(_build(a, v) for a, v in zip(args, data, strict=True))
    if origin is dict:
        return {k: _build(args[1], v) for k, v in data.items()}
    return data
