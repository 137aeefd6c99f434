"""Merging by a dot product, as Keras 0 and 1 did it."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
import tf_keras

# K.epsilon() of Keras 1 and 2.
_EPSILON = 1e-7


class LegacyDot(tf_keras.layers.Layer):
    """The modes ``dot`` and ``cos`` of Keras 0.3's and 1's Merge.

    Source: ``Merge.call`` of Keras 0.3.3 to 1.2.2. Its cosine keeps an axis of 1, and divides by no
    less than an epsilon since Keras 1.1. On TensorFlow ``K.batch_dot`` was a matrix product of
    the last two axes, before 1.2 that of two vectors too, which mixed the samples of a batch.
    """

    def __init__(
        self, mode: str, axes: Any, version: Any = (1, 2, 2), backend: str = "tensorflow",
        **base: Any,
    ) -> None:  # fmt: skip
        super().__init__(**base)
        self.mode, self.axes = mode, axes
        self.version, self.backend = tuple(version), backend

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Two tensors of the same batch."""
        left, right = inputs
        if self.mode == "dot":
            return self._dot(left, right)
        norms = self._dot(left, left) * self._dot(right, right)
        cosine = self._dot(left, right) / tf.maximum(tf.sqrt(norms), _EPSILON)
        return cosine if self.version < (1,) else tf.expand_dims(cosine, 1)

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        """None: a product of two sequences has no steps to mask."""
        return

    def _dot(self, left: Any, right: Any) -> Any:
        axes = [_axes(self.axes, i, t.shape.rank) for i, t in enumerate((left, right))]
        as_matrices = left.shape.rank > 3 or (left.shape.rank == 2 and self.version < (1, 2))
        if self.backend == "tensorflow" and as_matrices:
            return tf.matmul(
                left,
                right,
                transpose_a=axes[0] != [left.shape.rank - 1],
                transpose_b=axes[1] == [right.shape.rank - 1],
            )
        product = tf.einsum(_equation(left.shape.rank, right.shape.rank, axes), left, right)
        return product if product.shape.rank > 1 else tf.expand_dims(product, 1)


def _axes(axes: Any, side: int, rank: int) -> list[int]:
    """The contracted axes of one side; a negative number counts from the end."""
    own = axes if isinstance(axes, int) else axes[side]
    return [own % rank] if isinstance(own, int) else [int(a) % rank for a in own]


def _equation(left: int, right: int, axes: list[list[int]]) -> str:
    names = [["b", *"cdefgh"[: left - 1]], ["b", *"ijklmn"[: right - 1]]]
    for mine, other in zip(*axes, strict=True):
        names[1][other] = names[0][mine]
    kept = [n for side, gone in zip(names, axes, strict=True)
            for i, n in enumerate(side) if i and i not in gone]  # fmt: skip
    return f"{''.join(names[0])},{''.join(names[1])}->b{''.join(kept)}"


class TimeDistributedMerge(tf_keras.layers.Layer):
    """Keras 0's sum, mean or product over the steps of a sequence."""

    def __init__(self, mode: str = "sum", **base: Any) -> None:
        super().__init__(**base)
        self.mode = mode

    def call(self, inputs: Any) -> Any:
        """From (batch, steps, features) to (batch, features)."""
        ways = {"sum": tf.reduce_sum, "ave": tf.reduce_mean, "mul": tf.reduce_prod}
        return ways[self.mode](inputs, axis=1)


LAYERS = {"LegacyDot": LegacyDot, "TimeDistributedMerge": TimeDistributedMerge}
