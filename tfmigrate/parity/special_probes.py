"""The probe that chance would not make: zeros, ones, and the ends of what is legal.

"Zeros" are as near to it as is legal: one step of a sample is always real, a length is 1 or more,
and a value stays within its range.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tfmigrate.parity import encoded
from tfmigrate.parity.probe_values import (
    STEPPED,
    Array,
    Probe,
    Sizes,
    before,
    dtype_of,
    exact,
    is_whole,
    steps,
    whole_range,
)
from tfmigrate.tensors import Hint, TensorSpec

# One sample each.
KINDS = ("zeros", "ones", "extreme")
# Standard deviations from the middle; also where nothing is known of a float.
FAR = 6.0
_ODD = "\u00c4\u00df \U0001f642 \u4f60\u597d \u0645\u0631\u062d\u0628\u0627 e\u0301\t<br/> "
_LONG = (_ODD * 40).encode()


def special(
    specs: Mapping[str, TensorSpec],
    shapes: Mapping[str, Sizes],
    hints: Mapping[str, Hint],
    apart: bool,
) -> Probe:
    """Zeros, ones and an extreme as three samples, or as three bands of what there is.

    Args:
        specs: The inputs by name.
        shapes: The shape of each, of one sample where they are ``apart``.
        hints: What is known of them.
        apart: Whether each is a sample of its own; else the batch is fixed, or a sample is big.
    """
    made = {kind: _all_of(kind, specs, shapes, hints) for kind in KINDS}
    if apart:
        return {n: np.concatenate([made[kind][n] for kind in KINDS]) for n in specs}
    return {n: _in_bands({k: made[k][n] for k in KINDS}, spec, hints) for n, spec in specs.items()}


def _in_bands(made: Mapping[str, Array], spec: TensorSpec, hints: Mapping[str, Hint]) -> Array:
    if hints.get(spec.name, Hint()).kind in STEPPED:  # its ends have to agree with those of others
        return made["extreme"]
    found = made["ones"].copy()
    if found.size < len(KINDS):  # a switch, as is_training is, or a share, as keep_prob is
        return made["zeros"] if spec.dtype.startswith(("bool", "int", "uint")) else found
    band = (np.arange(found.size) * len(KINDS) // found.size).reshape(found.shape)
    for number, kind in enumerate(KINDS):
        found[band == number] = made[kind][band == number]
    return found


def _all_of(
    kind: str,
    specs: Mapping[str, TensorSpec],
    shapes: Mapping[str, Sizes],
    hints: Mapping[str, Hint],
) -> Probe:
    probe = {}
    for name, spec in specs.items():
        hint, real = hints.get(name, Hint()), steps(name, shapes, hints)
        ends = None
        if real is not None:
            end = {"zeros": 1, "ones": real, "extreme": (real + 1) // 2}[kind]
            ends = np.full(shapes[name][:1] or (1,), end)
        probe[name] = _values(kind, spec, shapes[name], hint, ends)
    return probe


def _values(kind: str, spec: TensorSpec, shape: Sizes, hint: Hint, ends: Array | None) -> Array:
    if spec.dtype == "string":
        return _text(kind, shape, hint)
    dtype = dtype_of(spec)
    if ends is not None and hint.kind == "length":
        return np.full(shape, ends[0], dtype)
    if ends is not None and hint.kind == "mask":
        return np.asarray(before(shape, ends, hint.kind), dtype)
    low, high = _ends(dtype, hint)
    odd = (np.arange(math.prod(shape)) % 2).reshape(shape).astype(np.bool_)
    found: Any = {"zeros": 0.0, "ones": 1.0, "extreme": np.where(odd, high, low)}[kind]
    if hint.words and kind != "extreme":
        found = low if kind == "zeros" else high
    made = exact(np.broadcast_to(_within(found, low, high, hint, dtype), shape), dtype)
    if hint.kind == "steps" and kind == "zeros":  # a step of zeros would be masked
        made = np.ones_like(made)
    if ends is None:
        return made
    return np.where(before(shape, ends, hint.kind), made, np.zeros_like(made))


def _within(found: Any, low: Any, high: Any, hint: Hint, dtype: np.dtype[Any]) -> Any:
    free = hint.low is None and hint.high is None and not (hint.centre or hint.words)
    return found if free and not is_whole(dtype, hint) else np.clip(found, low, high)


def _ends(dtype: np.dtype[Any], hint: Hint) -> tuple[Any, Any]:
    """The lowest and the highest value that is legal, for each feature or for all."""
    if dtype == np.bool_:
        return 0.0, 1.0
    if hint.words:
        return float(hint.words[0]), float(hint.words[-1])
    if hint.centre:
        centre, scale = np.asarray(hint.centre), np.asarray(hint.scale)
        return centre - FAR * scale, centre + FAR * scale
    if is_whole(dtype, hint):
        low, high = whole_range(hint)
        return low, high - 1
    if hint.low is None and hint.high is None:
        return -FAR, FAR
    least = 0.0 if hint.low is None else hint.low
    most = least + 1.0 if hint.high is None else hint.high
    single = np.float32 if dtype == np.float32 else np.float64
    return least, float(np.nextafter(single(most), single(least)))


def _text(kind: str, shape: Sizes, hint: Hint) -> Array:
    if hint.kind in encoded.KINDS:
        return encoded.values(shape, hint, None, kind)
    known = [word.encode() for word in hint.words]
    if hint.kind == "text":  # none of it empty: every step would be masked
        known = [known[0], known[-1], _LONG]
    elif not known or b"" in known:
        known = [b"", known[0] if known else b"1", _LONG]
    made = np.empty(shape, dtype=object)
    made.fill(known[KINDS.index(kind) * (len(known) - 1) // 2])
    return made
