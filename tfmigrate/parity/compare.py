"""The exported model against the reference: one verdict per named output, with no holes.

The rule: ``|got - reference| <= atol + rtol * |reference|`` on every element, in float64.
Integers, booleans and strings must be equal. A missing, renamed or additional output, another
type, another shape, a NaN or infinity that the reference has not, or no element at all: failed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tfmigrate.errors import nearest, shown
from tfmigrate.parity.npz import dtype_name
from tfmigrate.parity.tally import Tally
from tfmigrate.proof import OutputComparison
from tfmigrate.tensors import Tolerance

Array = np.ndarray[Any, Any]
Run = Mapping[str, Array]

_SINGLE, _HALF = Tolerance(1e-5, 1e-6), Tolerance(1e-2, 1e-3)
# float64 has float32's numbers: an output of type float64 is often a cast of float32 layers, and
# the type alone does not tell. Weights are proved bit for bit by the ledger, not by this.
TOLERANCES = {
    "float32": _SINGLE, "float64": _SINGLE, "complex64": _SINGLE, "complex128": _SINGLE,
    "float16": _HALF, "bfloat16": _HALF,
}  # fmt: skip


def default_tolerance(dtype: str) -> Tolerance | None:
    """The tolerance for outputs of a type; None where they must be equal."""
    return TOLERANCES.get(dtype)


def compare(
    reference: Sequence[Run], got: Sequence[Run], tolerances: Mapping[str, Tolerance] | None = None
) -> tuple[OutputComparison, ...]:
    """One verdict per output, over all probes; outputs of the reference first.

    Args:
        reference: The reference's outputs by name, one mapping per probe.
        got: The exported model's, in the same order.
        tolerances: By output name; the default of the output's type where it has none.

    Raises:
        ValueError: There is nothing to compare: no probe, no output, or not one run per probe.
    """
    if not reference or len(reference) != len(got):
        raise ValueError(f"{len(got)} runs cannot be compared with {len(reference)}")
    names = list(dict.fromkeys(n for run in reference for n in run))
    if not names:
        raise ValueError("the reference has no outputs")
    extra = [n for n in dict.fromkeys(n for run in got for n in run) if n not in names]
    wanted = tolerances or {}
    return tuple(
        _named(name, [r.get(name) for r in reference], [g.get(name) for g in got], wanted, extra)
        for name in [*names, *extra]
    )


def _named(
    name: str,
    reference: Sequence[Array | None],
    got: Sequence[Array | None],
    tolerances: Mapping[str, Tolerance],
    extra: Sequence[str],
) -> OutputComparison:
    dtype = next((dtype_name(a) for a in [*reference, *got] if a is not None), "")
    default = default_tolerance(dtype)
    tally = Tally(default and tolerances.get(name, default))
    for number, (expected, found) in enumerate(zip(reference, got, strict=True)):
        if expected is not None and found is not None:
            tally.add(number, expected, found)
        elif found is None:
            tally.fail(_missing(name, extra) if expected is not None else "missing on both sides")
        else:
            tally.fail("the reference has no output of that name")
    return tally.verdict(name)


def _missing(name: str, extra: Sequence[str]) -> str:
    guess = nearest(name, extra) or tuple(extra[:1])
    return "missing" + (f"; {shown(guess[0])} is there instead" if guess else "")
