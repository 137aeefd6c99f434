"""Layers that Keras 0 to 2 had and tf_keras has not, or has with another meaning.

The config upgrades name them; every class is a layer of tf_keras.
"""

from __future__ import annotations

import functools
from typing import Any

from tfmigrate.engines.expression_layer import expression_layer
from tfmigrate.lazy import load

_MODULES = ("activations", "channels_first", "deconvolution", "dense", "masks", "merge",
            "normalization", "theano", "upsampling")  # fmt: skip


@functools.cache
def custom_objects() -> dict[str, Any]:
    """The layers by the class name that the config upgrades give them."""
    found: dict[str, Any] = {}
    for name in _MODULES:
        found |= load(f"{__name__}.{name}").LAYERS
    found["ExpressionLayer"] = expression_layer(load("tf_keras"))
    return found
