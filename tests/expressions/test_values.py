"""Ops against what the runtimes of the day made of it (tests/fixtures/expressions)."""

import json
from pathlib import Path

import numpy as np
import pytest

from tfmigrate.expressions import Dialect, check, evaluate, parse

FIXTURES = Path(__file__).parents[1] / "fixtures" / "expressions"
DIALECTS = {
    "keras-1.2.2": Dialect("keras", (1, 2, 2), 1, "tensorflow", "channels_last"),
    "keras-2.2.4": Dialect("keras", (2, 2, 4), 1, "tensorflow", "channels_last"),
    "keras-2.3.1": Dialect("keras", (2, 3, 1), 1, "tensorflow", "channels_last"),
    "tf.keras-2.8.0": Dialect("tf.keras", (2, 8, 0), 2, "tensorflow", "channels_last"),
}
RECORDED = {name: json.loads((FIXTURES / f"{name}.json").read_text()) for name in DIALECTS}
CASES = [(name, text) for name, found in RECORDED.items() for text in found]


@pytest.fixture(scope="module")
def values():
    import tensorflow as tf

    count = np.arange(24)
    plain = {
        "x": (count.reshape(2, 3, 4) - 11) / 8.0,
        "y": (count[::-1].reshape(2, 4, 3) - 9) / 8.0,
        "m": (np.arange(8).reshape(2, 4) - 3) / 4.0,
        "n": (np.arange(8)[::-1].reshape(2, 4) - 2) / 4.0,
        "im": np.arange(32).reshape(1, 4, 4, 2) % 7 / 4.0,
        "p": (count.reshape(2, 3, 4) % 5 + 1) / 8.0,
    }
    return {name: tf.constant(value, "float32") for name, value in plain.items()}


@pytest.mark.parametrize(("name", "text"), CASES)
def test_as_the_runtime_of_the_day_had_it(name, text, values):
    expression = parse(text)
    check(expression, DIALECTS[name])
    got = np.asarray(evaluate(expression, values, DIALECTS[name]), "float64")
    shape, recorded = RECORDED[name][text]
    assert list(got.shape) == shape
    np.testing.assert_allclose(got.ravel(), recorded, rtol=1e-5, atol=2e-5)
