"""What each layer of a reference answered to one probe, as a file that the diagnosis reads."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from tfmigrate.parity import npz

Array = np.ndarray[Any, Any]

PREFIX = "activations/"
# Bytes of all of them; layers beyond it are left out.
LIMIT = 1 << 29


def save(path: Path, found: Iterable[tuple[str, Array]]) -> None:
    """Write arrays as ``activations/NAME``, in their order, as far as :data:`LIMIT` goes."""
    kept: dict[str, Array] = {}
    size = 0
    for name, array in found:
        size += array.nbytes
        if size <= LIMIT and array.dtype.kind in "fiub":
            kept[f"{PREFIX}{name}"] = array
    npz.save(path, kept)


def load(path: Path) -> dict[str, Array]:
    """The arrays by layer; none where the file holds none (a golden file need not).

    Raises:
        Damaged: The file cannot be read.
    """
    found = npz.load(path, only=(PREFIX,))
    return {name.removeprefix(PREFIX): array for name, array in found.items()}
