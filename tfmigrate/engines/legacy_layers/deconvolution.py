"""Transposed convolutions as Keras 1 and Theano computed them."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
import tf_keras

from tfmigrate.engines.legacy_layers.shapes import extent


class LegacyDeconvolution2D(tf_keras.layers.Conv2DTranspose):
    """Keras 1's Deconvolution2D, whose output shape is stated with its batch size.

    Source: ``deconv2d`` of both backends of Keras 1.2.2: the gradient of a convolution whose input
    has the stated shape. Theano pads such a convolution by half its kernel.
    """

    def __init__(self, output_shape: Any, backend: str = "tensorflow", **base: Any) -> None:
        # The shape is stated in the data's own order; this layer's is channels last.
        super().__init__(**base)
        self.sizes = [int(n) for n in output_shape]
        self.backend = backend

    def call(self, inputs: Any) -> Any:
        """(batch, rows, columns, channels) to the stated rows and columns."""
        outputs = transposed(self, inputs, self.sizes, self.backend)
        outputs = outputs if self.bias is None else tf.nn.bias_add(outputs, self.bias)
        return self.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The stated sizes with the batch of the input."""
        return tf.TensorShape([input_shape[0], *self.sizes, self.filters])


def same(base: type) -> type:
    """Keras 2's transposed convolution with ``same`` padding on Theano: half a kernel."""

    class TheanoSame(base):
        def call(self, inputs: Any) -> Any:
            sizes = [extent(inputs, i + 1) * s for i, s in enumerate(self.strides)]
            outputs = transposed(self, inputs, sizes, "theano")
            outputs = outputs if self.bias is None else tf.nn.bias_add(outputs, self.bias)
            return self.activation(outputs)

    TheanoSame.__name__ = base.__name__
    return TheanoSame


def transposed(layer: Any, inputs: Any, sizes: list[Any], backend: str) -> Any:
    """The gradient of the layer's convolution at an input of ``sizes``."""
    pairs = enumerate(zip(layer.strides, layer.kernel_size, strict=True), 1)
    whole = [(extent(inputs, axis) - 1) * s + k for axis, (s, k) in pairs]
    shape = tf.stack([tf.shape(inputs)[0], *whole, layer.filters])
    full = tf.nn.conv_transpose(inputs, layer.kernel, shape, layer.strides, "VALID")
    for axis, size in enumerate(sizes):
        full = _window(full, axis + 1, _start(layer, axis, inputs, size, backend), size)
    return full


def _start(layer: Any, axis: int, inputs: Any, size: Any, backend: str) -> Any:
    """How much of the full gradient lies in the padding before the first row or column."""
    kernel, stride = layer.kernel_size[axis], layer.strides[axis]
    if layer.padding == "valid":
        return 0
    if backend == "theano":
        return kernel // 2
    return tf.maximum((extent(inputs, axis + 1) - 1) * stride + kernel - size, 0) // 2


def _window(full: Any, axis: int, start: Any, size: Any) -> Any:
    """``size`` elements from ``start``; zeros where the gradient does not reach."""
    missing = tf.maximum(start + size - tf.shape(full)[axis], 0)
    sides = [[0, missing] if i == axis else [0, 0] for i in range(full.shape.rank)]
    padded = tf.pad(full, tf.stack([tf.stack(s) for s in sides]))
    index = [slice(None)] * full.shape.rank
    index[axis] = slice(start, start + size)
    found = padded[tuple(index)]
    if isinstance(size, int):
        shape = [size if i == axis else n for i, n in enumerate(full.shape)]
        found = tf.ensure_shape(found, shape)
    return found


LAYERS = {
    "LegacyDeconvolution2D": LegacyDeconvolution2D,
    "TheanoSameConv2DTranspose": same(tf_keras.layers.Conv2DTranspose),
    "TheanoSameConv3DTranspose": same(tf_keras.layers.Conv3DTranspose),
}
