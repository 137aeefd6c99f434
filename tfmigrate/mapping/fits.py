"""Whether what comes out of a rule's ops fits the variable it is meant for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tfmigrate.errors import shown
from tfmigrate.mapping.candidates import Candidates, described, words
from tfmigrate.mapping.ops import Op, dtypes_after, shapes_after
from tfmigrate.mapping.ops.cast import Cast, told
from tfmigrate.tensors import TensorInfo, VariableInfo

Result = tuple[tuple[int, ...], str]  # shape and dtype


def after(ops: Sequence[Op], given: Sequence[TensorInfo]) -> tuple[Result, ...]:
    """The shape and dtype of everything that comes out of ops.

    Raises:
        OpError: One of them does not fit.
    """
    shapes = [t.shape for t in given]
    dtypes = dtypes_after(ops, shapes, [t.dtype for t in given])
    return tuple(zip(shapes_after(ops, shapes), dtypes, strict=True))


def casts(ops: Sequence[Op], given: Sequence[TensorInfo]) -> list[str]:
    """Each ``cast`` among ops in words: from what to what, and whether values are rounded."""
    said = []
    for i, op in enumerate(ops):
        if isinstance(op, Cast):
            before = dtypes_after(ops[:i], [t.shape for t in given], [t.dtype for t in given])
            said += [f"cast {told(dtype, op.dtype)}" for dtype in dict.fromkeys(before)]
    return said


def misfits(
    variable: VariableInfo,
    result: Result,
    source: str,
    changed: bool,
    free: Callable[[], Sequence[VariableInfo]],
) -> Iterator[dict[str, Any]]:
    """What is wrong with a result as a variable's value: the facts of a problem.

    Args:
        variable: The variable.
        result: The shape and dtype of what it would get.
        source: The tensors that this comes from.
        changed: Ops were applied on the way.
        free: Gives the variables that could have been meant instead.
    """
    shape, dtype = result
    if shape != variable.shape:
        # A stranger of the same size, a bias for a beta, would mislead.
        leaf = words(source.rpartition("/")[2])
        alike = [v for v in free() if v.shape == shape and leaf & words(v.name.rpartition("/")[2])]
        likely = Candidates(alike).nearest(TensorInfo(source, shape, dtype))
        yield {
            "what": f"the shape does not fit {shown(variable.name)}",
            "found": f"{shape}{' after its ops' if changed else ''}",
            "expected": str(variable.shape),
            "nearest": tuple(described(v) for v in likely),
        }
    if dtype != variable.dtype:
        yield {
            "what": f"the dtype does not fit {shown(variable.name)}; no dtype is changed silently",
            "found": dtype,
            "expected": variable.dtype,
            "help": f"an op casts it: {{cast: {variable.dtype}}}",
        }
