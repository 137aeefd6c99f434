"""What ``running_std`` held, version by version (``layers/normalization.py`` of each release)."""

from __future__ import annotations

import re
from typing import Any

from tfmigrate.mapping.legacy.layers import Layer
from tfmigrate.results import Writer

# The epsilon that a layer's config states, where it states none (Keras 1.0.7 and before).
_EPSILON = 1e-6


def variance(layer: Layer, writer: Writer) -> tuple[dict[str, Any], ...]:
    """The ops from what the file holds to a variance.

    Keras 0.3 to 1.0.5, and 1.0.6 on Theano: a standard deviation, to which inference added the
    epsilon. Keras 1.0.7 on Theano: a variance, to whose root inference added the epsilon. All
    others: a variance, to which inference added the epsilon.
    """
    epsilon = float(layer.config.get("epsilon", _EPSILON))
    version = _numbers(writer.version)
    theano = writer.backend == "theano"
    if version <= (1, 0, 5) or (version == (1, 0, 6) and theano):
        return ({"variance": {"epsilon": epsilon, "target": epsilon}},)
    if version == (1, 0, 7) and theano:
        return ({"root": {}}, {"variance": {"epsilon": epsilon, "target": epsilon}})
    return ()


def _numbers(version: str) -> tuple[int, ...]:
    found = [int(n) for n in re.findall(r"\d+", version)[:3]]
    return tuple(found) if found else (9,)
