"""Give a variable its value without holding the value twice."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np

_PRIVATE = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
# Below this a copy costs nothing.
SMALL = 1 << 20


def fill(variable: Any, array: Any) -> None:
    """Assign an array to a variable; of a big one there is one copy, the variable's own buffer.

    A plain ``assign`` copies into an eager tensor and from there into the variable, which for
    gigabytes is most of the time and half of the memory of a migration.

    Args:
        variable: A ``tf.Variable``, which may be uninitialised.
        array: The value, of the variable's shape and type; may be mapped from a file.
    """
    import tensorflow as tf

    if not variable.shape.is_compatible_with(array.shape):
        raise ValueError(f"{array.shape} does not fit the variable's {variable.shape}")
    if array.nbytes < SMALL or array.dtype.kind not in "biuf":
        variable.assign(array)
        return
    value = tf.experimental.dlpack.from_dlpack(_own(array).__dlpack__())
    tf.raw_ops.AssignVariableOp(resource=variable.handle, value=value)


def _own(array: Any) -> Any:
    """The array in a buffer of its own that TensorFlow takes over without copying it."""
    buffer = mmap.mmap(-1, array.nbytes, **_PRIVATE)  # page-aligned, given back when it is dropped
    copy = np.frombuffer(buffer, array.dtype).reshape(array.shape)
    copy[...] = array
    _release(array)
    return copy


def _release(array: Any) -> None:
    """Let go of the pages of a mapped file; they stay in the page cache."""
    owner = array
    while owner is not None and not isinstance(owner, mmap.mmap):
        owner = getattr(owner, "_mmap", None) or getattr(owner, "base", None)
    if owner is not None and hasattr(mmap, "MADV_DONTNEED"):
        owner.madvise(mmap.MADV_DONTNEED)
