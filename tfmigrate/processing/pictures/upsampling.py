"""Colour that a JPEG stores at half the size, doubled: libjpeg's "fancy" (triangle) upsampling."""

from __future__ import annotations

import numpy as np

from tfmigrate.processing.step import Array


def doubled_across(plane: Array) -> Array:
    """Twice as wide: three parts of the near sample, one of the far; the ends stay."""
    if plane.shape[1] <= 2:  # libjpeg repeats the samples of such narrow ones
        return plane.repeat(2, 1)
    return _across(plane, 4, (1, 2), ends=(plane[:, 0], plane[:, -1]))


def doubled_down(plane: Array) -> Array:
    """Twice as wide and as high; rounded once, at the end."""
    if plane.shape[1] <= 2:
        return plane.repeat(2, 0).repeat(2, 1)
    above, below = np.vstack([plane[:1], plane[:-1]]), np.vstack([plane[1:], plane[-1:]])
    rows = np.stack([3 * plane + above, 3 * plane + below], 1).reshape(-1, plane.shape[1])
    ends = (4 * rows[:, 0] + 8) >> 4, (4 * rows[:, -1] + 7) >> 4
    return _across(rows, 16, (8, 7), ends)


def _across(rows: Array, whole: int, halves: tuple[int, int], ends: tuple[Array, Array]) -> Array:
    shift = whole.bit_length() - 1
    found = np.empty((len(rows), 2 * rows.shape[1]), np.int64)
    found[:, 2::2] = (3 * rows[:, 1:] + rows[:, :-1] + halves[0]) >> shift
    found[:, 1:-1:2] = (3 * rows[:, :-1] + rows[:, 1:] + halves[1]) >> shift
    found[:, 0], found[:, -1] = ends
    return found
