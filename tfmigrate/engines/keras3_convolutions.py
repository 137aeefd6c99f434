"""Convolutions of Keras 3 that TensorFlow's own kernels for CPUs cannot run as they are.

Channels first needs a build with oneDNN (``The Conv2D op currently only supports the NHWC tensor
format on the CPU``), and convolutions in groups are compiled by XLA, which not every server has.
Both are computed by the plain kernels instead; the weights and the signature stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
            layer.convolution_op = _by_groups(layer.groups, layer.convolution_op)
        if methods and layer.data_format == "channels_first":
            for method in methods:
                setattr(layer, method, _last_inside(layer, getattr(layer, method)))


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


def _by_groups(groups: int, convolution: Callable[..., Any]) -> Callable[..., Any]:
    """A convolution of each group of channels, which are last, with its own part of the kernel."""

    def run(inputs: Any, kernel: Any) -> Any:
        import tensorflow as tf

        pieces = tf.split(inputs, groups, -1)
        kernels = tf.split(tf.convert_to_tensor(kernel), groups, -1)
        return tf.concat([convolution(x, k) for x, k in zip(pieces, kernels, strict=True)], -1)

    return run


def _moved(tensor: Any, start: int, end: int) -> Any:
    import tensorflow as tf

    axes = list(range(len(tensor.shape)))
    axes.insert(end % len(axes), axes.pop(start))
    return tf.transpose(tensor, axes)
