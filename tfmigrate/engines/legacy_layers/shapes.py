"""Shapes of tensors, and layers whose base class asks itself for the shapes of other ones."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import tensorflow as tf


def extent(tensor: Any, axis: int) -> Any:
    """A dimension: a number where it is fixed, else a scalar tensor."""
    fixed = tensor.shape[axis]
    return int(fixed) if fixed is not None else tf.shape(tensor)[axis]


@contextlib.contextmanager
def inside(layer: Any) -> Iterator[None]:
    """While the base class builds or computes, which asks for shapes of the tensors it sees."""
    before = is_inside(layer)
    layer._tfmigrate_inside = True
    try:
        yield
    finally:
        layer._tfmigrate_inside = before


def is_inside(layer: Any) -> bool:
    """Whether the base class is asking."""
    return getattr(layer, "_tfmigrate_inside", False)
