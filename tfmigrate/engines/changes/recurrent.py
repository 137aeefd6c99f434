"""What recurrent layers changed their minds about over the years."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tfmigrate.engines.changes.activations import other
from tfmigrate.engines.changes.base import Array, Change, View, setting
from tfmigrate.engines.changes.functions import table

_GATES = ("sigmoid", "hard_sigmoid", "relu6(x + 3) / 6", "tanh")


def propose(view: View) -> Iterator[Change]:
    """Another activation of the gates, and where the reset gate of a GRU comes in."""
    if view.setting("recurrent_activation") is not None:
        yield from other(view, "recurrent_activation", {n: table()[n] for n in _GATES})
    own = view.setting("reset_after")
    if isinstance(own, bool):
        when = "before" if own else "after"
        what = f"applies the reset gate {when} the matrix product"
        change: dict[str, Any] = {"reset_after": not own}
        yield Change(
            "reset after", view.path, what, view.line(**change), config=setting(**change), fit=_bias
        )


def _bias(value: Array, shape: tuple[int, ...]) -> Array:
    """Two biases as one, or one as two."""
    if value.ndim > len(shape):
        return np.asarray(value.sum(axis=0))
    return np.stack([value, np.zeros_like(value)])
