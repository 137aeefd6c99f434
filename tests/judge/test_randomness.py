"""Which layers draw random numbers by design, and what is left to compare."""

from __future__ import annotations

import numpy as np
import pytest

from tfmigrate.errors import NotProved
from tfmigrate.expressions import as_json, parse
from tfmigrate.judge import randomness


def model(*layers):
    return {"class_name": "Model", "config": {"layers": list(layers)}}


def expression(name, text):
    config = {"name": name, "expression": as_json(parse(text))}
    return {"class_name": "ExpressionLayer", "config": config}


def noise(name, training):
    return {
        "class_name": "Dropout",
        "config": {"name": name},
        "inbound_nodes": [[["x", 0, 0, {"training": training}]]],
    }


def test_only_what_draws_is_named():
    found = randomness.drawing(
        model(
            expression("z", "x + K.random_normal(K.shape(x))"),
            expression("plain", "x * 2"),
            noise("active", True),
            noise("asleep", False),
        )
    )
    assert found == ("z", "active")


def test_random_outputs_are_left_out_and_something_has_to_be_left():
    answers = [{"z": np.zeros(2), "mean": np.ones(2)}]
    assert [list(a) for a in randomness.without(answers, ["z"])] == [["mean"]]
    with pytest.raises(NotProved, match="every output is random"):
        randomness.without(answers, ["z", "mean"])
