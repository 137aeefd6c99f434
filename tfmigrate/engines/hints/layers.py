"""What one layer says about the values that it reads."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tfmigrate.engines.hints import lookups
from tfmigrate.engines.hints.readers import Reader
from tfmigrate.tensors import Hint, TensorSpec

# Statistics of more features than these are told as one mean and one deviation.
_FEATURES = 512


def hint(reader: Reader, spec: TensorSpec) -> Hint | None:
    """What a layer says about an input that it reads; None where it says nothing.

    Args:
        reader: The layer, with its weights.
        spec: The input.
    """
    layer, ranges = reader.layer, getattr(reader.layer, "input_ranges", None) or {}
    if reader.position in ranges:  # an expression that looks up
        low, high = ranges[reader.position]
        return Hint(low, high)
    if hasattr(layer, "input_dim") and hasattr(layer, "embeddings"):
        return _embedding(layer)
    says = _SAYING.get(type(layer).__name__)
    return says(layer, spec) if says is not None else None


def declared(reader: Reader, spec: TensorSpec) -> Hint | None:
    """The range that a layer says images have; weaker than what a layer does with them.

    Layers that only train (RandomBrightness, RandomContrast) declare one, often by default.
    """
    layer = reader.layer
    found = getattr(layer, "value_range", getattr(layer, "_value_range", None))  # tf_keras: hidden
    if not isinstance(found, list | tuple) or len(found) != 2 or not found[0] < found[1]:
        return None
    return _ranged(float(found[0]), float(found[1]), spec)


def both(one: Hint, other: Hint) -> Hint:
    """What holds where two layers read the same input; the first where they contradict."""
    lows = [h.low for h in (one, other) if h.low is not None]
    highs = [h.high for h in (one, other) if h.high is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    if low is not None and high is not None and low >= high:
        return one
    kinds = {one.kind, other.kind}
    rows = min((h.rows for h in (one, other) if h.rows), default=0)
    ended = [kind for kind in ("padded", "steps") if kind in kinds]
    kind = ended[0] if ended else one.kind or other.kind
    words, spread = one.words or other.words, one if one.centre else other
    return Hint(low, high, one.lengths, rows, spread.centre, spread.scale, words, kind)


def _embedding(layer: Any) -> Hint:
    rows = int(layer.input_dim)
    padded = bool(getattr(layer, "mask_zero", False)) and rows > 1
    return Hint(0, rows, rows=rows, kind="padded" if padded else "ids")


def _normalization(layer: Any, spec: TensorSpec) -> Hint | None:
    if getattr(layer, "invert", False) or getattr(layer, "mean", None) is None:
        return None
    mean = np.asarray(layer.mean, np.float64).reshape(-1)
    variance = np.asarray(layer.variance, np.float64).reshape(-1)
    if not (np.isfinite(mean).all() and np.isfinite(variance).all() and (variance >= 0).all()):
        return None
    if mean.size != spec.shape[-1] or variance.size != mean.size or mean.size > _FEATURES:
        mean, variance = mean.mean(keepdims=True), variance.mean(keepdims=True)
    return Hint(centre=tuple(mean.tolist()), scale=tuple(np.sqrt(variance).tolist()))


def _rescaling(layer: Any, spec: TensorSpec) -> Hint | None:
    """The range that comes out as 0..1, -1..1 or -0.5..0.5: the first that begins at 0.

    0..255 for the usual scales, 1/255 and 1/127.5 with an offset of -1.
    """
    scale, offset = np.broadcast_arrays(*(
        np.asarray(v, np.float64).reshape(-1) for v in (layer.scale, layer.offset)
    ))  # fmt: skip
    if not (np.isfinite(scale).all() and np.isfinite(offset).all() and (scale > 0).all()):
        return None
    targets = [(0.0, 1.0), (-1.0, 1.0), (-0.5, 0.5)]
    least, most = next(
        ((a, b) for a, b in targets if np.allclose(offset, a, atol=1e-3)), targets[1]
    )
    low, high = ((least - offset) / scale).min(), ((most - offset) / scale).max()
    return _ranged(float(np.rint(low)), float(_rounded(high)), spec)


def _rounded(value: float) -> float:
    """The whole number that 1 / 0.00392156862745098 misses by its last digits."""
    near = round(value)
    return near if math.isclose(value, near, rel_tol=1e-5) else value


def _ranged(low: float, high: float, spec: TensorSpec) -> Hint:
    """The range in the type of the input; the upper bound belongs to it."""
    whole = spec.dtype.startswith(("int", "uint"))
    return Hint(low, math.floor(high) + 1 if whole else high)


def _discretization(layer: Any, spec: TensorSpec) -> Hint | None:
    """From below the first boundary to above the last."""
    bins = [float(b) for b in (layer.bin_boundaries or ())]
    if not bins or not all(map(math.isfinite, bins)):
        return None
    width = max((bins[-1] - bins[0]) / len(bins), 1.0)
    return _ranged(bins[0] - width, bins[-1] + width, spec)


def _hashing(layer: Any, spec: TensorSpec) -> Hint | None:
    return Hint(0, 10 * int(layer.num_bins)) if spec.dtype.startswith(("int", "uint")) else None


def _category(layer: Any, spec: TensorSpec) -> Hint | None:
    count = int(layer.num_tokens or 0)
    return Hint(0, count, kind="ids") if count else None


def _masking(layer: Any, spec: TensorSpec) -> Hint | None:
    return Hint(kind="steps") if layer.mask_value == 0 and len(spec.shape) == 3 else None


_SAYING: dict[str, Callable[[Any, TensorSpec], Hint | None]] = {
    "Masking": _masking,
    "Normalization": _normalization,
    "Rescaling": _rescaling,
    "Discretization": _discretization,
    "Hashing": _hashing,
    "CategoryEncoding": _category,
    "StringLookup": lookups.words,
    "IntegerLookup": lookups.numbers,
    "TextVectorization": lookups.sentences,
}
