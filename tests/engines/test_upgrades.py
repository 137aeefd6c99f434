"""Each upgrade: what a Keras of the day wrote, and what it becomes."""

from __future__ import annotations

import copy

import pytest

from tfmigrate.engines import upgrades
from tfmigrate.engines.upgrades import keras_2
from tfmigrate.results import Writer


def layer(class_name: str, **config):
    return {"class_name": class_name, "config": {"name": "x", **config}}


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
    (
        keras_2.gru_of_its_day,
        layer("GRU", reset_after=True),
        layer("GRU", reset_after=True),
    ),
    (keras_2.forget_state, layer("LSTM", stateful=True), layer("LSTM", stateful=False)),
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
]


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
    assert upgrades.table_for(Writer("Keras", version)) is table


def test_what_todays_library_reads_wrongly_is_named():
    bilinear = layer("UpSampling2D", interpolation="bilinear")
    config = {"class_name": "Model", "config": {"layers": [bilinear, layer("GRU")]}}
    found = upgrades.misread_today(config, Writer("Keras", "2.3.1"))
    assert found == ("gru_of_its_day", "bilinear_of_tf1")
    assert upgrades.misread_today(config, Writer("Keras", "2.4.0")) == ("gru_of_its_day",)
