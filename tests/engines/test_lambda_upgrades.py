import json
from pathlib import Path

import numpy as np
import pytest

from tfmigrate import lambdas
from tfmigrate.engines import keras2, keras3
from tfmigrate.engines.expression_layer import input_ranges
from tfmigrate.engines.lambda_upgrades import expressions, lifted, without_lambdas
from tfmigrate.expressions import from_json, parse, text
from tfmigrate.results import Writer

FIXTURES = Path(__file__).parents[1] / "fixtures" / "lambdas"
STORED = {v: json.loads((FIXTURES / f"py{v}.json").read_text()) for v in ("3.6", "3.9", "3.11")}
KERAS_2 = Writer("Keras", "2.2.4", "tensorflow")
TF_KERAS = Writer("tf.keras", "2.8.0", "tensorflow")
KERAS_3 = Writer("Keras", "3.8.0", "tensorflow")


def _lambda(name, version="3.6", **others):
    config = {
        "name": "lam", "trainable": True, "function": STORED[version][name],
        "function_type": "lambda", "output_shape": None, "output_shape_type": "raw",
        "arguments": {}, **others,
    }  # fmt: skip
    return {"class_name": "Lambda", "config": config, "name": "lam"}


def _sequential(layer, shape=(None, 3, 4)):
    first = {"class_name": "InputLayer", "config": {"batch_input_shape": list(shape), "name": "in"}}
    return {"class_name": "Sequential", "config": {"name": "s", "layers": [first, layer]}}


def test_a_lambda_becomes_an_expression():
    entry = lifted(_lambda("attention"), KERAS_2)
    assert entry["class_name"] == "ExpressionLayer"
    config = entry["config"]
    assert text(from_json(config["expression"])).endswith("K.sum(x * weights, axis=1)")
    assert config["parameter"] == "x"
    assert config["autocast"] is False
    assert config["name"] == "lam"
    assert "function" not in json.dumps(list(config))
    assert "autocast" not in lifted(_lambda("attention"), TF_KERAS)["config"]


def test_the_same_numbers_on_both_libraries():
    x = np.linspace(-1, 1, 24, dtype="float32").reshape(2, 3, 4)
    scores = np.exp((x * x).sum(-1))
    weights = scores / scores.sum(-1, keepdims=True)
    expected = (x * weights[..., None]).sum(1)
    model = keras2.from_config(without_lambdas(_sequential(_lambda("attention")), KERAS_2))
    np.testing.assert_allclose(model(x), expected, rtol=1e-5)
    assert model.output_shape == (None, 4)
    layer = _lambda("attention", "3.11") | {"module": "keras.layers", "registered_name": None}
    code, defaults, closure = STORED["3.11"]["attention"]
    inner = {"code": code, "defaults": defaults, "closure": closure}
    layer["config"]["function"] = {"class_name": "__lambda__", "config": inner}
    first = {"module": "keras.layers", "class_name": "InputLayer", "registered_name": None,
             "config": {"batch_shape": [None, 3, 4], "dtype": "float32", "name": "in"}}  # fmt: skip
    config = {"module": "keras", "class_name": "Sequential", "registered_name": None,
              "config": {"name": "s", "layers": [first, layer]}}  # fmt: skip
    model = keras3.from_config(without_lambdas(config, KERAS_3))
    np.testing.assert_allclose(model(x), expected, rtol=1e-5)


def test_a_mask_reaches_the_function_and_stops_there():
    config = _sequential(_lambda("masked", "3.9"), (None, 3))
    embedding = {"class_name": "Embedding", "config": {
        "name": "e", "input_dim": 5, "output_dim": 2, "mask_zero": True}}  # fmt: skip
    config["config"]["layers"].insert(1, embedding)
    model = keras2.from_config(without_lambdas(config, TF_KERAS))
    table = np.arange(10, dtype="float32").reshape(5, 2)
    model.layers[0].set_weights([table])
    found = model(np.array([[1, 2, 0], [4, 0, 0]], dtype="float32"))
    np.testing.assert_allclose(found, [(table[1] + table[2]) / 2, table[4]])
    assert getattr(found, "_keras_mask", None) is None


def test_the_authors_output_shape_fills_in_what_is_unknown():
    layer = _lambda("shape_list", output_shape=[7])
    layer["config"]["function"] = STORED["3.6"]["identity"]
    model = keras2.from_config(without_lambdas(_sequential(layer, (None, None)), KERAS_2))
    assert model.output_shape == (None, 7)


def test_a_merge_by_a_function():
    merge = {"class_name": "Merge", "name": "m", "config": {
        "name": "m", "mode": STORED["3.6"]["difference"], "mode_type": "lambda", "concat_axis": -1,
        "dot_axes": -1, "output_shape": STORED["3.6"]["identity"], "output_shape_type": "lambda",
        "output_mask": None, "output_mask_type": "raw", "arguments": {}}}  # fmt: skip
    entry = lifted(merge, Writer("Keras", "1.2.2", "tensorflow"))
    assert text(from_json(entry["config"]["expression"])) == "K.abs(x[0] - x[1])"
    assert set(entry["config"]) == {"name", "expression", "parameter", "dialect", "mask",
                                    "output_shape", "autocast"}  # fmt: skip


def test_the_data_format_is_that_of_the_other_layers():
    config = _sequential(_lambda("identity"))
    config["config"]["layers"].insert(
        1, {"class_name": "Flatten", "config": {"name": "f", "data_format": "channels_first"}}
    )
    entry = next(expressions(without_lambdas(config, KERAS_2)))
    assert entry["config"]["dialect"]["data_format"] == "channels_first"


def test_what_cannot_be_lifted_is_an_error_and_the_config_stays_as_it_was():
    config = _sequential(_lambda("evil"))
    before = json.dumps(config)
    with pytest.raises(lambdas.CannotLift):
        without_lambdas(config, KERAS_2)
    assert json.dumps(config) == before


def test_what_a_ctc_loss_takes():
    expression = parse("y = args[0][:, 2:]; K.ctc_batch_cost(args[1], y, args[2], args[3])")
    assert input_ranges(expression, "args") == {1: (0.0, 2.0), 2: (4.0, 5.0), 3: (1.0, 2.0)}
    assert input_ranges(parse("K.exp(args[1])"), "args") == {}
