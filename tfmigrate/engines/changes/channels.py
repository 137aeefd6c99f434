"""Channels in another order: colours, and what a Flatten made one axis of."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tfmigrate.engines.changes.base import Change, Rule, View, by_rule
from tfmigrate.engines.changes.tensors import read_by
from tfmigrate.tensors import VariableInfo


def propose(view: View) -> Iterator[Change]:
    """Three input channels the other way round; rows for channels that came first, or last."""
    kernels = [info for info in view.variables if _coloured(view, info)]
    if kernels:
        what = "takes its three input channels the other way round (RGB for BGR)"
        rule = Rule(({"reverse": [2]},), lambda a: np.flip(a, 2))
        yield by_rule(view, "channel order", what, kernels, rule)
    if view.a("Flatten"):
        yield from _turned(view)
    for info in view.variables:
        if info.leaf == "kernel" and len(info.shape) == 2 and _flattened(view, info.shape[0]):
            yield from _rows(view, info)


def _turned(view: View) -> Iterator[Change]:
    """A Flatten of what came with its channels first."""
    shape = tuple(getattr(read_by(view.layer), "shape", ()))
    rank = len(shape)
    if rank not in (4, 5) or set(shape[1:-1]) == {1} or shape[-1] == 1:
        return
    dims = [rank - 1, *range(1, rank - 1)]

    def turn(inputs: Any) -> Any:
        import tensorflow as tf

        return tf.transpose(inputs, [0, *dims])

    apply = f"- {{layer: Permute, with: {{dims: {dims}}}}} before {view.line()}"
    what = "flattens with the channels first"
    yield Change("channel order", view.path, what, apply, before=turn)


def _coloured(view: View, info: VariableInfo) -> bool:
    image = len(info.shape) == 4 and info.shape[-2] == 3 and min(info.shape[:2]) > 1
    return image and (not view.kinds or any("Conv" in k for k in view.kinds))


def _flattened(view: View, rows: int) -> bool:
    shape = view.flattened
    return len(shape) > 1 and math.prod(shape) == rows and shape[-1] > 1


def _rows(view: View, info: VariableInfo) -> Iterator[Change]:
    *space, channels = view.flattened
    rank = len(space)
    whole = [info.shape[0], -1]
    last = [*range(1, rank + 1), 0, rank + 1]
    first = [rank, *range(rank), rank + 1]
    shapes = ([channels, *space, -1], last, "first"), ([*space, channels, -1], first, "last")
    for shape, perm, where in shapes:
        what = f"reads its rows as flattened with the channels {where}"
        yield by_rule(view, "channel order", what, [info], _reordered(shape, perm, whole))


def _reordered(shape: Sequence[int], perm: Sequence[int], whole: Sequence[int]) -> Rule:
    ops = ({"reshape": shape}, {"transpose": perm}, {"reshape": whole})
    return Rule(ops, lambda a: a.reshape(shape).transpose(perm).reshape(whole))
