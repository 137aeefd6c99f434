"""Convolutions of Keras 3 that TensorFlow's own kernels for CPUs cannot run as they are.

Channels first needs a build with oneDNN (``The Conv2D op currently only supports the NHWC tensor
format on the CPU``), so do transposed convolutions that are dilated, and convolutions in groups are
compiled by XLA, which not every server has. All are computed by
the plain kernels instead; the weights and the signature stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any

from tfmigrate.engines.convolutions import by_groups, undilated
from tfmigrate.errors import NotSupported, shown

_METHODS = {
    "BaseConv": ("call",),
    "BaseConvTranspose": ("call",),
    "BaseDepthwiseConv": ("call",),
    "BaseSeparableConv": ("call",),
    "ConvLSTMCell": ("input_conv", "recurrent_conv"),
}


def lower(model: Any) -> None:
    """Give every such layer of a built model methods that run on any CPU."""
    for layer in model._flatten_layers():
        names = [base.__name__ for base in type(layer).__mro__]
        methods = next((_METHODS[n] for n in names if n in _METHODS), ())
        if "BaseConv" in names and layer.groups > 1:
            _take_apart(layer)
        if "BaseConvTranspose" in names and max(layer.dilation_rate) > 1:
            layer.call = undilated(layer)
        if methods and layer.data_format == "channels_first":
            for method in methods:
                setattr(layer, method, _last_inside(layer, getattr(layer, method)))


def _take_apart(layer: Any) -> None:
    """Convolve each group of channels by itself.

    Conv1D calls the convolution of the backend, not its ``convolution_op``, since Keras 3.0.
    """
    bases: dict[str, Any] = {base.__name__: base for base in reversed(type(layer).__mro__)}
    convolution, own = layer.convolution_op, bases.get("Conv1D")
    if own is not None and getattr(layer.call, "__func__", None) is own.call:
        convolution = _causal_too(layer)
        layer.call = MethodType(bases["BaseConv"].call, layer)
    layer.convolution_op = by_groups(layer.groups, convolution)


def _causal_too(layer: Any) -> Callable[..., Any]:
    """The convolution of a Conv1D, which pads on the left where its padding is causal."""

    def run(inputs: Any, kernel: Any) -> Any:
        import keras

        causal = layer.padding == "causal"
        return keras.ops.conv(
            keras.ops.pad(inputs, layer._compute_causal_padding()) if causal else inputs,
            kernel,
            strides=list(layer.strides),
            padding="valid" if causal else layer.padding,
            dilation_rate=layer.dilation_rate,
            data_format=layer.data_format,
        )

    return run


def _last_inside(layer: Any, method: Callable[..., Any]) -> Callable[..., Any]:
    """A method that computes with channels last, for tensors that have them first."""

    def run(inputs: Any, *args: Any, **kwargs: Any) -> Any:
        layer.data_format = "channels_last"  # only while the method is traced
        try:
            answer = _moved(method(_moved(inputs, 1, -1), *args, **kwargs), -1, 1)
        finally:
            layer.data_format = "channels_first"
        if layer.use_bias:
            _refuse_square(layer, answer.shape)
        return answer

    return run


def _refuse_square(layer: Any, shape: Any) -> None:
    """Where the width is the number of channels, Keras since 3.8 adds the bias along the width.

    Source: ``add`` of its TensorFlow backend takes a vector as wide as the last axis for a bias of
    that axis; Keras up to 3.3 and the other backends do not. A file does not say its backend.
    """
    if shape[-1] is not None and shape[-1] == shape[1]:
        raise NotSupported(
            f"its channels are first and as many as its output is wide ({shape[1]}): whether the "
            "bias was added to the channels or along the width depends on Keras and its backend",
            where=shown(layer.name), help="save the model with channels last",
        )  # fmt: skip


def _moved(tensor: Any, start: int, end: int) -> Any:
    import tensorflow as tf

    axes = list(range(len(tensor.shape)))
    axes.insert(end % len(axes), axes.pop(start))
    return tf.transpose(tensor, axes)
