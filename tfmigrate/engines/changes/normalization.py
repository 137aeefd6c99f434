"""Epsilons, variances and standard deviations, and statistics in each other's place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tfmigrate.engines.changes.base import Array, Change, Rule, View, by_rule, exchanged, setting

EPSILONS = (1e-3, 1e-5, 1e-6, 1e-7, 1e-12, 1e-4, 1e-8, 1.001e-5, 1.1e-5, 2e-5, 1e-2, 0.0)
_VARIANCES = ("moving_variance", "variance", "moving_var", "running_std")
_PAIRS = (("gamma", "beta"), ("moving_mean", "moving_variance"), ("mean", "variance"),
          ("beta", "moving_mean"), ("gamma", "moving_variance"))  # fmt: skip


def _squared(array: Array) -> Array:
    return (array.astype(np.float64) ** 2).astype(array.dtype)


_SQUARE = Rule(({"variance": {"epsilon": 0.0, "target": 0.0}},), _squared)
_ROOT = Rule(({"root": {}},), lambda a: np.asarray(np.sqrt(a)))


def propose(view: View) -> Iterator[Change]:
    """Another epsilon, the root or the square of a variance, two statistics exchanged."""
    yield from epsilons(view, EPSILONS)
    for group in view.groups():
        for leaf in _VARIANCES:
            if leaf in group:
                said, info = f"takes {leaf} for", [group[leaf]]
                yield by_rule(view, "variance", f"{said} a standard deviation", info, _SQUARE)
                yield by_rule(view, "variance", f"{said} a variance's square", info, _ROOT)
        for one, other in _PAIRS:
            if one in group and other in group and group[one].shape == group[other].shape:
                what = f"has {one} and {other} exchanged"
                yield exchanged(view, "statistics", what, [(group[one], group[other])])


def epsilons(view: View, values: Sequence[float]) -> Iterator[Change]:
    """Each of some epsilons that is not the layer's own."""
    own = view.setting("epsilon")
    if not isinstance(own, float):
        return
    for value in values:
        if value != own:
            what = f"computes with epsilon {value:g} instead of {own:g}"
            apply = view.line(epsilon=value)
            yield Change("epsilon", view.path, what, apply, config=setting(epsilon=value))
