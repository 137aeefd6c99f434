"""Placeholders that only training needs, told by their names."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TARGET = re.compile(r"label|target|(^|/)y_?(true)?$|ground_truth|(^|/)gt(_|$)", re.IGNORECASE)


def targets(names: Sequence[str]) -> frozenset[str]:
    """The names of labels; none of them where that would leave no input."""
    found = frozenset(name for name in names if _TARGET.search(name))
    return found if len(found) < len(names) else frozenset()
