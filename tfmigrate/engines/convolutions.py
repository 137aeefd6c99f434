"""Convolutions by kernels that every CPU has.

Both Kerases have XLA compile convolutions in groups, and not every server holds its compiler; and
without oneDNN a dilated transposed convolution ends in ``Current CPU implementations do not yet
support dilation rates larger than 1``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def by_groups(groups: int, convolution: Callable[..., Any]) -> Callable[..., Any]:
    """A convolution of each group of channels, which are last, with its own part of the kernel.

    Args:
        groups: How many groups there are.
        convolution: From one group's tensor and kernel to its answer.
    """

    def run(inputs: Any, kernel: Any) -> Any:
        import tensorflow as tf

        pieces = tf.split(inputs, groups, -1)
        kernels = tf.split(tf.convert_to_tensor(kernel), groups, -1)
        return tf.concat([convolution(x, k) for x, k in zip(pieces, kernels, strict=True)], -1)

    return run


def undilated(layer: Any) -> Callable[..., Any]:
    """The ``call`` of a transposed convolution, its kernel stretched instead of dilated.

    Args:
        layer: A built layer; its variables and its config stay as they are.
    """
    call = layer.call

    def run(inputs: Any) -> Any:
        rates = tuple(layer.dilation_rate)
        kernel = _stretched(layer.kernel, rates)
        given = {
            "kernel": kernel,
            "kernel_size": tuple(kernel.shape[: len(rates)]),
            "dilation_rate": (1,) * len(rates),
        }
        own = {name: vars(layer)[name] for name in given}
        vars(layer).update(given)  # past the layer's own tracking; only while it is traced
        try:
            return call(inputs)
        finally:
            vars(layer).update(own)

    return run


def _stretched(kernel: Any, rates: tuple[int, ...]) -> Any:
    """A kernel with zeros between its taps, along its first axes."""
    import tensorflow as tf

    kernel = tf.convert_to_tensor(kernel)
    for axis, rate in enumerate(rates):
        shape = list(kernel.shape)
        pads = [[0, rate - 1 if i == axis + 1 else 0] for i in range(len(shape) + 1)]
        wide = tf.pad(tf.expand_dims(kernel, axis + 1), pads)
        whole = tf.reshape(wide, [*shape[:axis], shape[axis] * rate, *shape[axis + 1 :]])
        size = [*shape[:axis], (shape[axis] - 1) * rate + 1, *shape[axis + 1 :]]
        kernel = tf.slice(whole, [0] * len(shape), size)
    return kernel
