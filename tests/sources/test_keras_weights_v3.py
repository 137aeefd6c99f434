import pathlib

import h5py
import numpy as np
import pytest

from tfmigrate.errors import Damaged, UnsafeContent
from tfmigrate.sources import keras_weights_v3

FIXTURE = pathlib.Path(__file__).parent.parent / "fixtures/sources/k312_quantized_int8/w.weights.h5"


def _described(path):
    assert keras_weights_v3.identify(path) == "keras-weights-v3"
    return keras_weights_v3.describe(path, "keras-weights-v3")


def _weights(path, names):
    with h5py.File(path, "w") as file:
        file.create_group("vars")
        for name in names:
            file[name] = np.full(2, len(name), "f4")
    return path


def test_a_file_of_keras_3():
    source = _described(FIXTURE)
    assert [(t.name, t.group, t.key, t.dtype) for t in source.tensors[:2]] == [
        ("layers/dense/vars/0", "layers/dense", "vars/0", "int8"),
        ("layers/dense/vars/1", "layers/dense", "vars/1", "float32"),
    ]
    assert [layer.name for layer in source.layers] == ["layers/dense", "layers/dense_1"]
    assert source.next_command.endswith("--recipe RECIPE")
    with h5py.File(FIXTURE) as file, keras_weights_v3.values(source) as read:
        for tensor in source.tensors:
            assert np.array_equal(read(tensor.name), file[tensor.name][()])


def test_layers_and_variables_come_in_counting_order(tmp_path):
    names = [f"layers/dense{k}/vars/0" for k in ("_10", "_2", "")]
    names += [f"layers/norm/vars/{k}" for k in range(11)] + ["optimizer/vars/0"]
    names += ["layers/drop/seed_generator/vars/0"]
    source = _described(_weights(tmp_path / "w.h5", names))
    assert [layer.name for layer in source.layers] == [
        "layers/dense", "layers/dense_2", "layers/dense_10", "layers/norm"]  # fmt: skip
    assert [t.key for t in source.tensors if t.group == "layers/norm"] == [
        f"vars/{k}" for k in range(11)]  # fmt: skip
    training = {t.name: t.training for t in source.tensors if t.training}
    assert training == {
        "optimizer/vars/0": "optimizer state",
        "layers/drop/seed_generator/vars/0": "random seed state",
    }


def test_bfloat16_is_what_its_attribute_says(tmp_path):
    path = _weights(tmp_path / "w.h5", [])
    bits = np.array([0x3F80, 0xC000], "<u2")  # 1 and -2
    with h5py.File(path, "a") as file:
        file.create_dataset("layers/dense/vars/0", data=bits.view("V2"))
        file["layers/dense/vars/0"].attrs["dtype"] = "bfloat16"
    source = _described(path)
    assert source.tensors[0].dtype == "bfloat16"
    with keras_weights_v3.values(source) as read:
        assert read("layers/dense/vars/0").astype("f4").tolist() == [1.0, -2.0]


def test_a_variable_that_is_gone_is_damage(tmp_path):
    path = _weights(tmp_path / "w.h5", ["layers/dense/vars/0", "layers/dense/vars/2"])
    with pytest.raises(Damaged, match="do not count up from 0: layers/dense/vars/0"):
        _described(path)


def test_other_datasets_are_told(tmp_path):
    path = _weights(tmp_path / "w.h5", ["layers/dense/vars/0", "layers/dense/extra"])
    assert any("layers/dense/extra" in note for note in _described(path).notes)


def test_links_are_refused_here_too(tmp_path):
    path = _weights(tmp_path / "w.h5", [])
    with h5py.File(path, "a") as file:
        file["layers"] = h5py.ExternalLink("other.h5", "/")
    with pytest.raises(UnsafeContent):
        keras_weights_v3.identify(path)
