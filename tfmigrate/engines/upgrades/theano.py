"""Theano: ``same`` padding of its own (Keras 0.3 to 2.3, ``backend/theano_backend.py``).

A convolution pads half its kernel on both sides, a pooling one or two less than its window, and
both cut what is too much at the end; TensorFlow pads just enough, the odd one at the end.
"""

from __future__ import annotations

from tfmigrate.engines.upgrades.walk import LayerConfig

CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "SeparableConv1D", "SeparableConv2D",
                "DepthwiseConv2D")  # fmt: skip
POOLINGS = ("MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "AveragePooling1D",
            "AveragePooling2D", "AveragePooling3D")  # fmt: skip
TRANSPOSED = ("Conv2DTranspose", "Conv3DTranspose")


def theano_padding(layer: LayerConfig) -> None:
    """Theano, all versions: layers with ``same`` padding pad as Theano did."""
    name, config = layer["class_name"], layer["config"]
    if name in ("LegacyDeconvolution2D", "LegacyDot", "SReLU"):
        config["backend"] = "theano"
    elif config.get("padding") == "same" and name in (*CONVOLUTIONS, *POOLINGS):
        config["padding"] = "valid"
        layer["class_name"] = f"TheanoSame{name}"
    elif config.get("padding") == "same" and name in TRANSPOSED:
        layer["class_name"] = f"TheanoSame{name}"
    elif name == "ConvLSTM2D":  # its recurrent convolution is always ``same``
        layer["class_name"] = "TheanoConvLSTM2D"
