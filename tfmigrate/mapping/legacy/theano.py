"""Theano convolves where TensorFlow correlates: kernels are turned around.

Source: ``convert_kernel`` of ``keras/utils/conv_utils.py`` and its callers in ``engine/saving.py``
of Keras 2.0 to 2.3. Kernels of LocallyConnected, Dense and recurrent layers are not turned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tfmigrate.mapping.legacy.layers import Layer, Restated, layers, owner

_CONVOLUTIONS = (
    "Convolution1D", "Convolution2D", "Convolution3D", "AtrousConvolution1D",
    "AtrousConvolution2D", "AtrousConv1D", "AtrousConv2D", "Conv1D", "Conv2D", "Conv3D",
    "Deconvolution2D", "Deconv2D", "Conv2DTranspose", "Conv3DTranspose", "SeparableConv1D",
    "SeparableConv2D", "DepthwiseConv2D", "ConvLSTM2D",
)  # fmt: skip
_KERNELS = ("kernel", "depthwise_kernel", "pointwise_kernel", "recurrent_kernel")


def flipped(weights: Sequence[Restated], config: dict[str, Any]) -> list[Restated]:
    """The weights, those of convolutions turned around along their spatial axes."""
    known = layers(config)
    return [_flipped(w, owner(w.info, known)) for w in weights]


def _flipped(weight: Restated, layer: Layer | None) -> Restated:
    leaf = weight.info.key.split(":")[0].rsplit("/", 1)[-1]
    if layer is None or layer.class_name not in _CONVOLUTIONS or leaf not in _KERNELS:
        return weight
    spatial = [i for i, n in enumerate(weight.info.shape[:-2]) if n > 1]
    if not spatial:
        return weight
    rule = "kernel of Theano, turned around"
    rule = rule if weight.rule == "name" else f"{weight.rule}; {rule}"
    return replace(weight, ops=(*weight.ops, {"reverse": spatial}), rule=rule)
