"""What to_json() of Keras 0 wrote, in the terms of Keras 1."""

from __future__ import annotations

import json

import pytest

from tfmigrate.errors import NotSupported
from tfmigrate.recipe import keras_0, keras_text


def dense(**config):
    return {"name": "Dense", "custom_name": "dense", "output_dim": 2, **config}


def names(model):
    return [x["config"]["name"] for x in model["config"]]


def test_the_class_was_called_name_and_layers_get_names_of_their_own():
    data = {"name": "Sequential", "layers": [dense(input_shape=[3]), dense()]}
    assert keras_0.is_model(data)
    found = keras_0.as_keras_1(data)
    assert found["class_name"] == "Sequential"
    assert found["keras_version"] == "0.3"
    assert names(found) == ["dense", "dense_2", "out"]
    assert found["config"][0]["config"]["batch_input_shape"] == [None, 3]
    assert found["config"][0]["class_name"] == "Dense"


def test_json_and_yaml_of_keras_0_are_models():
    text = json.dumps({"name": "Sequential", "layers": [dense(input_shape=[3])]})
    assert keras_text.is_json_model(text)
    assert keras_text.read_json(text, "model.json")["class_name"] == "Sequential"
    assert keras_text.is_yaml_model("layers: []\nname: Sequential\n")
    assert not keras_text.is_yaml_model("name: textgenrnn\n")


def test_the_input_shape_of_an_embedding_was_no_shape():
    layer = {"name": "Embedding", "input_dim": 9, "input_length": 4, "input_shape": [9]}
    found, _ = keras_0.as_keras_1({"name": "Sequential", "layers": [layer]})["config"]
    assert found["config"]["batch_input_shape"] == [None, 4]
    assert found["config"]["input_dtype"] == "int32"


def test_a_merge_keeps_its_branches():
    branch = {"name": "Sequential", "layers": [dense(input_shape=[3])]}
    merge = {"name": "Merge", "mode": "sum", "layers": [branch, branch]}
    found, _ = keras_0.as_keras_1({"name": "Sequential", "layers": [merge]})["config"]
    inner = [x["config"][0]["config"]["name"] for x in found["config"]["layers"]]
    assert inner == ["dense", "dense_2"]
    inputs = [x["config"][0]["config"]["input_name"] for x in found["config"]["layers"]]
    assert inputs == ["input_0", "input_1"]


def graph(**more):
    return {
        "name": "Graph",
        "input_config": [{"name": "a", "input_shape": [3]}, {"name": "b", "input_shape": [3]}],
        "node_config": [
            {"name": "n", "input": None, "inputs": ["a", "b"], "merge_mode": "sum",
             "concat_axis": -1, "dot_axes": -1},
        ],
        "output_config": [{"name": "out", "input": "n"}],
        "nodes": {"n": dense()},
        **more,
    }  # fmt: skip


def test_a_graph_becomes_a_functional_model():
    config = keras_0.as_keras_1(graph())["config"]
    assert [x["name"] for x in config["layers"]] == ["a", "b", "n_merge", "n", "out"]
    nodes = {x["name"]: x["inbound_nodes"] for x in config["layers"]}
    assert nodes["n_merge"] == [[["a", 0, 0], ["b", 0, 0]]]
    assert nodes["n"] == [[["n_merge", 0, 0]]]
    assert config["output_layers"] == [["out", 0, 0]]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (graph(nodes={"n": {"name": "Siamese"}}), "shares a layer"),
        (
            {
                "name": "Sequential",
                "layers": [{"name": "AutoEncoder", "output_reconstruction": False}],
            },
            "answers with its code",
        ),
    ],
)
def test_what_is_not_rebuilt_is_refused(data, why):
    with pytest.raises(NotSupported, match=why):
        keras_0.as_keras_1(data)


def test_an_autoencoder_is_its_halves_in_a_row():
    halves = {"encoder_config": {"name": "Sequential", "layers": [dense()]},
              "decoder_config": dense()}  # fmt: skip
    data = {"name": "Sequential", "layers": [{"name": "AutoEncoder", **halves}]}
    assert names(keras_0.as_keras_1(data)) == ["dense", "dense_2", "out"]
