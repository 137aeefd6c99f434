"""Biases that are left out, or have the other sign."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tfmigrate.engines.changes.base import Arrays, Change, View


def propose(view: View) -> Iterator[Change]:
    """Without its biases, and with their signs turned."""
    names = tuple(info.name for info in view.variables if info.leaf in ("bias", "biases", "b"))
    if not names:
        return

    def dropped(values: Arrays) -> Arrays:
        return {name: np.zeros_like(values[name]) for name in names}

    def turned(values: Arrays) -> Arrays:
        return {name: -values[name] for name in names}

    without = view.line(use_bias=False) if view.kinds else f"a {names[0]} of zeros"
    yield Change("drop bias", view.path, "computes without its bias", without, names, dropped)
    rule = f"the negative of {', '.join(names)}: no op does that"
    yield Change("bias sign", view.path, "takes its bias off", rule, names, turned)
