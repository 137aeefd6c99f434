"""In a process of its own: names that TensorFlow's own checkpoints give, against ours."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SCRIPT = """
import json, os, sys, tempfile
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
import tf_keras as keras
from tfmigrate.engines.keras2 import built
L = keras.layers
x = keras.Input((5, 4), name="x")
h = L.Bidirectional(L.GRU(3, return_sequences=True), name="bi")(x)
h = L.TimeDistributed(L.Dense(3), name="td")(h)
h = L.MultiHeadAttention(2, 3, name="mha")(h, h)
h = L.LSTM(4, return_sequences=True, name="rnn")(h)
h = L.RNN([L.LSTMCell(3), L.LSTMCell(2)], name="stack")(h)
out = L.Dense(2, name="out")(h)
model = keras.Model(x, out)
holder = tf.Module()
for layer in model.layers:
    setattr(holder, layer.name, layer)
path = tf.train.Checkpoint(holder=holder).write(os.path.join(tempfile.mkdtemp(), "ck"))
stored = [n for n, _ in tf.train.list_variables(path) if n.startswith("holder/")]
keys = [[v.name, *v.keys] for v in built(model).infos]
print(json.dumps({"stored": stored, "keys": keys}))
"""


@pytest.fixture(scope="module")
def names() -> dict[str, list]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_each_variable_has_the_name_of_a_checkpoint(names) -> None:
    tail = "/.ATTRIBUTES/VARIABLE_VALUE"
    stored = {n.removeprefix("holder/").removesuffix(tail) for n in names["stored"]}
    assert len(stored) == 27
    for variable in names["keys"]:
        assert stored & set(variable), variable
    assert stored <= {name for variable in names["keys"] for name in variable}


def test_the_short_name_will_do_where_it_is_one(names) -> None:
    known = {name: variable[0] for variable in names["keys"] for name in variable}
    assert known["rnn/kernel"] == "rnn/lstm_cell/kernel"
    assert known["td/kernel"].startswith("td/")
    assert "bi/kernel" not in known
    assert "stack/kernel" not in known


def test_a_chain_has_the_numbers_of_its_layers(names) -> None:
    assert all(not n.startswith("layer_with") for variable in names["keys"] for n in variable)
    script = SCRIPT.partition("x = keras.Input")[0] + CHAIN
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert set(found["stored"]) <= {name for variable in found["keys"] for name in variable}
    assert len(found["stored"]) == 8


CHAIN = """
model = keras.Sequential([
    L.Embedding(5, 3, input_shape=(4,), name="e"), L.Dropout(0.1), L.LSTM(4, name="l"),
    L.Dense(2, name="a"), L.Dense(2, name="b"),
])
path = os.path.join(tempfile.mkdtemp(), "w")
model.save_weights(path)
tail = "/.ATTRIBUTES/VARIABLE_VALUE"
stored = [n.removesuffix(tail) for n, _ in tf.train.list_variables(path) if n.endswith(tail)]
keys = [[v.name, *v.keys] for v in built(model).infos]
print(json.dumps({"stored": stored, "keys": keys}))
"""
