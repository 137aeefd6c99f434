"""The recorder really run, in this Python, on files that old runtimes wrote."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tfmigrate.golden import script

HERE = Path(__file__).parent
FIXTURES = HERE.parent / "fixtures"
TWO = FIXTURES / "keras2_two_outputs"
MNIST = FIXTURES / "keras2_mnist_cnn"
K3 = FIXTURES / "keras3_functional"
GRAPH = FIXTURES / "graphs" / "queue_train"
SAVED = FIXTURES / "tfkeras28_functional"
MINE = FIXTURES / "tf23_mymodel_ckpt"

AUTHOR = """
import tf_keras

class MyModel(tf_keras.Model):
    def __init__(self):
        super().__init__()
        self.conv1 = tf_keras.layers.Conv2D(8, 3, activation="relu")
        self.flatten = tf_keras.layers.Flatten()
        self.d1 = tf_keras.layers.Dense(6, activation="relu")
        self.d2 = tf_keras.layers.Dense(10)

    def call(self, x):
        return self.d2(self.d1(self.flatten(self.conv1(x))))

def build():
    return MyModel()

def without_a_layer(path):
    raise RuntimeError("asked for " + path.rpartition("/")[2])

class Random(tf_keras.Model):
    def call(self, x):
        import tensorflow as tf
        return {"mean": x, "z": x + tf.random.normal(tf.shape(x))}

def draw(path):
    return Random()

class Other(MyModel):
    def __init__(self):
        super().__init__()
        self.d3 = tf_keras.layers.Dense(3)

    def call(self, x):
        return self.d3(super().call(x))
"""


def given(case: Path) -> list[str]:
    return ["--inputs", str(case / "golden.npz")]


def jobs(folder: Path) -> dict[str, list[str]]:
    author = folder / "author_code.py"
    author.write_text(AUTHOR)
    graph = ["--input", "images=images:0", "--output", "probs=probs:0"]
    graph += ["--output", "logits=logits/BiasAdd:0", "--feed", "phase_train:0=false"]
    graph += ["--feed", "keep_prob:0=1.0"]
    architecture = ["--architecture", str(MNIST / "model.json")]
    checkpoint = str(MINE / "ckpts_foreign" / "ckpt-3")
    asked = {
        "two": [str(TWO / "model.h5"), *given(TWO), "--activations"],
        "made": [str(TWO / "model.h5"), "--seed", "3"],
        "again": [str(TWO / "model.h5"), "--seed", "3"],
        "weights": [str(MNIST / "weights.h5"), *given(MNIST), *architecture],
        "bare": [str(MNIST / "weights.h5"), *given(MNIST)],
        "k3": [str(K3 / "model.keras"), *given(K3), "--activations"],
        "graph": [str(GRAPH / "model.ckpt.meta"), *given(GRAPH), *graph, "--activations"],
        "unnamed": [str(GRAPH / "model.ckpt"), *given(GRAPH)],
        "misspelt": [
            str(GRAPH / "model.ckpt"),
            "--input",
            "images=image:0",
            "--output",
            "probs=probs:0",
        ],
        "saved": [str(SAVED / "saved_model"), *given(SAVED)],
        "checkpoint": [checkpoint, *given(MINE), "--code", f"{author}:build"],
        "unfit": [checkpoint, *given(MINE), "--code", f"{author}:Other"],
        "own": [checkpoint, *given(MINE), "--code", f"{author}:without_a_layer"],
        "random": [checkpoint, *given(MINE), "--code", f"{author}:draw"],
        "inputs": [str(TWO / "model.h5"), *given(MNIST)],
        "keras1": [str(FIXTURES / "old_keras" / "k122_lstm_cpu" / "model.h5")],
    }
    return {n: [*a, "--out", str(folder / f"{n}.npz")] for n, a in asked.items()}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Exit codes, what was said, and the folder of the golden files."""
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "recorder.py").write_text(script.source(), "utf-8")
    command = [sys.executable, "-W", "ignore", str(HERE / "record_many.py"), str(folder)]
    done = subprocess.run(
        [*command, json.dumps(jobs(folder))],
        capture_output=True, text=True, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = {part.partition("\n")[0]: part for part in done.stderr.split("==")[1:]}
    return json.loads(done.stdout.splitlines()[-1]), said, folder


def arrays(ran, name: str) -> dict[str, np.ndarray]:
    codes, said, folder = ran
    assert codes[name] == 0, said.get(name)
    with np.load(folder / f"{name}.npz", allow_pickle=False) as stream:
        return {n: stream[n] for n in stream.files}


def meta(ran, name: str) -> dict:
    return json.loads(arrays(ran, name)["meta"].tobytes())


@pytest.mark.parametrize(
    ("name", "case"),
    [("two", TWO), ("weights", MNIST), ("k3", K3), ("graph", GRAPH), ("saved", SAVED)],
)
def test_the_answers_of_the_runtime_that_wrote_it_are_reproduced(ran, name, case):
    found = arrays(ran, name)
    with np.load(case / "golden.npz") as golden:
        names = [n for n in golden.files if n.startswith(("inputs/", "outputs/"))]
        assert {n for n in found if n.startswith(("inputs/", "outputs/"))} == set(names)
        for each in names:
            assert found[each].dtype == golden[each].dtype
            np.testing.assert_allclose(found[each], golden[each], rtol=1e-4, atol=1e-5)


def test_a_checkpoint_runs_through_the_authors_code(ran):
    found = arrays(ran, "checkpoint")
    with np.load(MINE / "golden.npz") as golden:
        (expected,) = (golden[n] for n in golden.files if n.startswith("outputs/"))
    np.testing.assert_allclose(found["outputs/output_1"], expected, rtol=1e-4, atol=1e-5)


def test_values_that_no_checkpoint_gave_are_refused(ran):
    codes, said, folder = ran
    assert codes["unfit"] == 3
    assert "variables of the model are not in the checkpoint" in said["unfit"]
    assert not (folder / "unfit.npz").exists()


def test_a_builder_with_an_argument_gets_the_path(ran):
    codes, said, _ = ran
    assert codes["own"] == 1
    assert "failed: RuntimeError: asked for ckpt-3" in said["own"]


def test_an_output_that_is_random_is_noted(ran):
    (note,) = (n for n in meta(ran, "random")["notes"] if "activations" not in n)
    assert note == "output z differs from run to run: nothing can be compared with it"


def test_every_layer_answers_nested_ones_by_their_path(ran):
    found = arrays(ran, "two")
    layers = {n.removeprefix("activations/") for n in found if n.startswith("activations/")}
    assert {"embedding", "lstm", "encoder/frozen", "encoder/tuned", "rating"} <= layers
    np.testing.assert_array_equal(found["activations/rating"], found["outputs/rating"])
    assert any(name.endswith("#2") for name in layers)  # the shared layer
    np.testing.assert_array_equal(
        arrays(ran, "k3")["activations/score"], arrays(ran, "k3")["outputs/score"]
    )
    graph = arrays(ran, "graph")
    assert any(n.startswith("activations/") and graph[n].ndim == 4 for n in graph)


def test_made_up_probes_know_the_model(ran):
    found = arrays(ran, "made")
    ids = found["inputs/ids"]
    assert ids.shape == (5, 12)
    assert ids.dtype == np.int32
    assert 2 < ids.max() < 20
    assert sorted({n.split("/")[1] for n in found if n.startswith("more/")}) == ["1", "2", "3", "4"]
    assert [found[f"more/{i}/inputs/ids"].shape for i in (1, 2)] == [(1, 12), (2, 16)]
    assert not found["more/3/inputs/features"].any()
    assert (found["more/4/inputs/ids"] == 1).all()
    assert found["more/2/outputs/category"].shape == (2, 4)
    assert meta(ran, "made")["inputs"] == "made up from seed 3"


def test_the_same_seed_gives_the_same_bytes(ran):
    _, _, folder = ran
    assert (folder / "made.npz").read_bytes() == (folder / "again.npz").read_bytes()


def test_meta_names_versions_and_hashes_and_no_path(ran):
    found = meta(ran, "weights")
    weights, model = MNIST / "weights.h5", MNIST / "model.json"
    assert found["source"] == {"weights.h5": hashlib.sha256(weights.read_bytes()).hexdigest()}
    assert found["beside"] == {"model.json": hashlib.sha256(model.read_bytes()).hexdigest()}
    assert found["versions"]["python"] == sys.version.split()[0]
    assert {"tf_keras", "tensorflow", "numpy", "h5py", "backend"} <= set(found["versions"])
    assert "keras" not in found["versions"]  # TensorFlow imports one that ran nothing
    assert found["notes"] == ["the file is of Keras 2.2.4, it was run by tf_keras 2.21.0"]
    for name in ("weights", "graph", "saved", "checkpoint"):
        text = json.dumps(meta(ran, name))
        assert str(FIXTURES) not in text
        assert str(ran[2]) not in text
    assert {"saved_model.pb", "variables/variables.index"} <= set(meta(ran, "saved")["source"])
    assert len(meta(ran, "graph")["source"]) == 3


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("bare", 2, "the file holds weights only: give --architecture"),
        ("unnamed", 2, "Placeholders: images:0"),
        ("misspelt", 2, "the graph has no tensor image:0; did you mean images:0"),
        ("inputs", 2, "the model's inputs are features, ids, given are conv2d_1_input"),
        ("keras1", 6, "no Keras here is of the time of this file (1.2.2): keras here is 3."),
    ],
)
def test_what_does_not_fit_ends_with_a_sentence(ran, name, code, said):
    codes, texts, folder = ran
    assert codes[name] == code
    assert said in texts[name]
    assert not (folder / f"{name}.npz").exists()
