"""Convolutions in groups, by kernels that every CPU has.

Both Kerases have XLA compile them (``Fused conv implementation does not support grouped
convolutions``, said by TensorFlow's plain kernels), and not every server holds XLA's compiler.
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
