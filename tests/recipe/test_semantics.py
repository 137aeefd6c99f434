from __future__ import annotations

import pytest

from tfmigrate.recipe.layer_names import layers
from tfmigrate.recipe.semantics import CHANGED, ELSEWHERE, SEMANTICS, defaults, engine_of


def decided(layer: str, name: str, **given: object) -> dict[str, object]:
    return {d.argument: d.value for d in defaults(layer, given, name) if d.decided}


@pytest.mark.parametrize(
    ("name", "gates", "reset"),
    [
        ("keras-1.2", "hard_sigmoid", False),
        ("keras-2.0", "hard_sigmoid", False),
        ("keras-2.2", "hard_sigmoid", False),
        ("keras-2.3", "sigmoid", False),
        ("tf.keras-1.x", "hard_sigmoid", False),
        ("tf.keras-1.15", "hard_sigmoid", False),
        ("tf.keras-2.0", "sigmoid", True),
        ("tf.keras-2.15", "sigmoid", True),
        ("keras-3", "sigmoid", True),
        ("tf1-layers", "sigmoid", False),
    ],
)
def test_recurrent_layers(name: str, gates: str, reset: bool) -> None:
    assert decided("GRU", name) == {"recurrent_activation": gates, "reset_after": reset}
    assert decided("LSTM", name) == {"recurrent_activation": gates}


@pytest.mark.parametrize(
    ("name", "gates"),
    [("keras-2.3", "hard_sigmoid"), ("tf.keras-2.15", "hard_sigmoid"), ("keras-3", "sigmoid")],
)
def test_conv_lstm(name: str, gates: str) -> None:
    assert decided("ConvLSTM2D", name) == {"recurrent_activation": gates}


@pytest.mark.parametrize(
    ("name", "epsilon", "momentum"),
    [
        ("keras-0.3", 1e-6, 0.9),
        ("keras-1.0.7", 1e-6, 0.99),
        ("keras-1.1", 1e-5, 0.99),
        ("keras-1.2", 1e-3, 0.99),
        ("tf.keras-2.8", 1e-3, 0.99),
    ],
)
def test_batch_normalization(name: str, epsilon: float, momentum: float) -> None:
    assert decided("BatchNormalization", name) == {"epsilon": epsilon, "momentum": momentum}


def test_slim_is_another_library() -> None:
    assert decided("BatchNormalization", "slim") == {
        "epsilon": 1e-3,
        "momentum": 0.999,
        "scale": False,
    }
    assert decided("Conv2D", "slim", activation="relu") == {"padding": "same"}
    assert decided("MaxPooling2D", "slim", pool_size=2) == {"strides": 2}


def test_leaky_relu_has_two_names_for_its_slope() -> None:
    assert decided("LeakyReLU", "keras-3") == {"negative_slope": 0.3}
    assert decided("LeakyReLU", "tf.keras-2.8") == {"alpha": 0.3}
    assert decided("LeakyReLU", "tf1-layers") == {"alpha": 0.2}
    assert decided("LeakyReLU", "keras-3", negative_slope=0.1) == {}


def test_what_is_given_is_left_alone() -> None:
    assert decided("LSTM", "keras-2.2", recurrent_activation="tanh") == {}


def test_what_no_semantics_decides_is_told() -> None:
    (left,) = defaults("LSTM", {}, None)
    assert not left.decided
    assert [d.argument for d in defaults("Dense", {}, None)] == []
    assert not any(d.decided for d in defaults("ConvLSTM2D", {}, "slim"))


def test_which_engine_rebuilds_it() -> None:
    assert {engine_of(n) for n in SEMANTICS if n != "keras-3"} == {"keras2"}
    assert engine_of("keras-3") == "keras3"
    assert engine_of(None) == "keras2"


def test_the_tables_name_real_layers_arguments_and_columns() -> None:
    columns = set(SEMANTICS.values())
    known = layers("keras2")
    for (layer, argument), row in {**CHANGED, **ELSEWHERE}.items():
        assert argument in known[layer].accepted, (layer, argument)
        # What changed within TensorFlow 1 has columns that no semantics stands for.
        assert row.keys() <= columns or layer.startswith("tf1.")
