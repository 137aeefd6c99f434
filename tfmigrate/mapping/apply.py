"""A plan, carried out: one assignment at a time, every byte hashed on its way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

from tfmigrate.errors import MappingProblem
from tfmigrate.mapping.ops import Array, OpError, parse_op, run_all
from tfmigrate.results import Assignment, LedgerEntry, Plan


def apply_plan(
    plan: Plan, read: Callable[[str], Array], assign: Callable[[str, Array], None]
) -> tuple[LedgerEntry, ...]:
    """Restore every variable; the entries lack only what the exported files will hold.

    One assignment's arrays are held at a time. Hashes are SHA-256 over the values in C order,
    little-endian.

    Args:
        plan: What goes where.
        read: A source tensor's values by its name.
        assign: Sets a variable, by its name.

    Raises:
        MappingProblem: A tensor's values have no fixed width (text), or an op does not fit
            them (a value that a cast cannot keep).
    """
    restored = [_restore(assignment, read, assign) for assignment in plan.assignments]
    ignored = [
        LedgerEntry("ignored", sources={entry.name: ""}, rule=entry.because)
        for entry in plan.ignored
    ]
    return (*restored, *ignored)


def _restore(
    assignment: Assignment, read: Callable[[str], Array], assign: Callable[[str, Array], None]
) -> LedgerEntry:
    arrays = []
    hashes = {}
    for name in assignment.sources:
        array = _little_endian(read(name))
        hashes[name] = sha256(array, name)
        arrays.append(array)
    results = _after_ops(assignment, arrays)
    expected = {}
    for name, result in zip(assignment.targets, results, strict=True):
        whole = np.ascontiguousarray(result).reshape(result.shape)
        unchanged = [n for n, a in zip(assignment.sources, arrays, strict=True) if a is result]
        expected[name] = hashes[unchanged[0]] if unchanged else sha256(whole, name)
        assign(name, whole)
    return LedgerEntry(
        "restored",
        sources=hashes,
        expected=expected,
        ops=assignment.ops,
        rule=assignment.rule,
    )


def _after_ops(assignment: Assignment, arrays: list[Array]) -> tuple[Array, ...]:
    try:
        return run_all([parse_op(op) for op in assignment.ops], arrays)
    except OpError as error:  # of shapes the plan knew; this is about values
        raise MappingProblem(
            f"{assignment.rule}: {error}", where=", ".join(assignment.sources)
        ) from error


def sha256(array: Array, name: str = "") -> str:
    """The SHA-256 of an array's values in C order, little-endian; not copied where that is so.

    Raises:
        MappingProblem: Its values have no fixed width (text).
    """
    if array.dtype.hasobject or array.dtype.kind in "SU":
        raise MappingProblem("text is no weight: its values have no fixed width", where=name)
    flat = np.ascontiguousarray(_little_endian(array)).reshape(-1)
    return hashlib.sha256(flat.view(np.uint8).data).hexdigest()


def _little_endian(array: Array) -> Array:
    """The same values, little-endian; the array itself where it is that."""
    dtype: np.dtype[Any] = array.dtype
    swap = dtype.kind in "iufc" and dtype.newbyteorder("<") != dtype
    return array.astype(dtype.newbyteorder("<")) if swap else array
