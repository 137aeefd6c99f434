"""Layers that pad ``same`` as Theano did (``backend/theano_backend.py`` of Keras 0.3 to 2.3)."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
import tf_keras

from tfmigrate.engines.legacy_layers.shapes import extent, inside, is_inside
from tfmigrate.engines.upgrades import theano


def same(base: type) -> type:
    """A convolution or pooling, built with ``valid`` padding, that pads as Theano's ``same``."""

    class TheanoSame(base):
        def __init__(
            self, *given: Any, less_first: bool = False, cut: bool = True, counted: bool = False,
            **named: Any,
        ) -> None:  # fmt: skip
            super().__init__(*given, **named)
            self._cut, self._counted = cut, counted
            self.less_first = less_first  # Theano before 0.9, in three dimensions

        def call(self, inputs: Any) -> Any:
            windows = _windows(self)
            margins = _margins(self, windows)
            first = [(k - 1) // 2 for k in windows] if self.less_first else margins
            padded = _padded(inputs, margins, self._filling(), first)
            with inside(self):
                outputs = super().call(padded)
                if isinstance(self, _AVERAGES) and not self._counted:  # the padding is left out
                    ones = _padded(tf.ones_like(inputs), _margins(self, windows), 0.0)
                    outputs /= super().call(ones)
            if not self._cut:
                return outputs
            sizes = [-(-extent(inputs, i + 1) // s) for i, s in enumerate(_strides(self))]
            return _cut(outputs, sizes)

        def compute_output_shape(self, input_shape: Any) -> Any:
            if is_inside(self):
                return super().compute_output_shape(input_shape)
            shape = tf.TensorShape(input_shape).as_list()
            windows = _windows(self)
            more = [
                -1 if self._cut else 2 * margin - window
                for margin, window in zip(_margins(self, windows), windows, strict=True)
            ]
            sizes = [
                None if n is None else (n + m) // s + 1
                for n, m, s in zip(shape[1:-1], more, _strides(self), strict=True)
            ]
            return tf.TensorShape([shape[0], *sizes, getattr(self, "filters", None) or shape[-1]])

        def _filling(self) -> float:
            return float("-inf") if isinstance(self, _MAXIMA) else 0.0

    TheanoSame.__name__ = base.__name__
    return TheanoSame


_L: Any = tf_keras.layers
_MAXIMA = (_L.MaxPooling1D, _L.MaxPooling2D, _L.MaxPooling3D)
_AVERAGES = (_L.AveragePooling1D, _L.AveragePooling2D, _L.AveragePooling3D)


def _numbers(value: Any) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (int(value),)


def _windows(layer: Any) -> tuple[int, ...]:
    if isinstance(layer, (*_MAXIMA, *_AVERAGES)):
        return _numbers(layer.pool_size)
    rates = _numbers(layer.dilation_rate)
    return tuple((k - 1) * d + 1 for k, d in zip(_numbers(layer.kernel_size), rates, strict=True))


def _strides(layer: Any) -> tuple[int, ...]:
    return _numbers(layer.strides)


def _margins(layer: Any, windows: tuple[int, ...]) -> list[int]:
    if not isinstance(layer, (*_MAXIMA, *_AVERAGES)):
        return [k // 2 for k in windows]
    flat = len(windows) < 3
    return [k - 2 if k % 2 and (k > 2 or not flat) else k - 1 for k in windows]


def _padded(inputs: Any, margins: list[int], filling: float, first: list[int] | None = None) -> Any:
    pairs = zip(first or margins, margins, strict=True)
    sides = [[0, 0], *([start, end] for start, end in pairs), [0, 0]]
    return tf.pad(inputs, sides, constant_values=tf.cast(filling, inputs.dtype))


def _cut(outputs: Any, sizes: list[Any]) -> Any:
    for axis, size in enumerate(sizes, 1):
        index = [slice(None)] * outputs.shape.rank
        index[axis] = slice(None, size)
        outputs = outputs[tuple(index)]
    return outputs


_ConvLSTMCell: Any = type(_L.ConvLSTM2D(1, 1).cell)


class _Cell(_ConvLSTMCell):
    """A step whose convolutions pad as Theano's; the recurrent one is always ``same``."""

    def input_conv(self, x: Any, w: Any, b: Any = None, padding: str = "valid") -> Any:
        if padding == "same":
            x, padding = self._wide(x, self.strides), "valid"
        return super().input_conv(x, w, b, padding)

    def recurrent_conv(self, x: Any, w: Any) -> Any:
        sizes = [extent(x, i + 1) for i in range(self.rank)]
        x = _padded(x, [k // 2 for k in self.kernel_size], 0.0)
        return _cut(tf.nn.convolution(x, w, padding="VALID"), sizes)

    def _wide(self, x: Any, strides: tuple[int, ...]) -> Any:
        """Padded so that ``valid`` gives no more steps than Theano kept."""
        padded = _padded(x, [k // 2 for k in self.kernel_size], 0.0)
        sizes = [-(-extent(x, i + 1) // s) for i, s in enumerate(strides)]
        ends = [(n - 1) * s + k for n, s, k in zip(sizes, strides, self.kernel_size, strict=True)]
        return _cut(padded, ends)


class TheanoConvLSTM2D(_L.ConvLSTM2D):
    """ConvLSTM2D with Theano's ``same`` padding."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.cell.__class__ = _Cell


LAYERS = {"TheanoConvLSTM2D": TheanoConvLSTM2D} | {
    f"TheanoSame{name}": same(getattr(_L, name))
    for name in (*theano.CONVOLUTIONS, *theano.POOLINGS)
}
