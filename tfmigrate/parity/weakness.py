"""Reference outputs that prove little: they hardly change, whatever goes in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

# As near to the ends of a sigmoid, tanh or softmax as float32 gets in practice.
_SATURATED = 1e-6


@dataclass
class Weakness:
    """What the outputs of one name have in common over all samples of all probes."""

    elements: int = 0
    samples: int = 0
    nans: int = 0
    saturated: bool = True
    same_sample: bool = True
    same_value: bool = True
    first: Array | None = None

    def add(self, output: Array) -> None:
        """Look at one probe's output; its first dimension counts the samples."""
        self.elements += output.size
        if output.size == 0:
            return
        rows = output if output.ndim else output.reshape(1)
        self.samples += rows.shape[0]
        self.saturated &= _is_saturated(rows)
        self.nans += int(np.count_nonzero(rows != rows))
        first = rows[:1] if self.first is None else self.first
        self.first = np.array(first)  # a copy: a view would keep the whole output
        comparable = first.shape[1:] == rows.shape[1:]
        self.same_sample &= comparable and bool(np.all(rows == first))
        self.same_value &= bool(np.all(rows == first.reshape(-1)[0]))

    def said(self) -> str:
        """Why the outputs prove little, "" where they do not."""
        if self.elements == 0:
            return "empty"
        if self.nans == self.elements:
            return "NaN everywhere"
        if self.same_value and self.elements > 1:
            return "constant"
        if self.same_sample and self.samples > 1:
            return "the same for every sample"
        return "saturated" if self.saturated else ""


def _is_saturated(rows: Array) -> bool:
    """Every value of a float output sits at -1, 0 or 1."""
    if rows.dtype.kind not in "fV" or rows.dtype.fields is not None:
        return False
    return saturated(rows) == rows.size


def saturated(values: Array) -> int:
    """How many elements of a float array sit at -1, 0 or 1."""
    flat, found = values.reshape(-1), 0
    for at in range(0, flat.size, 1 << 20):
        part = np.abs(flat[at : at + (1 << 20)].astype(np.float64))
        ends = (part <= _SATURATED) | (np.abs(part - 1) <= _SATURATED)
        found += int(np.count_nonzero(ends))
    return found
