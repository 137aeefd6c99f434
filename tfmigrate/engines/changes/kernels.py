"""Kernels that are turned around, or whose axes are exchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tfmigrate.engines.changes.base import Change, Rule, View, by_rule
from tfmigrate.tensors import VariableInfo

_NAMES = ("kernel", "recurrent_kernel", "depthwise_kernel", "weights", "depthwise_weights", "w")


def propose(view: View) -> Iterator[Change]:
    """Turned in space (as Theano's convolutions are), and with axes exchanged."""
    for space in (3, 2, 1):
        kernels = [info for info in view.variables if _space(view, info) == space]
        if kernels:
            yield from _turned(view, kernels, space)
            yield from _exchanged(view, kernels, space)
    square = [info for info in view.variables if _square(view, info)]
    for info in square:
        what = f"multiplies with {info.leaf} transposed"
        yield by_rule(view, "kernel transpose", what, [info], _transposed([1, 0]))
    yield from _each_gate(view)


def _space(view: View, info: VariableInfo) -> int:
    """How many axes of a kernel are space; 0 where it is no convolution's."""
    rank = len(info.shape) - 2
    if not info.leaf.lower().endswith(_NAMES) or rank < 1:
        return 0
    convolves = any("Conv" in k for k in view.kinds) or (not view.kinds and rank == 2)
    return rank if convolves else 0


def _turned(view: View, kernels: list[VariableInfo], space: int) -> Iterator[Change]:
    wide = [axis for axis in range(space) if any(k.shape[axis] > 1 for k in kernels)]
    some = [wide] if len(wide) < 2 else [wide, *([axis] for axis in wide)]
    for axes in some if wide else []:
        whole = "in space" if axes == wide else f"along axis {axes[0]} only"
        what = f"convolves with its kernel turned around {whole}"
        yield by_rule(view, "kernel flip", what, kernels, _reversed(axes))


def _exchanged(view: View, kernels: list[VariableInfo], space: int) -> Iterator[Change]:
    if space == 2 and all(k.shape[0] == k.shape[1] > 1 for k in kernels):
        what = "convolves with height and width of its kernel exchanged"
        yield by_rule(view, "kernel transpose", what, kernels, _transposed([1, 0, 2, 3]))
    if all(k.shape[-1] == k.shape[-2] > 1 for k in kernels):
        what = "convolves with the input and output channels of its kernel exchanged"
        perm = [*range(space), space + 1, space]
        yield by_rule(view, "kernel transpose", what, kernels, _transposed(perm))


def _square(view: View, info: VariableInfo) -> bool:
    if len(info.shape) != 2 or info.shape[0] != info.shape[1] or info.shape[0] < 2:
        return False
    return not view.a("Embedding") and "embedding" not in info.name.lower()


def _each_gate(view: View) -> Iterator[Change]:
    """Recurrent kernels whose gates are square, each gate transposed."""
    for info in view.variables:
        if info.leaf != "recurrent_kernel" or len(info.shape) != 2:
            continue
        parts, rest = divmod(info.shape[1], info.shape[0])
        if rest == 0 and parts > 1 and info.shape[0] > 1:
            what = "multiplies with each gate of its recurrent kernel transposed"
            yield by_rule(view, "kernel transpose", what, [info], _by_gate(parts))


def _transposed(perm: Sequence[int]) -> Rule:
    return Rule(({"transpose": list(perm)},), lambda a: a.transpose(perm))


def _reversed(axes: Sequence[int]) -> Rule:
    return Rule(({"reverse": list(axes)},), lambda a: np.flip(a, tuple(axes)))


def _by_gate(parts: int) -> Rule:
    ops = ({"split": {"axis": 1, "parts": parts}}, {"transpose": [1, 0]}, {"concat": 1})
    return Rule(ops, lambda a: np.concatenate([g.T for g in np.split(a, parts, 1)], 1))
