"""What can be done to tensors on their way: small, and checked on shapes and dtypes first."""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from typing import Any

from tfmigrate.mapping.ops.base import Array, Op, OpError, Shape, Shapes
from tfmigrate.mapping.ops.cast import Cast
from tfmigrate.mapping.ops.gates import AddConstant, ReorderGates
from tfmigrate.mapping.ops.joining import Add, AddProduct, Concat, Split, Stack, Unstack
from tfmigrate.mapping.ops.layout import ExpandDims, Reshape, Reverse, Squeeze, Transpose
from tfmigrate.mapping.ops.ranges import Pad, Slice
from tfmigrate.mapping.ops.statistics import Root, Variance
from tfmigrate.recipe.weight_ops import op_arguments

__all__ = [
    "COUNTERPARTS", "OPS", "Array", "Op", "OpError", "Shapes", "dtypes_after", "parse_op",
    "run_all", "shapes_after",
]  # fmt: skip

OPS: dict[str, Any] = {
    "transpose": Transpose,
    "reshape": Reshape,
    "squeeze": Squeeze,
    "expand_dims": ExpandDims,
    "reverse": Reverse,
    "split": Split,
    "concat": Concat,
    "stack": Stack,
    "unstack": Unstack,
    "pad": Pad,
    "slice": Slice,
    "reorder_gates": ReorderGates,
    "add_constant": AddConstant,
    "cast": Cast,
    "add": Add,
    "root": Root,
    "variance": Variance,
    "add_product": AddProduct,
}

# Which op leads back. `add`, `root`, `variance` and `add_product` restate old files; none does.
COUNTERPARTS = {
    "transpose": "transpose",
    "reshape": "reshape",
    "squeeze": "expand_dims",
    "expand_dims": "squeeze",
    "reverse": "reverse",
    "split": "concat",
    "concat": "split",
    "stack": "unstack",
    "unstack": "stack",
    "pad": "slice",
    "slice": "pad",
    "reorder_gates": "reorder_gates",
    "add_constant": "add_constant",
    "cast": "cast",
}


def parse_op(data: Any) -> Op:
    """An op from its short or long form, ``{transpose: [1, 0]}``.

    Raises:
        RuleMistake: There is no such op, or its arguments are wrong.
    """
    name, given = op_arguments(data)
    op: Op = OPS[name](**{f"{k}_" if keyword.iskeyword(k) else k: v for k, v in given.items()})
    return op


def shapes_after(ops: Sequence[Op], given: Shapes) -> tuple[Shape, ...]:
    """The shapes after all ops, applied in order.

    Raises:
        OpError: One of them does not fit.
    """
    shapes = tuple(tuple(s) for s in given)
    for op in ops:
        shapes = op.shapes(shapes)
    return shapes


def dtypes_after(ops: Sequence[Op], shapes: Shapes, given: Sequence[str]) -> tuple[str, ...]:
    """The dtypes after all ops, applied in order to tensors of these shapes.

    Raises:
        OpError: One of them does not fit.
    """
    dtypes = tuple(given)
    for op in ops:
        shapes = op.shapes(shapes)
        dtypes = op.dtypes(dtypes, len(shapes))
    return dtypes


def run_all(ops: Sequence[Op], arrays: Sequence[Array]) -> tuple[Array, ...]:
    """The arrays after all ops, applied in order; each op checks its shapes first.

    Raises:
        OpError: One of them does not fit, or a value does not.
    """
    found = tuple(arrays)
    for op in ops:
        op.shapes([a.shape for a in found])
        found = op.run(found)
    return found
