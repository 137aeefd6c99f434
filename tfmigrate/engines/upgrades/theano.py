"""Theano: ``same`` padding of its own (Keras 0.3 to 2.3, ``backend/theano_backend.py``).

A convolution pads half its kernel on both sides, a pooling one or two less than its window, and
both cut what is too much at the end; TensorFlow pads just enough, the odd one at the end.
"""

from __future__ import annotations

from tfmigrate.engines.upgrades.keras_1 import WRITTEN_BY, refuse_unknown
from tfmigrate.engines.upgrades.walk import LayerConfig, Upgrade
from tfmigrate.errors import NotSupported

CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "SeparableConv1D", "SeparableConv2D",
                "DepthwiseConv2D")  # fmt: skip
POOLINGS = ("MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "AveragePooling1D",
            "AveragePooling2D", "AveragePooling3D")  # fmt: skip
TRANSPOSED = ("Conv2DTranspose", "Conv3DTranspose")


def theano_padding(layer: LayerConfig) -> None:
    """Theano, all versions: layers with ``same`` padding pad as Theano did."""
    name, config = layer["class_name"], layer["config"]
    version = config.get(WRITTEN_BY)
    if version is not None and config.get("padding") == "same":
        _of_keras_1(layer, version)
    if name in ("LegacyDeconvolution2D", "LegacyDot", "SReLU"):
        config["backend"] = "theano"
    elif config.get("padding") == "same" and name in (*CONVOLUTIONS, *POOLINGS):
        config["padding"] = "valid"
        layer["class_name"] = f"TheanoSame{name}"
    elif config.get("padding") == "same" and name in TRANSPOSED:
        layer["class_name"] = f"TheanoSame{name}"
    elif name == "ConvLSTM2D":  # its recurrent convolution is always ``same``
        layer["class_name"] = "TheanoConvLSTM2D"


def _of_keras_1(layer: LayerConfig, version: list[int]) -> None:
    """Keras 1: ``same`` padding that changed, or that went by the version of Theano.

    Source: ``conv3d`` of Keras 1.0.8, which pads less at the start where a kernel is even, and of
    1.1.2 and 1.2.2, which do so with a Theano before 0.9; ``deconv2d`` of 1.0.8, whose output has
    another size than it states (tried on Theano 0.9).

    Raises:
        NotSupported: The file does not say enough.
    """
    config, where = layer["config"], str(layer["config"].get("name"))
    if layer["class_name"] in ("LegacyDeconvolution2D", "Conv3D"):
        refuse_unknown(layer, "same padding on Theano")
    strided = any(n != 1 for n in config.get("strides", []))
    if layer["class_name"] == "LegacyDeconvolution2D" and strided and version < [1, 1]:
        raise NotSupported(
            "a Deconvolution2D of Keras 1.0 on Theano with same padding answers with another size"
            " than it states", where=where, help="give the architecture with --recipe",
        )  # fmt: skip
    even = any(n % 2 == 0 for n in config.get("kernel_size", []))
    if layer["class_name"] == "Conv3D" and even and not strided:  # the old way took no strides
        if version >= [1, 1]:
            raise NotSupported(
                "same padding of a Conv3D with an even kernel went by the version of Theano, which"
                " the file does not say", where=where,
                help="give the architecture with --recipe, the padding as a layer of its own",
            )  # fmt: skip
        config["less_first"] = True


def counted_padding(layer: LayerConfig) -> None:
    """Theano, Keras 2.0.4 to 2.1.4: the mean of ``same`` pooling counted the padding as zeros.

    Source: ``average_inc_pad`` in ``pool2d`` of those versions; pooling of 3 axes never did.
    """
    if layer["class_name"] in ("TheanoSameAveragePooling1D", "TheanoSameAveragePooling2D"):
        layer["config"]["counted"] = True


def uncut_volumes(layer: LayerConfig) -> None:
    """Theano, Keras 2.0.0 to 2.1.5: ``same`` pooling of 3 axes kept what it padded too much.

    Source: ``pool3d`` of those versions overwrites ``padding`` before it asks for it.
    """
    if layer["class_name"] in ("TheanoSameMaxPooling3D", "TheanoSameAveragePooling3D"):
        layer["config"]["cut"] = False


def pooling_of(version: tuple[int, ...]) -> tuple[Upgrade, ...]:
    """What else held for pooling in a version of standalone Keras."""
    counted = (2, 0, 4) <= version <= (2, 1, 4)
    uncut = (2,) <= version <= (2, 1, 5)
    return (*((counted_padding,) if counted else ()), *((uncut_volumes,) if uncut else ()))
