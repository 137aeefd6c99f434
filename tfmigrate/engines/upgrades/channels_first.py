"""Layers with their channels first: computed with channels last, which every CPU can."""

from __future__ import annotations

from tfmigrate.engines.upgrades.walk import LayerConfig

# Only what TensorFlow has no kernel for on CPUs without oneDNN; the others reshape or reduce.
LAYERS = (
    "Conv1D", "Conv2D", "Conv3D", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D",
    "DepthwiseConv2D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "MaxPooling1D",
    "MaxPooling2D", "MaxPooling3D", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D",
    "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "LegacyDeconvolution2D",
)  # fmt: skip


def channels_last_inside(layer: LayerConfig) -> None:
    """All Keras 1 and 2: the signature keeps its channels first, the arithmetic does not.

    Source: ``The Conv2D op currently only supports the NHWC tensor format on the CPU`` (keras issue
    20414), raised by every build without oneDNN.
    """
    name = layer["class_name"].removeprefix("TheanoSame").removeprefix("Theano")
    if layer["config"].get("data_format") == "channels_first" and name in LAYERS:
        layer["config"]["data_format"] = "channels_last"
        layer["class_name"] = f"ChannelsFirst{layer['class_name']}"
        layer.pop("module", None)  # tf.keras 2.12 and later say where they had it from
        layer.pop("registered_name", None)


def fused_never(layer: LayerConfig) -> None:
    """All Keras 2: batch normalisation over axis 1 has a fused kernel for GPUs only."""
    axis = layer["config"].get("axis")
    axis = axis[0] if isinstance(axis, list) and len(axis) == 1 else axis
    if layer["class_name"] == "BatchNormalization" and axis == 1:
        layer["class_name"] = "PlainBatchNormalization"
        layer.pop("module", None)
        layer.pop("registered_name", None)
