"""How much of a model its probes made speak, and where that is little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tfmigrate.parity import coverage_warnings
from tfmigrate.parity.probes import Array, Probe
from tfmigrate.parity.weakness import saturated
from tfmigrate.proof import Coverage, InputCoverage, OutputCoverage
from tfmigrate.tensors import Hint, Signature, TensorSpec


def coverage(
    signature: Signature,
    probes: Sequence[Probe],
    answers: Sequence[Probe],
    hints: Mapping[str, Hint],
) -> Coverage:
    """What the probes tried and what the answers showed, with a warning where it proves little.

    Args:
        signature: The inputs and outputs.
        probes: The inputs by name, batch first where their first dimension is free.
        answers: The reference's outputs, one mapping per probe.
        hints: What is known of the inputs: the rows of embeddings.
    """
    inputs = tuple(
        _input(spec, [p[spec.name] for p in probes], hints.get(spec.name, Hint()))
        for spec in signature.inputs
        if all(spec.name in p for p in probes)
    )
    seen = [
        _Seen(spec, [a[spec.name] for a in answers])
        for spec in signature.outputs
        if answers and all(spec.name in a for a in answers)
    ]
    outputs = tuple(s.said() for s in seen if s.is_float)
    odd = {s.spec.name: s.odd for s in seen if s.is_float}
    warnings = coverage_warnings.warnings(inputs, outputs, _all_equal(signature, probes), odd)
    return Coverage(inputs, outputs, warnings)


def _input(spec: TensorSpec, arrays: Sequence[Array], hint: Hint) -> InputCoverage:
    free = [i for i, size in enumerate(spec.shape) if size is None and i]
    lengths = {a.shape[i] for a in arrays for i in free if i < a.ndim}
    ends = [e for a in arrays if (e := _ends(a)) is not None]
    return InputCoverage(
        spec.name,
        sum(_samples(a) for a in arrays),
        tuple(sorted(lengths)),
        min((e[0] for e in ends), default=None),
        max((e[1] for e in ends), default=None),
        hint.rows,
        _touched(arrays, hint.rows) if hint.rows else 0,
    )


def _samples(array: Array) -> int:
    return array.shape[0] if array.ndim else 1


def _ends(array: Array) -> tuple[float, float] | None:
    """The smallest and the largest finite value; None for text, or where there is none."""
    if array.dtype.kind not in "biufV" or not array.size:
        return None
    values = array.astype(np.float64)
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else None


def _touched(arrays: Sequence[Array], rows: int) -> int:
    """How many rows of a table some ids look up; floats are cut as the lookup does."""
    found = [np.unique(a.astype(np.int64)) for a in arrays if a.dtype.kind in "iuf"]
    ids = np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)
    return int(np.count_nonzero((ids >= 0) & (ids < rows)))


def _all_equal(signature: Signature, probes: Sequence[Probe]) -> bool:
    """Whether every sample of every input is the same."""
    return bool(probes) and all(
        _equal([p[spec.name] for p in probes if spec.name in p]) for spec in signature.inputs
    )


def _equal(arrays: Sequence[Array]) -> bool:
    rows = [a if a.ndim else a.reshape(1) for a in arrays]
    first = next((r[:1] for r in rows if len(r)), None)
    if first is None:
        return False
    return all(r.shape[1:] == first.shape[1:] and bool(np.all(r == first)) for r in rows)


class _Seen:
    """What one output had at each position, over all samples.

    A position is an element of its fixed dimensions; free ones count as samples.
    """

    def __init__(self, spec: TensorSpec, arrays: Sequence[Array]) -> None:
        self.spec = spec
        self.is_float = all(a.dtype.kind in "fV" and a.dtype.fields is None for a in arrays)
        self.low: Any = None
        self.high: Any = None
        self.elements = self.ends = self.odd = 0
        self.squashed = True
        for array in arrays if self.is_float else ():
            self._add(self._by_position(array))

    def _by_position(self, array: Array) -> Array:
        sizes = self.spec.shape
        fits = len(sizes) == array.ndim and all(
            s is None or s == d for s, d in zip(sizes, array.shape, strict=True)
        )
        fixed = [i for i, s in enumerate(sizes) if s is not None] if fits else []
        free = [i for i in range(array.ndim) if i not in fixed]
        moved = np.transpose(array, [*free, *fixed])
        return moved.reshape(-1, int(np.prod([array.shape[i] for i in fixed], dtype=np.int64)))

    def _add(self, rows: Array) -> None:
        if not rows.size:
            return
        values = rows.astype(np.float32) if rows.dtype.kind == "V" else rows
        low, high = np.fmin.reduce(values), np.fmax.reduce(values)
        self.low = low if self.low is None else np.fmin(self.low, low)
        self.high = high if self.high is None else np.fmax(self.high, high)
        self.elements += values.size
        self.odd += int(np.count_nonzero(~np.isfinite(values)))
        self.ends += saturated(values)
        self.squashed &= bool(np.fmax.reduce(np.abs(values), axis=None) <= 1 + 1e-6)

    def said(self) -> OutputCoverage:
        if self.low is None:
            return OutputCoverage(self.spec.name, 0)
        dead = np.count_nonzero((self.low == self.high) | np.isnan(self.low))
        share = self.ends / self.elements if self.squashed else 0.0
        return OutputCoverage(self.spec.name, int(self.low.size), int(dead), share)
