"""The inverse cosine transform of JPEG in whole numbers: libjpeg's "islow", after Loeffler et al.

Two passes of a one-dimensional transform with 13 bits behind the point; the first keeps 2 of them.
"""

from __future__ import annotations

import numpy as np

from tfmigrate.processing.step import Array

_BITS, _KEPT = 13, 2


def _fixed(value: float) -> int:
    return int(value * (1 << _BITS) + 0.5)


_C = {
    name: _fixed(float(name))
    for name in (
        "0.298631336", "0.390180644", "0.541196100", "0.765366865", "0.899976223", "1.175875602",
        "1.501321110", "1.847759065", "1.961570560", "2.053119869", "2.562915447", "3.072711026",
    )
}  # fmt: skip


def inverse(blocks: Array) -> Array:
    """Samples from 0 to 255 of blocks of coefficients, [count, 8, 8] each."""
    columns = _pass(blocks.astype(np.int64), 1, _BITS - _KEPT)
    rows = _pass(columns, 2, _BITS + _KEPT + 3)
    return np.asarray(np.clip(rows + 128, 0, 255))


def _pass(values: Array, axis: int, shift: int) -> Array:
    x = np.moveaxis(values, axis, 0)
    even, odd = _even(x), _odd(x)
    ends = [e + o for e, o in zip(even, odd, strict=True)]
    ends += [e - o for e, o in zip(even[::-1], odd[::-1], strict=True)]
    rounded = (np.stack(ends) + (1 << (shift - 1))) >> shift
    return np.moveaxis(rounded, 0, axis)


def _even(x: Array) -> list[Array]:
    shared = (x[2] + x[6]) * _C["0.541196100"]
    low, high = shared - x[6] * _C["1.847759065"], shared + x[2] * _C["0.765366865"]
    plus, minus = (x[0] + x[4]) << _BITS, (x[0] - x[4]) << _BITS
    return [plus + high, minus + low, minus - low, plus - high]


def _odd(x: Array) -> list[Array]:
    outer, inner = -_C["0.899976223"] * (x[7] + x[1]), -_C["2.562915447"] * (x[5] + x[3])
    both = (x[7] + x[3] + x[5] + x[1]) * _C["1.175875602"]
    left = both - _C["1.961570560"] * (x[7] + x[3])
    right = both - _C["0.390180644"] * (x[5] + x[1])
    return [
        x[1] * _C["1.501321110"] + outer + right,
        x[3] * _C["3.072711026"] + inner + left,
        x[5] * _C["2.053119869"] + inner + right,
        x[7] * _C["0.298631336"] + outer + left,
    ]
