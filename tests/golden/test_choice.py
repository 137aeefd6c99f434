"""Which runtime a source gets."""

from __future__ import annotations

import json

import pytest

from tfmigrate.errors import UsageProblem
from tfmigrate.golden import choice
from tfmigrate.golden.runtimes import RUNTIMES
from tfmigrate.results import Source, Writer
from tfmigrate.tensors import TensorInfo


def source(name: str = "", version: str = "", backend: str = "", tensors=()) -> Source:
    return Source(
        "m.h5", "keras-h5", "Keras H5", writer=Writer(name, version, backend), tensors=tensors
    )


@pytest.mark.parametrize(
    ("writer", "backend", "expected"),
    [
        (("Keras", "1.2.2"), "tensorflow", "keras-1.2.2"),
        (("Keras", "1.1.0"), "theano", "keras-1.2.2-theano"),
        (("Keras", "1.0.7"), "theano", "keras-1.0.8"),
        (("Keras", "1.0.7"), "tensorflow", "keras-1.0.8-tensorflow"),
        (("Keras", "2.0.5", "theano"), "", "keras-2.0.8-theano"),
        (("Keras", "2.0.5", "tensorflow"), "", "keras-2.0.8"),
        (("Keras", "2.2.0"), "", "keras-2.2.4"),
        (("Keras", "2.3.1", "tensorflow"), "", "keras-2.3.1"),
        (("Keras", "3.1.1"), "", "keras-3.3.3"),
        (("Keras", "3.12.0"), "", "keras-3.12.0"),
        (("tf.keras", "2.1.6-tf", "tensorflow"), "", "tensorflow-1.12"),
        (("tf.keras", "2.2.4-tf", "tensorflow"), "", "tensorflow-1.15"),
        (("tf.keras", "2.4.0", "tensorflow"), "", "tensorflow-2.3"),
        (("tf.keras", "2.15.0", "tensorflow"), "", "tensorflow-2.15"),
        (("TensorFlow", "1.4.1"), "", "tensorflow-1.4"),
        (("TensorFlow", "1.13.1"), "", "tensorflow-1.15"),
        (("TensorFlow", "2.16.1"), "", "keras-3.3.3"),
    ],
)
def test_the_nearest_to_what_wrote_it(writer, backend, expected):
    found = choice.choose(source(*writer), backend)
    assert found is RUNTIMES[expected]
    assert expected in choice.why(source(*writer), found)
    assert writer[1] in choice.why(source(*writer), found)


def test_names_of_weights_give_keras_0_away():
    tensors = (TensorInfo("layer_0/param_0", (2, 3), "float32", "layer_0", key="param_0"),)
    assert choice.choose(source(tensors=tensors), "theano").name == "keras-0.3.3"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (json.dumps({"class_name": "Model", "keras_version": "1.0.8"}), "keras-1.0.8"),
        ("class_name: Model\nkeras_version: 1.2.2\n", "keras-1.2.2-theano"),
        (json.dumps({"name": "Sequential", "layers": []}), "keras-0.3.3"),
        ("name: Graph\nnodes: {}\n", "keras-0.3.3"),
    ],
)
def test_the_architecture_beside_weights_says_it(tmp_path, text, expected):
    (tmp_path / "model.json").write_text(text)
    found = choice.choose(source("Keras"), "theano", tmp_path / "model.json")
    assert found.name == expected


def test_without_a_version_it_is_refused_and_every_name_is_said():
    with pytest.raises(UsageProblem) as caught:
        choice.choose(source("Keras"))
    assert "does not say which version wrote it" in caught.value.what
    assert all(name in caught.value.help for name in RUNTIMES)


def test_a_backend_that_no_file_says_is_never_guessed():
    with pytest.raises(UsageProblem) as caught:
        choice.choose(source("Keras", "1.2.2"))
    assert "--runtime keras-1.2.2 or keras-1.2.2-theano" in caught.value.help


@pytest.mark.parametrize("writer", [("Keras", "4.0"), ("Keras", "2.3.1", "cntk"), ("Caffe", "1.0")])
def test_what_no_row_is_for_is_refused(writer):
    with pytest.raises(UsageProblem, match="no runtime can be chosen"):
        choice.choose(source(*writer))
