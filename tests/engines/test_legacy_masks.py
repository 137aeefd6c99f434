"""Layers that treated masks, or tensors of many axes, in another way than today's."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

from tfmigrate.engines.keras2 import _with_ellipses
from tfmigrate.engines.layers_of_day import classes_of
from tfmigrate.engines.legacy_layers.masks import (
    LegacyBidirectional,
    MatrixDot,
    UndecidedUpSampling2D,
    UnmaskedSoftmax,
)
from tfmigrate.errors import NotSupported

MASKED = np.array([[[1.0], [2.0], [0.0]]], np.float32)


def answer(zeroed, sequences=True):
    layer = tf_keras.layers.SimpleRNN(2, return_sequences=sequences)
    both = LegacyBidirectional(layer, zeroed)
    masked = tf_keras.layers.Masking()(tf.constant(MASKED))
    both(masked)
    both.set_weights([np.full(w.shape, 0.3, np.float32) for w in both.get_weights()])
    return both(masked).numpy()


def test_masked_steps_repeat_the_answer_before_them():
    forward, backward = answer("never")[0, :, :2], answer("never")[0, :, 2:]
    assert np.array_equal(forward[2], forward[1])
    assert forward[1].all()
    assert not backward[2].any()  # the first step backwards has none before it


def test_tensorflow_1_13_zeroed_the_forward_layer_alone():
    assert not answer("forward")[0, 2, :2].any()
    last = answer("forward", sequences=False)[0]
    assert not last[:2].any()
    assert last[2:].all()


def test_an_undecided_layer_answers_without_a_mask_only():
    plain = LegacyBidirectional(tf_keras.layers.SimpleRNN(2), "")
    assert plain(tf.constant(MASKED)).shape == (1, 4)
    with pytest.raises(NotSupported, match="does not say which TensorFlow"):
        answer("")


def test_a_softmax_without_a_mask():
    x = tf.constant([[[1.0, 2.0, 3.0]]])
    mask = tf.constant([[False]])
    found = UnmaskedSoftmax()(x, mask=mask).numpy()
    np.testing.assert_allclose(found, tf.nn.softmax(x), 1e-6)
    with pytest.raises(NotSupported):
        UnmaskedSoftmax(decided=False)(x, mask=mask)
    assert UnmaskedSoftmax(decided=False)(x).shape == x.shape


# As Keras 2.2.4 and tf.keras 1.12 answered (batch_dot over every leading axis).
@pytest.mark.parametrize(
    ("one", "two", "axes", "formula"),
    [
        ((3, 2, 2, 6), (3, 2, 2, 6), [3, 3], "abij,abkj->abik"),
        ((3, 2, 3, 4), (3, 2, 4, 3), [3, 2], "abij,abjk->abik"),
        ((3, 4), (3, 4), [1, 1], "ai,ai->a"),
    ],
)
def test_a_dot_of_matrices(one, two, axes, formula):
    rng = np.random.RandomState(0)
    x, y = (rng.randn(*shape).astype("float32") for shape in (one, two))
    layer = MatrixDot(axes=axes)
    found = layer([x, y]).numpy()
    np.testing.assert_allclose(found.ravel(), np.einsum(formula, x, y).ravel(), 1e-4, 1e-5)
    assert tuple(layer.compute_output_shape([one, two])) == found.shape


def test_a_normalised_dot_of_matrices():
    x = np.random.RandomState(0).randn(3, 2, 2, 6).astype("float32")
    found = MatrixDot(axes=3, normalize=True)([x, x]).numpy()
    np.testing.assert_allclose(np.diagonal(found, axis1=2, axis2=3), 1.0, 1e-4)


def test_an_undecided_dot_takes_three_axes():
    x = tf.ones([2, 3, 4])
    assert MatrixDot(axes=2, decided=False)([x, x]).shape == (2, 3, 3)
    with pytest.raises(NotSupported, match=r"1\.15 and of 2\.0"):
        MatrixDot(axes=3, decided=False)([x[None], x[None]])


def test_undecided_upsampling_refuses():
    with pytest.raises(NotSupported, match="half a pixel"):
        UndecidedUpSampling2D(interpolation="bilinear")(tf.ones([1, 2, 2, 1]))


@pytest.mark.parametrize(
    ("semantics", "zeroed"),
    [("keras-1.2", "never"), ("keras-2.3", "never"), ("tf.keras-1.12", "never"),
     ("tf.keras-1.13", "forward"), ("tf.keras-1.x", "")],
)  # fmt: skip
def test_a_recipe_gets_the_layers_of_its_semantics(semantics, zeroed):
    made = classes_of(semantics, tf_keras.layers)["Bidirectional"]
    layer = made(layer=tf_keras.layers.SimpleRNN(2), name="both")
    assert isinstance(layer, LegacyBidirectional)
    assert (layer._zeroed, layer.name) == (zeroed, "both")


def test_todays_layers_where_nothing_changed():
    made = classes_of("tf.keras-2.8", tf_keras.layers)
    assert type(made["Dot"](axes=1)) is tf_keras.layers.Dot
    assert isinstance(classes_of("keras-2.2", tf_keras.layers)["Dot"](axes=1), MatrixDot)
    for semantics in (None, "keras-3", "slim", "tf1-layers"):
        assert classes_of(semantics, tf_keras.layers) == {}


def test_an_ellipsis_comes_back_out_of_json():
    nothing = {"class_name": "__ellipsis__"}
    stored = {"slice_spec": [nothing, {"class_name": "__tuple__", "items": [1, nothing]}]}
    assert _with_ellipses(stored) == {"slice_spec": [..., (1, ...)]}
