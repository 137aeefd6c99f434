"""Each upgrade: what a Keras of the day wrote, and what it becomes."""

from __future__ import annotations

import copy

import pytest

from tfmigrate.engines import upgrades
from tfmigrate.engines.upgrades import branches, channels_first, keras_1, keras_2, theano
from tfmigrate.errors import NotSupported
from tfmigrate.results import Writer
from tfmigrate.sources import writers


def layer(class_name: str, **config):
    return {"class_name": class_name, "config": {"name": "x"} | config}


def model(*layers, **config):
    return {"class_name": "Model", "config": {"name": "m", "layers": list(layers), **config}}


def sequential(*layers, **config):
    return {"class_name": "Sequential", "config": {"name": "s", "layers": list(layers), **config}}


# upgrade, one layer (or a whole model) before it, and after it
CASES = [
    (
        keras_2.name_sequential,
        {"class_name": "Sequential", "name": "outer", "config": [layer("Dense")]},
        {
            "class_name": "Sequential",
            "name": "outer",
            "config": {"name": "outer", "layers": [layer("Dense")]},
        },
    ),
    (
        keras_2.name_sequential,
        {"class_name": "Sequential", "config": [{"class_name": "Sequential", "config": []}]},
        sequential(
            {"class_name": "Sequential", "config": {"name": "unnamed_1", "layers": []}},
            name="sequential",
        ),
    ),
    (
        keras_2.drop_training_parts,
        layer("Dense", kernel_regularizer={"class_name": "Mine"}, bias_constraint="own", units=3),
        layer("Dense", kernel_regularizer=None, bias_constraint=None, units=3),
    ),
    (
        keras_2.zero_initializers,
        layer("Dense", kernel_initializer={"class_name": "Orthogonal", "config": {}}),
        layer("Dense", kernel_initializer="zeros"),
    ),
    (
        keras_2.plain_dtype,
        layer("Dense", dtype={"class_name": "PolicyV1", "config": {"name": "mixed_float16"}}),
        layer("Dense", dtype="mixed_float16"),
    ),
    (keras_2.gru_of_its_day, layer("GRU"), layer("GRU", reset_after=False)),
    (keras_2.gru_of_its_day, layer("GRU", reset_after=True), layer("GRU", reset_after=True)),
    (keras_2.forget_state, layer("LSTM", stateful=True), layer("LSTM", stateful=False)),
    (
        keras_2.plain_cudnn,
        layer("CuDNNGRU", units=3),
        layer(
            "GRU",
            units=3,
            activation="tanh",
            recurrent_activation="sigmoid",
            use_bias=True,
            reset_after=True,
        ),
    ),
    (
        keras_2.plain_cudnn,
        layer("CuDNNLSTM"),
        layer("LSTM", activation="tanh", recurrent_activation="sigmoid", use_bias=True),
    ),
    (
        keras_2.separate_normalization,
        {**layer("LayerNormalization", axis=[1, 2]), "module": "keras.layers"},
        layer("SeparateLayerNormalization", axis=[1, 2]),
    ),
    (
        keras_2.plain_numbers,
        layer("ReLU", max_value={"type": "ndarray", "value": 6.0}),
        layer("ReLU", max_value=6.0),
    ),
    (
        keras_2.plain_batch_normalization,
        layer("BatchNormalizationV1"),
        layer("BatchNormalization"),
    ),
    (
        keras_2.zero_initializers,
        layer("Mine", a_initializer="ones", b_initializer=0.5),
        layer("Mine", a_initializer="zeros", b_initializer=0.5),
    ),
    (
        keras_2.bilinear_of_tf1,
        layer("UpSampling2D", interpolation="bilinear"),
        layer("LegacyBilinearUpSampling2D", interpolation="bilinear"),
    ),
    (
        keras_2.bilinear_of_tf1,
        layer("UpSampling2D", interpolation="nearest"),
        layer("UpSampling2D", interpolation="nearest"),
    ),
    (
        keras_1.name_inputs,
        sequential(layer("Dense", batch_input_shape=[None, 4], input_dtype="int32")),
        sequential(
            {
                "class_name": "InputLayer",
                "config": {
                    "name": "dense_input_1",
                    "input_dtype": "int32",
                    "batch_input_shape": [None, 4],
                },
            },
            layer("Dense"),
        ),
    ),
    (
        keras_1.ordering_of_the_others,
        model(layer("ZeroPadding2D"), layer("Convolution2D", dim_ordering="th")),
        model(layer("ZeroPadding2D", dim_ordering="th"), layer("Convolution2D", dim_ordering="th")),
    ),
    (
        keras_1.drop_initial_parts,
        layer("Dense", init="uniform", W_regularizer={"name": "L1"}, input_dim=3, output_dim=2),
        layer("Dense", output_dim=2),
    ),
    (
        keras_1.drop_initial_parts,
        layer("Embedding", input_dim=9, dropout=0.5, input_length=4),
        layer("Embedding", input_dim=9, input_length=4),
    ),
    (
        keras_1.merge_layers,
        layer("Merge", mode="concat", concat_axis=2, mode_type="raw", dot_axes=-1),
        layer("Concatenate", axis=2, trainable=True),
    ),
    (
        keras_1.merge_layers,
        layer("Merge", mode="ave"),
        layer("Average", trainable=True),
    ),
    (
        keras_1.merge_layers,
        layer("Merge", mode="cos", dot_axes=[1, 1], written_by=[0, 3]),
        layer("LegacyDot", mode="cos", axes=[1, 1], version=[0, 3], trainable=True),
    ),
    (
        keras_1.batch_normalization,
        layer("BatchNormalization", mode=1),
        layer("SampleNormalization"),
    ),
    (
        keras_1.batch_normalization,
        layer("BatchNormalization", mode=1, written_by=[1, 0, 5]),
        layer("SampleNormalization", twice=False),
    ),
    (
        keras_1.inner_names,
        layer("Bidirectional", layer=layer("LSTM", name="forward_lstm_1")),
        layer("Bidirectional", layer=layer("LSTM", name="lstm_1")),
    ),
    (
        keras_1.rename_arguments,
        layer("ZeroPadding1D", padding={"left_pad": 2, "right_pad": 0}),
        layer("ZeroPadding1D", padding=[2, 0]),
    ),
    (keras_1.rename_arguments, layer("Reshape", dims=[8]), layer("Reshape", target_shape=[8])),
    (
        keras_1.batch_normalization,
        layer("BatchNormalization", mode=2),
        layer("BatchStatisticsNormalization"),
    ),
    (
        keras_1.batch_normalization,
        layer("BatchNormalization"),
        layer("PlainBatchNormalization"),
    ),
    (
        keras_1.deconvolution,
        layer("Deconvolution2D", output_shape=[None, 3, 8, 9], dim_ordering="th"),
        layer("LegacyDeconvolution2D", output_shape=[8, 9], dim_ordering="th"),
    ),
    (
        keras_1.rename_arguments,
        layer("Convolution2D", nb_filter=4, nb_row=3, nb_col=2, border_mode="same", bias=False),
        layer("Convolution2D", filters=4, kernel_size=[3, 2], padding="same", use_bias=False),
    ),
    (
        keras_1.rename_arguments,
        layer("ZeroPadding2D", padding={"top_pad": 1, "left_pad": 2}),
        layer("ZeroPadding2D", padding=[[1, 0], [2, 0]]),
    ),
    (
        keras_1.rename_arguments,
        layer("Embedding", input_dtype="int32"),
        layer("Embedding"),
    ),
    (
        keras_1.rename_values,
        layer("Convolution2D", dim_ordering="th"),
        layer("Convolution2D", data_format="channels_first"),
    ),
    (keras_1.rename_values, layer("Flatten", dim_ordering="th"), layer("Flatten")),
    (
        keras_1.rename_classes,
        layer("AtrousConvolution2D", dilation_rate=2),
        layer("Conv2D", dilation_rate=2),
    ),
    (
        theano.theano_padding,
        layer("Conv2D", padding="same"),
        layer("TheanoSameConv2D", padding="valid"),
    ),
    (theano.theano_padding, layer("Conv2D", padding="valid"), layer("Conv2D", padding="valid")),
    (
        theano.theano_padding,
        layer("Conv3D", padding="same", kernel_size=[2, 3, 3], written_by=[1, 0, 8]),
        layer(
            "TheanoSameConv3D",
            padding="valid",
            kernel_size=[2, 3, 3],
            written_by=[1, 0, 8],
            less_first=True,
        ),
    ),
    (keras_1.forget_version, layer("Conv3D", written_by=[1, 0, 8]), layer("Conv3D")),
    (theano.theano_padding, layer("SReLU"), layer("SReLU", backend="theano")),
    (theano.theano_padding, layer("ConvLSTM2D"), layer("TheanoConvLSTM2D")),
    (
        channels_first.fused_never,
        layer("BatchNormalization", axis=[1]),
        layer("PlainBatchNormalization", axis=[1]),
    ),
    (
        channels_first.channels_last_inside,
        layer("TheanoSameConv2D", data_format="channels_first"),
        layer("ChannelsFirstTheanoSameConv2D", data_format="channels_last"),
    ),
    (
        channels_first.channels_last_inside,
        {**layer("Conv2D", data_format="channels_first"), "module": "keras.layers"},
        layer("ChannelsFirstConv2D", data_format="channels_last"),
    ),
    (
        channels_first.channels_last_inside,
        layer("Flatten", data_format="channels_first"),
        layer("Flatten", data_format="channels_first"),
    ),
]


def test_every_upgrade_that_has_a_case_has_one_that_goes_red_without_it():
    changing = {upgrade for upgrade, before, after in CASES if before != after}
    assert changing == {upgrade for upgrade, _, _ in CASES}


def test_every_upgrade_of_keras_1_and_2_has_a_case():
    tested = {upgrade for upgrade, _, _ in CASES}
    tables = (upgrades.KERAS_1, upgrades.KERAS_2, upgrades.STANDALONE, upgrades.THEANO)
    known = {u for table in (*tables, upgrades.EVERY_CPU) for u in table}
    elsewhere = {keras_2.input_of_deferred, branches.branches_to_model}
    assert known - tested == elsewhere


@pytest.mark.parametrize(("upgrade", "before", "after"), CASES)
def test_an_upgrade_changes_this_and_nothing_else(upgrade, before, after):
    upgrade(before)
    assert before == after


def test_a_sequential_built_late_gets_the_input_that_keras_2_2_gave_it():
    model = {
        "class_name": "Sequential",
        "config": {"name": "s", "layers": [layer("Dense")], "build_input_shape": [None, 4]},
    }
    keras_2.input_of_deferred(model)
    added = model["config"]["layers"][0]
    assert added["class_name"] == "InputLayer"
    assert added["config"]["name"] == "s_input"
    assert added["config"]["batch_input_shape"] == [None, 4]


def test_upgrades_reach_nested_models_and_wrapped_layers_and_leave_the_original_alone():
    inner = {"class_name": "Sequential", "config": [layer("GRU")], "name": "inner"}
    wrapped = layer("Bidirectional", layer=layer("GRU"))
    config = {"class_name": "Model", "config": {"layers": [inner, wrapped]}}
    before = copy.deepcopy(config)
    result = upgrades.upgraded(config, upgrades.KERAS_2)
    assert config == before
    first, second = result["config"]["layers"]
    assert first["config"]["layers"][0]["config"]["reset_after"] is False
    assert second["config"]["layer"]["config"]["reset_after"] is False


def table_for(writer):
    return upgrades.table_for(writer, writers.era(writer))


@pytest.mark.parametrize(
    ("version", "table"),
    [
        ("2.0.5", upgrades.STANDALONE),
        ("2.3.1", upgrades.STANDALONE),
        ("2.2.4-tf", upgrades.KERAS_2),
        ("2.15.0", upgrades.KERAS_2),
        ("3.8.0", upgrades.KERAS_3),
    ],
)
def test_the_writer_decides_the_table(version, table):
    found = table_for(writers.keras(version, None))
    assert found == table if table is upgrades.KERAS_3 else set(table) <= set(found)
    assert (keras_2.bilinear_of_tf1 in found) == (table is upgrades.STANDALONE)


def test_theano_comes_before_the_channels_whose_classes_it_names():
    found = table_for(Writer("Keras", "2.1.0", "theano"))
    assert found.index(theano.theano_padding) < found.index(channels_first.channels_last_inside)
    assert theano.theano_padding not in table_for(Writer("Keras", "2.1.0", "tensorflow"))


@pytest.mark.parametrize(
    "refused",
    [
        layer("Conv3D", padding="same", kernel_size=[3, 2, 3], written_by=[1, 2, 2]),
        layer("LegacyDeconvolution2D", padding="same", strides=[2, 2], written_by=[1, 0, 8]),
    ],
)
def test_padding_that_went_by_the_version_of_theano_is_refused(refused):
    with pytest.raises(NotSupported, match="same padding"):
        theano.theano_padding(refused)


@pytest.mark.parametrize(
    ("upgrade", "undated"),
    [
        (keras_1.dated_products, layer("LegacyDot", mode="dot", version=[])),
        (theano.theano_padding, layer("Conv3D", padding="same", written_by=[])),
        (theano.theano_padding, layer("LegacyDeconvolution2D", padding="same", written_by=[])),
    ],
)
def test_what_changed_within_keras_1_asks_for_the_version(upgrade, undated):
    with pytest.raises(NotSupported, match="does not say its own"):
        upgrade(undated)


def test_a_product_on_theano_never_changed():
    keras_1.dated_products(layer("LegacyDot", mode="dot", version=[], backend="theano"))


def test_an_ordering_that_no_layer_says_is_refused():
    with pytest.raises(NotSupported, match="channels first"):
        keras_1.ordering_of_the_others(model(layer("ZeroPadding2D")))
    both = (layer("Convolution2D", dim_ordering="th"), layer("MaxPooling2D", dim_ordering="tf"))
    with pytest.raises(NotSupported, match="channels first"):
        keras_1.ordering_of_the_others(model(layer("Cropping2D"), *both))


def test_what_todays_library_reads_wrongly_is_named():
    bilinear = layer("UpSampling2D", interpolation="bilinear")
    config = {"class_name": "Model", "config": {"layers": [bilinear, layer("GRU")]}}
    found = upgrades.misread_today(config, Writer("Keras", "2.3.1"), "keras-2")
    assert found == ("gru_of_its_day", "bilinear_of_tf1")
    assert upgrades.misread_today(config, writers.keras("2.4.0", None), "tf.keras") == (
        "gru_of_its_day",
    )
