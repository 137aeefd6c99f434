"""How much each pixel of a line counts for each pixel of the resized line, in NumPy.

Written from the definitions: of ``tf.image.resize`` in TensorFlow 2, of ``tf.image.resize_images``
in TensorFlow 1, and of the filters (Keys 1981, Mitchell and Netravali 1988, Lanczos). Places are
computed in float32, as a rounding there decides which pixel is the nearest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tfmigrate.processing.step import Args, Array

_F32 = np.float32


def _triangle(x: Array) -> Array:
    return np.asarray(np.maximum(0.0, 1 - x))


def _keys(x: Array, a: float = -0.5) -> Array:
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return np.where(x < 1, near, np.where(x < 2, far, 0.0))


def _mitchell(x: Array) -> Array:
    near = (7 * x - 12) * x * x / 6 + 8 / 9
    far = ((-7 / 18 * x + 2) * x - 10 / 3) * x + 16 / 9
    return np.where(x < 1, near, np.where(x < 2, far, 0.0))


def _gaussian(x: Array) -> Array:
    return np.where(x < 1.5, np.exp(-2 * x * x), 0.0)


def _lanczos(radius: int) -> Callable[[Array], Array]:
    return lambda x: np.where(x < radius, np.sinc(x) * np.sinc(x / radius), 0.0)


# A filter and how far it reaches.
FILTERS: dict[str, tuple[Callable[[Array], Array], float]] = {
    "bilinear": (_triangle, 1.0), "bicubic": (_keys, 2.0), "mitchellcubic": (_mitchell, 2.0),
    "gaussian": (_gaussian, 1.5), "lanczos3": (_lanczos(3), 3.0), "lanczos5": (_lanczos(5), 5.0),
}  # fmt: skip


def weights(length: int, size: int, args: Args) -> Array:
    """The weights as a matrix [size, length]; a row sums to 1.

    Args:
        length: Pixels of the line.
        size: Pixels of the resized line.
        args: The arguments of the step: method, antialias, centers.
    """
    method, antialias = args["method"], bool(args["antialias"])
    if method == "area":
        return _area(length, size)
    if method == "nearest":
        return _eye(length, _nearest(length, size, args["centers"]))
    if antialias or method not in ("bilinear", "bicubic"):
        return _filtered(length, size, method, antialias)
    places = _places(length, size, args["centers"])
    if method == "bilinear":
        return _between(length, places)
    return _cubic(length, places, keys=args["centers"] == "half_pixel")


def _step(length: int, size: int, centers: str) -> Any:
    if centers == "align_corners" and size > 1:
        return _F32(length - 1) / _F32(size - 1)
    return _F32(length) / _F32(size)


def _places(length: int, size: int, centers: str) -> Array:
    """Where each pixel of the result lies on the line."""
    x, step = np.arange(size, dtype=_F32), _step(length, size, centers)
    half = _F32(0.5 if centers == "half_pixel" else 0)
    return np.asarray((x + half) * step - half)


def _nearest(length: int, size: int, centers: str) -> Array:
    x, step = np.arange(size, dtype=_F32), _step(length, size, centers)
    if centers == "align_corners":
        found = np.floor(x * step + _F32(0.5))
    else:
        found = np.floor((x + _F32(0.5 if centers == "half_pixel" else 0)) * step)
    return np.asarray(np.clip(found, 0, length - 1), int)


def _eye(length: int, index: Array) -> Array:
    return np.eye(length)[index]


def _between(length: int, places: Array) -> Array:
    low = np.floor(places)
    share = (places - low).astype(np.float64)[:, None]
    ends = [np.clip(p, 0, length - 1).astype(int) for p in (low, np.ceil(places))]
    return _eye(length, ends[0]) * (1 - share) + _eye(length, ends[1]) * share


def _cubic(length: int, places: Array, keys: bool) -> Array:
    """Four pixels each; TensorFlow rounds how far apart they lie to 1/1024.

    With half pixels what lies outside does not count; else the edge is repeated, a is -0.75.
    """
    low = np.floor(places)
    share = np.rint((places - low) * _F32(1024)) / 1024.0
    found = np.zeros((len(places), length))
    for offset in (-1, 0, 1, 2):
        index = (low + offset).astype(int)
        part = _keys(np.abs(share - offset), -0.5 if keys else -0.75)
        inside = (index >= 0) & (index < length)
        part = np.where(inside, part, 0.0) if keys else part
        found += _eye(length, np.clip(index, 0, length - 1)) * part[:, None]
    return found / found.sum(1, keepdims=True) if keys else found


def _filtered(length: int, size: int, method: str, antialias: bool) -> Array:
    kernel, reach = FILTERS[method]
    step = _F32(1) / (_F32(size) / _F32(length))
    wide = max(step, _F32(1)) if antialias else _F32(1)
    centre = (np.arange(size, dtype=_F32) + _F32(0.5)) * step
    away = np.abs(np.arange(length, dtype=_F32) + _F32(0.5) - centre[:, None]) * (_F32(1) / wide)
    found = np.where(away <= reach, kernel(away.astype(np.float64)), 0.0)
    return np.asarray(found / found.sum(1, keepdims=True))


def _area(length: int, size: int) -> Array:
    step = length / size
    start, pixel = np.arange(size)[:, None] * step, np.arange(length)
    covered = np.minimum(start + step, pixel + 1) - np.maximum(start, pixel)
    return np.asarray(np.maximum(covered, 0.0) / step)
