"""``tensorflow`` as it was: the functions of 1.x and their arguments, over today's.

Only workers import this module; it needs TensorFlow.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tfmigrate.trusted import legacy_variables as variables
from tfmigrate.trusted import resizing
from tfmigrate.trusted.era import Era
from tfmigrate.trusted.views import View


def view(era: Era, own: dict[str, Any]) -> View:
    """TensorFlow of an era: its first line's names before today's, or after them.

    Args:
        era: When the code was written.
        own: What neither of today's two interfaces has.
    """
    first, second = tf.compat.v1, tf
    if era.version >= (2, 2) and era.inside:  # 2.2.4-tf: both lines had it, today's names lead
        first, second = tf, tf.compat.v1
    return View(
        "tensorflow", own, (first, second), lambda name, found: resizing.images(name, found, era)
    )


def names(era: Era) -> dict[str, Any]:
    """What neither of today's two interfaces has.

    Args:
        era: When the code was written.
    """
    found: dict[str, Any] = {"__version__": "1.15.5" if era.first_graphs else tf.__version__}
    found |= {"compat": tf.compat}
    if not era.inside:
        found |= _BEFORE_1 | {"Variable": _variable}
    return found


def _concat(values: Any, axis: Any = None, name: str | None = None) -> Any:
    """Before TensorFlow 1.0 the axis came first."""
    if isinstance(values, int):
        values, axis = axis, values
    return tf.concat(values, axis, name)


def _variable(initial_value: Any = None, *_: Any, dtype: Any = None, **given: Any) -> Any:
    value = initial_value() if callable(initial_value) else initial_value
    return variables.variable(value, dtype, given.get("name"))


# Names that TensorFlow 1.0 changed (its release notes).
_BEFORE_1: dict[str, Any] = {
    "mul": tf.multiply,
    "sub": tf.subtract,
    "neg": tf.negative,
    "pack": tf.stack,
    "unpack": tf.unstack,
    "batch_matmul": tf.matmul,
    "select": tf.where,
    "inv": tf.math.reciprocal,
    "concat": _concat,
}
