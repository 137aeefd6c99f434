"""What ``running_std`` held, version by version (``layers/normalization.py`` of each release)."""

from __future__ import annotations

import re
from typing import Any

from tfmigrate.errors import NotSupported
from tfmigrate.mapping.legacy.layers import Layer
from tfmigrate.results import Writer

# The epsilon that a layer's config states, where it states none (Keras 1.0.7 and before).
_EPSILON = 1e-6


def variance(layer: Layer, writer: Writer) -> tuple[dict[str, Any], ...]:
    """The ops from what the file holds to a variance.

    Keras 0.3 to 1.0.5, and 1.0.6 on Theano: a standard deviation, to which inference added the
    epsilon. Keras 1.0.7 on Theano: a variance, to whose root inference added the epsilon. All
    others: a variance, to which inference added the epsilon. Without a version it is one where the
    config has the regularizers that came with 1.1.

    Raises:
        NotSupported: Nothing says whether it is one of the versions before 1.0.6.
    """
    if not writer.version and "gamma_regularizer" not in layer.config:
        raise NotSupported(
            "the running_std of a BatchNormalization of Keras 1.0 is a standard deviation or a"
            " variance, by the version that wrote it, which nothing here says",
            where=layer.name,
            help='add "keras_version": "1.0.3", or what it was, to the model.json; to_json() of'
            " Keras 1.0.0 to 1.0.3 left it out",
        )
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
