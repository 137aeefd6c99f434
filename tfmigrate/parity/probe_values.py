"""The values of random probes, from what is known of each input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tfmigrate.errors import NotSupported, shown
from tfmigrate.parity import encoded, npz
from tfmigrate.tensors import Hint, TensorSpec

Array = np.ndarray[Any, Any]
Probe = dict[str, Array]
Sizes = tuple[int, ...]

_WORDS = (b"alpha", b"beta", b"gamma", b"delta", b"the", b"a", b"", b"Stra\xc3\x9fe", b"42")
# Kinds of inputs that agree, within a probe, on how many steps of each sample are real.
STEPPED = frozenset({"mask", "length", "padded", "steps"})


def drawn(
    specs: Mapping[str, TensorSpec],
    shapes: Mapping[str, Sizes],
    hints: Mapping[str, Hint],
    random: np.random.Generator,
) -> Probe:
    """One random probe.

    Args:
        specs: The inputs by name.
        shapes: The shape of each in this probe.
        hints: What is known of them.
        random: Where chance comes from.
    """
    shares = None
    if any(hint.kind in STEPPED for hint in hints.values()):
        # Half of the samples are whole, the others end somewhere.
        shares = 2 * random.random(max((s[0] for s in shapes.values() if s), default=1))
    probe = {}
    for name, spec in specs.items():
        hint = hints.get(name, Hint())
        real = None if shares is None else steps(name, shapes, hints)
        ends = None if real is None or shares is None else np.clip(np.ceil(shares * real), 1, real)
        probe[name] = _values(spec, shapes[name], hint, random, ends)
    return probe


def steps(name: str, shapes: Mapping[str, Sizes], hints: Mapping[str, Hint]) -> int | None:
    """How many steps a sample of an input can have; None where it has no steps.

    A length's are those of the shortest other input.
    """
    kind, shape = hints.get(name, Hint()).kind, shapes[name]
    if kind in STEPPED - {"length"}:
        return shape[_step_axis(shape, kind)] if len(shape) > 1 else 1
    if kind != "length":
        return None
    others = (s for n, s in shapes.items() if hints.get(n, Hint()).kind != "length")
    found = min((s[1] for s in others if len(s) > 1), default=1)
    high = hints[name].high
    return max(1, found if high is None else min(found, int(np.ceil(high)) - 1))


def _step_axis(shape: Sizes, kind: str) -> int:
    """The axis that a mask runs along: the last that has more than one element."""
    long = [axis for axis, size in enumerate(shape) if axis and size > 1]
    return 1 if kind == "steps" else max(long, default=1)


def before(shape: Sizes, ends: Array, kind: str) -> Array:
    """Whether each element stands before its sample's end.

    Args:
        shape: Batch first.
        ends: How many steps are real, one for each sample.
        kind: What the input is.
    """
    if len(shape) < 2:
        return np.ones(shape, np.bool_)
    axis = _step_axis(shape, kind)
    at = np.arange(shape[axis]).reshape([-1 if i == axis else 1 for i in range(len(shape))])
    last = ends[: shape[0]].reshape([-1] + [1] * (len(shape) - 1))
    return np.broadcast_to(at < last, shape)


def dtype_of(spec: TensorSpec) -> np.dtype[Any]:
    """NumPy's type of an input.

    Raises:
        NotSupported: No value of it can be made up.
    """
    if spec.dtype == "bfloat16":
        return npz.numpy_type(spec.dtype)
    try:
        dtype: np.dtype[Any] = np.dtype(spec.dtype)
    except TypeError:
        dtype = np.dtype(object)
    if dtype.kind not in "biuf":
        raise NotSupported(
            f"no probe can be made up for an input of type {shown(spec.dtype)}",
            where=shown(spec.name),
            help="give inputs with --inputs FILE.npz, or inputs and outputs with --golden",
        )
    return dtype


def whole_range(hint: Hint) -> tuple[int, int]:
    """The whole numbers that an input takes; the second is one above the last."""
    low = 0 if hint.low is None else int(np.ceil(hint.low))
    high = low + 2 if hint.high is None else int(np.ceil(hint.high))
    return (max(low, 1), high) if hint.kind == "padded" and high > 1 else (low, high)


def is_whole(dtype: np.dtype[Any], hint: Hint) -> bool:
    """Whether an input takes whole numbers from a range; old Kerases feed ids as floats."""
    return (dtype.kind in "iu" and not hint.centre) or hint.kind in ("ids", "padded")


def exact(values: Array, dtype: np.dtype[Any]) -> Array:
    """Real numbers in an input's type; whole numbers are rounded, and kept within it."""
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        values = np.clip(np.rint(values), limits.min, limits.max)
    return np.asarray(values, dtype)


def _values(
    spec: TensorSpec, shape: Sizes, hint: Hint, random: np.random.Generator, ends: Array | None
) -> Array:
    if spec.dtype == "string":
        return _text(shape, hint, random)
    dtype = dtype_of(spec)
    if ends is not None and hint.kind in ("mask", "length"):
        found = before(shape, ends, "mask") if hint.kind == "mask" else _by_sample(ends, shape)
        return np.asarray(found, dtype)
    if dtype == np.bool_:
        return np.asarray(random.integers(0, 2, shape), dtype)
    if hint.words:
        known = np.array([int(word) for word in hint.words])
        return np.asarray(known[random.integers(0, len(known), shape)], dtype)
    if is_whole(dtype, hint):
        made = np.asarray(random.integers(*whole_range(hint), shape, np.int64), dtype)
    else:
        made = exact(_reals(shape, hint, dtype == np.float32, random), dtype)
    if ends is None:
        return made
    return np.where(before(shape, ends, hint.kind), made, np.zeros_like(made))


def _by_sample(ends: Array, shape: Sizes) -> Array:
    return np.broadcast_to(ends[: shape[0]].reshape([-1] + [1] * (len(shape) - 1)), shape)


def _text(shape: Sizes, hint: Hint, random: np.random.Generator) -> Array:
    if hint.kind in encoded.KINDS:
        return encoded.values(shape, hint, random)
    known = [word.encode() for word in hint.words] or list(_WORDS)
    words = np.empty(len(known), dtype=object)
    words[:] = known
    if hint.kind != "text":
        return np.asarray(words[random.integers(0, len(known), shape)], dtype=object)
    made = np.empty(shape, dtype=object)
    for at in np.ndindex(*shape):
        count = int(random.integers(1, 12))
        made[at] = b" ".join(words[random.integers(0, len(known), count)])
    return made


def _reals(shape: Sizes, hint: Hint, single: bool, random: np.random.Generator) -> Array:
    """Reals as float32 where ``single``, which takes a third of the memory; else as float64."""
    kind = np.float32 if single else np.float64
    if hint.centre:
        around: Array = np.asarray(random.standard_normal(shape, kind))
        around *= np.asarray(hint.scale, kind)
        around += np.asarray(hint.centre, kind)
        return around
    if hint.low is None and hint.high is None:
        return np.asarray(random.standard_normal(shape, kind))
    low = kind(0.0 if hint.low is None else hint.low)
    high = kind(low + 1.0 if hint.high is None else hint.high)
    made: Array = np.asarray(random.random(shape, kind))
    made *= high - low
    made += low
    # Rounding may reach the upper bound, which is exclusive.
    return np.asarray(np.minimum(made, np.nextafter(high, low)))
