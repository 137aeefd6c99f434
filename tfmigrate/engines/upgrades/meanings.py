"""Layers of Keras 2 that mean something else today, though their configs are the same.

Where the file's version leaves two meanings open the layer is built undecided: it refuses as soon
as the difference would matter.
"""

from __future__ import annotations

import re
from typing import Any

from tfmigrate.engines.upgrades import keras_2
from tfmigrate.engines.upgrades.tensorflow_of import of_tensorflow_2, tensorflow_of
from tfmigrate.engines.upgrades.walk import LayerConfig, Upgrade
from tfmigrate.results import Writer


def bidirectional_kept(layer: LayerConfig) -> None:
    """Standalone Keras 2, tf.keras up to 1.12: masked steps repeat the answer before them.

    Since TensorFlow 1.13 they are zeros in a Bidirectional (``zero_output_for_mask`` in
    ``layers/wrappers.py``).
    """
    _named(layer, "Bidirectional", "LegacyBidirectional", zeroed="never")


def bidirectional_of_1_13(layer: LayerConfig) -> None:
    """tf.keras 1.13: the forward layer alone had zeros for masked steps, whatever it returned.

    Source: ``Bidirectional.__init__`` of 1.13.2 against 1.14.0.
    """
    _named(layer, "Bidirectional", "LegacyBidirectional", zeroed="forward")


def bidirectional_of_2_0(layer: LayerConfig) -> None:
    """tf.keras 1.14 to 2.1: LSTM and GRU of TensorFlow 2 forgot the zeros where cuDNN could run.

    Source: ``standard_lstm`` and ``standard_gru`` in ``layers/recurrent_v2.py`` of TensorFlow 2.0
    and 2.1 do not pass ``zero_output_for_mask`` on; those of 2.2 do.
    """
    inner = layer["config"].get("layer")
    if layer["class_name"] == "Bidirectional" and isinstance(inner, dict) and _like_cudnn(inner):
        other = layer["config"].get("backward_layer") or inner
        bidirectional_kept(layer) if _like_cudnn(other) else bidirectional_undecided(layer)


def _like_cudnn(layer: LayerConfig) -> bool:
    config = layer["config"]
    return (
        layer["class_name"] in ("LSTM", "GRU") and of_tensorflow_2(layer)
        and config.get("activation") == "tanh" and config.get("recurrent_activation") == "sigmoid"
        and not config.get("recurrent_dropout") and not config.get("unroll")
        and bool(config.get("use_bias")) and config.get("reset_after") is not False
    )  # fmt: skip


def bidirectional_undecided(layer: LayerConfig) -> None:
    """tf.keras 2.2.4-tf: TensorFlow 1.13 and the later ones differ under a mask."""
    _named(layer, "Bidirectional", "LegacyBidirectional", zeroed="")


def dot_of_matrices(layer: LayerConfig) -> None:
    """Keras 2.0 to 2.2, tf.keras up to 1.15: above rank 3 ``Dot`` was a product of matrices.

    Source: ``K.batch_dot`` of Keras 2.2.4 and TensorFlow 1.15 (keras 2.3.0 notes).
    """
    _named(layer, "Dot", "MatrixDot", decided=True)


def dot_undecided(layer: LayerConfig) -> None:
    """tf.keras 2.2.4-tf: TensorFlow 1.15 and 2.0 differ above rank 3."""
    _named(layer, "Dot", "MatrixDot", decided=False)


def softmax_unmasked(layer: LayerConfig) -> None:
    """Standalone Keras 2, tf.keras up to 2.3: a Softmax layer did not look at the mask.

    Source: ``Softmax.call`` of TensorFlow 2.3 has no mask, that of 2.4 has.
    """
    _named(layer, "Softmax", "UnmaskedSoftmax", decided=True)


def softmax_undecided(layer: LayerConfig) -> None:
    """tf.keras 2.4.0: TensorFlow 2.3 and 2.4 differ under a mask."""
    _named(layer, "Softmax", "UnmaskedSoftmax", decided=False)


def bilinear_undecided(layer: LayerConfig) -> None:
    """tf.keras 2.2.4-tf: TensorFlow 1.14 and 1.15 differ in bilinear upsampling.

    Source: ``K.resize_images`` of 1.14.0 calls TensorFlow 1's op, that of 1.15 has half pixels.
    """
    if layer["config"].get("interpolation") == "bilinear":
        _named(layer, "UpSampling2D", "UndecidedUpSampling2D")


def separable_undilated(layer: LayerConfig) -> None:
    """Keras 2.0.0 to 2.0.8: SeparableConv2D stored a dilation rate that it did not use."""
    if layer["class_name"] == "SeparableConv2D":
        layer["config"]["dilation_rate"] = [1, 1]


def transposed_undilated(layer: LayerConfig) -> None:
    """tf.keras up to 1.12: Conv2DTranspose stored a dilation rate that it did not use."""
    if layer["class_name"] == "Conv2DTranspose":
        layer["config"]["dilation_rate"] = [1, 1]


def _named(layer: LayerConfig, old: str, new: str, **given: Any) -> None:
    if layer["class_name"] == old:
        layer["class_name"] = new
        layer["config"] |= given
        layer.pop("module", None)
        layer.pop("registered_name", None)


_FIRST, _LAST = (0, 0), (9, 0)
# What held for which versions of TensorFlow, and what stands where the file leaves it open.
_RANGES: tuple[tuple[Upgrade, tuple[int, int], tuple[int, int], Upgrade], ...] = (
    (bidirectional_kept, _FIRST, (1, 12), bidirectional_undecided),
    (bidirectional_of_1_13, (1, 13), (1, 13), bidirectional_undecided),
    (bidirectional_of_2_0, (1, 14), (2, 1), bidirectional_undecided),
    (keras_2.bilinear_of_tf1, _FIRST, (1, 14), bilinear_undecided),
    (dot_of_matrices, _FIRST, (1, 15), dot_undecided),
    (softmax_unmasked, _FIRST, (2, 3), softmax_undecided),
)
EVERY: tuple[Upgrade, ...] = (
    separable_undilated,
    transposed_undilated,
    *dict.fromkeys(u for decided, _, _, open_ in _RANGES for u in (decided, open_)),
)


def meanings_for(
    writer: Writer, era: str, config: dict[str, Any] | None = None
) -> tuple[Upgrade, ...]:
    """The upgrades of this module for a file.

    Args:
        writer: Who wrote it.
        era: Its era.
        config: Its config, which may show its version better.
    """
    if era == "tf.keras":
        oldest, newest = tensorflow_of(writer, config)
        dilated: tuple[Upgrade, ...] = (transposed_undilated,) if newest <= (1, 12) else ()
        return dilated + tuple(
            decided if first <= oldest and newest <= last else open_
            for decided, first, last, open_ in _RANGES
            if oldest <= last and first <= newest
        )
    if not era:
        return tuple(dict.fromkeys(open_ for _, _, _, open_ in _RANGES))
    if era != "keras-2":
        return (bidirectional_kept,)
    version = patch_of(writer.version)
    old_dot = writer.backend != "theano" and version < (2, 3)
    return (
        bidirectional_kept, softmax_unmasked, keras_2.bilinear_of_tf1,
        *((dot_of_matrices,) if old_dot else ()),
        *((separable_undilated,) if version <= (2, 0, 8) else ()),
    )  # fmt: skip


def patch_of(version: str) -> tuple[int, ...]:
    """A version as numbers, ``(2, 1, 6)``."""
    return tuple(int(n) for n in re.findall(r"\d{1,4}", version)[:3])
