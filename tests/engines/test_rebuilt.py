"""Both engines in workers of their own, on configs as the Kerases of the day wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfmigrate.errors import NotSupported, RecipeProblem, WorkerDied
from tfmigrate.workers.client import Limits, Server

GIB = 1 << 30


@pytest.fixture(scope="module")
def server():
    with Server(("tensorflow",), path=(str(Path(__file__).parent),)) as server:
        yield server


def sequential(*layers, **config):
    return {"class_name": "Sequential", "config": {"name": "s", "layers": list(layers), **config}}


def layer(class_name: str, name: str, **config):
    return {"class_name": class_name, "config": {"name": name, **config}}


def build(server, config, engine="keras2", memory=2 * GIB):
    payload = {"engine": engine, "config": config}
    return server.start("engine_tasks:build", payload, Limits(memory=memory)).result()


def test_no_variable_is_initialised_be_it_five_gigabytes(server):
    big = layer(
        "Embedding", "emb", batch_input_shape=[None, 4], input_dim=20_000_000, output_dim=64
    )
    found = build(server, sequential(big, layer("LSTM", "rnn", units=3)))
    assert found["valued"] == []
    assert [i["name"] for i in found["infos"]] == [
        "emb/embeddings",
        "rnn/lstm_cell/kernel",
        "rnn/lstm_cell/recurrent_kernel",
        "rnn/lstm_cell/bias",
    ]


def test_the_values_an_embedding_can_take_are_known(server):
    emb = layer("Embedding", "emb", batch_input_shape=[None, None], input_dim=7, output_dim=2)
    found = build(server, sequential(emb, layer("GlobalMaxPooling1D", "pool")))
    (hint,) = found["hints"].values()
    assert (hint["low"], hint["high"]) == (0, 7)


def test_lengths_are_such_that_something_is_left(server):
    crop = layer("Cropping1D", "crop", batch_input_shape=[None, None, 4], cropping=[100, 100])
    found = build(server, sequential(crop, layer("Conv1D", "conv", filters=2, kernel_size=3)))
    (hint,) = found["hints"].values()
    assert hint["lengths"] == [224, 256, 512]


def test_keras_3_variables_know_their_key_in_the_archive(server):
    config = {
        "module": "keras",
        "class_name": "Sequential",
        "registered_name": None,
        "config": {
            "name": "s",
            "layers": [
                {
                    "module": "keras.layers",
                    "class_name": name,
                    "registered_name": None,
                    "config": config,
                }
                for name, config in (
                    ("InputLayer", {"name": "x", "batch_shape": [None, 3], "dtype": "float32"}),
                    ("Dense", {"name": "first", "units": 2}),
                    ("Dense", {"name": "second", "units": 2}),
                )
            ],
        },
    }
    found = build(server, config, "keras3")
    keys = {i["name"]: i["keys"] for i in found["infos"]}
    assert keys["second/kernel"] == ["layers/dense_1/vars/0"]
    assert found["valued"] == []


def test_a_config_that_keras_does_not_take_is_refused_with_its_words(server):
    with pytest.raises(NotSupported, match="does not build this architecture"):
        build(server, sequential(layer("Dense", "d", batch_input_shape=[None, 3], units=-5)))


def test_it_is_inference_dropout_off_and_batch_norm_frozen(server):
    layers = [
        layer("BatchNormalization", "bn", batch_input_shape=[None, 2], epsilon=0.5),
        layer("Dropout", "drop", rate=0.9),
        layer("GaussianNoise", "noise", stddev=5.0),
    ]
    payload = {"engine": "keras2", "config": sequential(*layers)}
    found = server.start("engine_tasks:answers", payload, Limits(memory=2 * GIB)).result()
    assert found["same"]
    # (1 - 0.5) / sqrt(0.5 + 0.5) * 0.5 + 0.5
    assert found["answers"] == {"noise": [[0.75, 0.75], [0.75, 0.75]]}


ARCHITECTURE = {
    "inputs": {
        "left": {"shape": [None, 5, 4], "dtype": "float32"},
        "right": {"shape": [None, 5, 4], "dtype": "float32"},
    },
    "layers": [
        {"name": "lstm", "layer": "LSTM", "from": "left",
         "with": {"units": 3, "return_sequences": True, "return_state": True}},
        {"name": "shared", "layer": "Dense", "from": "left", "with": {"units": 4}},
        {"name": "again", "call_layer": "shared", "from": "right"},
        {"name": "mha", "layer": "MultiHeadAttention", "with": {"num_heads": 2, "key_dim": 2},
         "from": {"query": "shared", "value": "again"}},
        {"name": "td", "layer": "TimeDistributed", "from": "mha",
         "with": {"layer": {"layer": "Dense", "with": {"units": 2}}}},
    ],
    "outputs": {"sequence": "lstm", "state": "lstm.1", "attended": "td"},
}  # fmt: skip


@pytest.mark.parametrize("engine", ["keras2", "keras3"])
def test_a_recipe_is_assembled_by_both(server, engine):
    payload = {"engine": engine, "architecture": ARCHITECTURE}
    found = server.start("engine_tasks:assemble", payload, Limits(memory=2 * GIB)).result()
    names = [s["name"] for s in found["signature"]["outputs"]]
    shapes = [s["shape"] for s in found["signature"]["outputs"]]
    assert names == ["sequence", "state", "attended"]
    assert shapes == [[None, 5, 3], [None, 3], [None, 5, 2]]
    kernels = [i["name"] for i in found["infos"] if i["owners"][0] == "shared"]
    assert sorted(kernels) == ["shared/bias", "shared/kernel"]


def test_a_layer_that_keras_refuses_is_named(server):
    broken = {**ARCHITECTURE, "layers": [*ARCHITECTURE["layers"]]}
    broken["layers"][1] = {"name": "shared", "layer": "Dense", "from": "left", "with": {"unit": 4}}
    payload = {"engine": "keras2", "architecture": broken}
    worker = server.start("engine_tasks:assemble", payload, Limits(memory=2 * GIB))
    with pytest.raises(RecipeProblem) as raised:
        worker.result()
    assert raised.value.problems[0].where == "entry:shared"


def test_a_big_value_is_held_once_beside_its_source(server):
    limits = Limits(memory=int(1.6 * GIB), seconds=60)
    payload = {"megabytes": 512, "plain": False}
    assert server.start("engine_tasks:fill_one", payload, limits).result() == {"last": 3.0}
    worker = server.start("engine_tasks:fill_one", {**payload, "plain": True}, limits)
    with pytest.raises(WorkerDied):  # the array, an eager tensor and the variable
        worker.result()
