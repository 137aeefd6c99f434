"""Which meaning a layer gets, by what the file says about the TensorFlow that wrote it."""

from __future__ import annotations

import pytest

from tfmigrate.engines import upgrades
from tfmigrate.engines.upgrades import meanings, theano
from tfmigrate.engines.upgrades.tensorflow_of import tensorflow_of
from tfmigrate.results import Writer
from tfmigrate.sources import writers


def layer(class_name: str, **config):
    return {"class_name": class_name, "config": {"name": "x"} | config}


def model(*layers):
    return {"class_name": "Model", "config": {"name": "m", "layers": list(layers)}}


NORMALIZED = model(layer("BatchNormalization"))
RAGGED = model(layer("InputLayer", ragged=False))
OF_1_13 = model(layer("BatchNormalizationV1"))
FIRST = model(layer("LSTM", kernel_initializer={"config": {"dtype": "float32"}}))
SECOND = model(layer("LSTM", kernel_initializer={"config": {}}))


@pytest.mark.parametrize(
    ("version", "config", "oldest", "newest"),
    [
        ("2.1.6-tf", None, (1, 4), (1, 12)),
        ("2.2.4-tf", None, (1, 13), (2, 1)),
        ("2.2.4-tf", NORMALIZED, (1, 14), (2, 1)),
        ("2.2.4-tf", RAGGED, (1, 15), (2, 1)),
        ("2.2.4-tf", OF_1_13, (1, 13), (1, 13)),
        ("2.2.4-tf", FIRST, (1, 13), (2, 1)),
        ("2.2.4-tf", SECOND, (1, 14), (2, 1)),
        ("2.2.4-tf2.0", FIRST, (2, 0), (2, 0)),
        ("2.3.0-tf", None, (2, 2), (2, 2)),
        ("2.4.0", None, (2, 3), (2, 4)),
        ("2.8.0", None, (2, 8), (2, 8)),
    ],
)
def test_the_tensorflow_of_a_file(version, config, oldest, newest):
    assert tensorflow_of(writers.keras(version, "tensorflow"), config) == (oldest, newest)


def chosen(version, config=None, backend="tensorflow"):
    writer = writers.keras(version, backend)
    return {u.__name__ for u in meanings.meanings_for(writer, writers.era(writer), config)}


KEPT = {"bidirectional_kept", "softmax_unmasked", "bilinear_of_tf1"}


@pytest.mark.parametrize(
    ("version", "config", "names"),
    [
        ("2.0.8", None, KEPT | {"dot_of_matrices", "separable_undilated"}),
        ("2.2.4", None, KEPT | {"dot_of_matrices"}),
        ("2.3.1", None, KEPT),
        ("2.1.6-tf", None, KEPT | {"dot_of_matrices", "transposed_undilated"}),
        (
            "2.2.4-tf",
            None,
            {
                "bidirectional_undecided",
                "bilinear_undecided",
                "dot_undecided",
                "softmax_unmasked",
            },
        ),
        ("2.2.4-tf", OF_1_13, (KEPT - {"bidirectional_kept"}) | {
            "bidirectional_of_1_13", "dot_of_matrices"}),
        ("2.2.4-tf", RAGGED, {"bidirectional_of_2_0", "dot_undecided", "softmax_unmasked"}),
        ("2.2.4-tf1.15", None, {"bidirectional_of_2_0", "dot_of_matrices", "softmax_unmasked"}),
        ("2.2.4-tf2.0", None, {"bidirectional_of_2_0", "softmax_unmasked"}),
        ("2.4.0", None, {"softmax_undecided"}),
        ("2.6.0", None, set()),
    ],
)  # fmt: skip
def test_the_meanings_of_a_version(version, config, names):
    assert chosen(version, config) == names


def test_theano_never_multiplied_matrices():
    assert "dot_of_matrices" not in chosen("2.2.4", backend="theano")


def test_a_file_without_a_version_leaves_everything_open():
    found = meanings.meanings_for(Writer(), "")
    assert all(u.__name__.endswith("_undecided") for u in found)
    assert len(found) == 4


SECOND_LSTM = {
    "activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True,
    "recurrent_dropout": 0.0, "unroll": False, "kernel_initializer": {"config": {"seed": None}},
}  # fmt: skip
FIRST_LSTM = {**SECOND_LSTM, "kernel_initializer": {"config": {"dtype": "float32"}}}


def both(backward=None, **config):
    more = {"backward_layer": layer("LSTM", **backward)} if backward else {}
    return layer("Bidirectional", layer=layer("LSTM", **config), **more)


def test_lstms_of_tensorflow_2_0_forgot_their_zeros():
    upgrade = (meanings.bidirectional_of_2_0,)
    found = upgrades.upgraded(both(**SECOND_LSTM), upgrade)
    assert (found["class_name"], found["config"]["zeroed"]) == ("LegacyBidirectional", "never")
    for other in (FIRST_LSTM, SECOND_LSTM | {"unroll": True}, SECOND_LSTM | {"activation": "relu"}):
        assert upgrades.upgraded(both(**other), upgrade) == both(**other)
    mixed = upgrades.upgraded(both(backward=FIRST_LSTM, **SECOND_LSTM), upgrade)
    assert mixed["config"]["zeroed"] == ""


def test_the_whole_table_still_sees_the_initialisers():
    writer = writers.keras("2.2.4-tf", "tensorflow")
    config = model(both(**SECOND_LSTM))
    table = upgrades.table_for(writer, "tf.keras", config)
    inner = upgrades.upgraded(config, table)["config"]["layers"][0]
    assert inner["config"]["zeroed"] == "never"
    assert upgrades.misread_today(config, writer, "tf.keras") == ("bidirectional_of_2_0",)


CASES = [
    (meanings.bidirectional_kept, layer("Bidirectional"),
     layer("LegacyBidirectional", zeroed="never")),
    (meanings.bidirectional_of_1_13, layer("Bidirectional"),
     layer("LegacyBidirectional", zeroed="forward")),
    (meanings.bidirectional_undecided, layer("Bidirectional"),
     layer("LegacyBidirectional", zeroed="")),
    (meanings.dot_of_matrices, layer("Dot", axes=1), layer("MatrixDot", axes=1, decided=True)),
    (meanings.dot_undecided, layer("Dot", axes=1), layer("MatrixDot", axes=1, decided=False)),
    (meanings.softmax_unmasked, layer("Softmax"), layer("UnmaskedSoftmax", decided=True)),
    (meanings.softmax_undecided, layer("Softmax"), layer("UnmaskedSoftmax", decided=False)),
    (meanings.bilinear_undecided, layer("UpSampling2D", interpolation="bilinear"),
     layer("UndecidedUpSampling2D", interpolation="bilinear")),
    (meanings.bilinear_undecided, layer("UpSampling2D", interpolation="nearest"),
     layer("UpSampling2D", interpolation="nearest")),
    (meanings.separable_undilated, layer("SeparableConv2D", dilation_rate=[2, 2]),
     layer("SeparableConv2D", dilation_rate=[1, 1])),
    (meanings.transposed_undilated, layer("Conv2DTranspose", dilation_rate=[2, 2]),
     layer("Conv2DTranspose", dilation_rate=[1, 1])),
    (theano.counted_padding, layer("TheanoSameAveragePooling2D"),
     layer("TheanoSameAveragePooling2D", counted=True)),
    (theano.uncut_volumes, layer("TheanoSameMaxPooling3D"),
     layer("TheanoSameMaxPooling3D", cut=False)),
]  # fmt: skip


@pytest.mark.parametrize(("upgrade", "before", "after"), CASES)
def test_each_meaning(upgrade, before, after):
    assert upgrades.upgraded(before, (upgrade,)) == after


@pytest.mark.parametrize(
    ("version", "counted", "uncut"),
    [
        ((2, 0, 3), False, True), ((2, 0, 4), True, True), ((2, 1, 4), True, True),
        ((2, 1, 5), False, True), ((2, 1, 6), False, False), ((), False, False),
    ],
)  # fmt: skip
def test_pooling_of_theano_by_version(version, counted, uncut):
    found = theano.pooling_of(version)
    assert (theano.counted_padding in found, theano.uncut_volumes in found) == (counted, uncut)
    assert set(found) <= set(upgrades.table_for(Writer("Keras", "2.1.0", "theano"), "keras-2"))
