import json
import pathlib
import time

import h5py
import numpy as np
import pytest

from tfmigrate.errors import Damaged, SourceProblem, UnsafeContent
from tfmigrate.results import LayerInfo, Source
from tfmigrate.sources import keras_h5
from tfmigrate.tensors import as_json, from_json

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures" / "sources"

DENSE = {"class_name": "Sequential", "config": {"name": "m", "layers": [
    {"class_name": "Dense", "config": {"name": "d", "units": 2}},
    {"class_name": "Flatten", "config": {"name": "f"}}]}}  # fmt: skip


def _described(path):
    kind = keras_h5.identify(path)
    assert kind is not None
    return keras_h5.describe(path, kind)


def _model(path, config=None, version="2.3.1", weights=("d/kernel:0", "d/bias:0"), text=bytes):
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = text(version, "utf-8") if text is bytes else version
        file.attrs["backend"] = b"tensorflow" if text is bytes else "tensorflow"
        config = json.dumps(config or DENSE)
        file.attrs["model_config"] = config.encode() if text is bytes else config
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"d", b"f"]
        layer = group.create_group("d")
        layer.attrs["weight_names"] = [w.encode() for w in weights]
        for weight in dict.fromkeys(weights):
            layer[weight] = np.ones((3, 2) if "kernel" in weight else (2,), "f4")
        group.create_group("f").attrs["weight_names"] = []
    return path


@pytest.mark.parametrize(
    ("case", "kind", "writer", "layers", "tensors"),
    [
        ("k122_rnn_gpu_mode/model.h5", "keras-h5", ("Keras", "1.2.2", ""), 3, 6),
        ("k122th_weights_only_recipe/weights.h5", "keras-h5-weights", ("Keras", "", ""), 6, 6),
        (
            "k208_slash_names/weights.h5",
            "keras-h5-weights",
            ("Keras", "2.0.8", "tensorflow"),
            7,
            10,
        ),
        ("k224_rnn_defaults/model.h5", "keras-h5", ("Keras", "2.2.4", "tensorflow"), 3, 6),
        ("k333_seq2seq/model.h5", "keras3-h5", ("Keras", "3.3.3", "tensorflow"), 5, 8),
    ],
)
def test_files_of_the_real_runtimes(case, kind, writer, layers, tensors):
    source = _described(FIXTURES / case)
    assert source.kind == kind
    assert (source.writer.name, source.writer.version, source.writer.backend) == writer
    assert (len(source.layers), len(source.tensors)) == (layers, tensors)
    assert source.size == (FIXTURES / case).stat().st_size
    assert from_json(Source, json.loads(json.dumps(as_json(source)))) == source
    with h5py.File(FIXTURES / case) as file, keras_h5.values(source) as read:
        start = file["model_weights"] if source.architecture else file
        for tensor in source.tensors:
            assert np.array_equal(read(tensor.name), start[tensor.group][tensor.key][()])


def test_layers_with_slashes_keep_their_weights_apart():
    source = _described(FIXTURES / "k208_slash_names" / "weights.h5")
    layers = {layer.name: layer.weights for layer in source.layers}
    assert layers["block1/conv"] == ("block1/conv/block1/conv/kernel:0",
                                     "block1/conv/block1/conv/bias:0")  # fmt: skip
    assert layers["block1/conv/bn"][0] == "block1/conv/bn/block1/conv/bn/gamma:0"


def test_file_order_and_classes_are_kept():
    source = _described(FIXTURES / "k224_rnn_defaults" / "model.h5")
    assert [(layer.name, layer.class_name) for layer in source.layers] == [
        ("seq", "InputLayer"), ("lstm_1", "LSTM"), ("gru_1", "GRU")]  # fmt: skip
    assert [t.key for t in source.tensors[:3]] == [
        "lstm_1/kernel:0", "lstm_1/recurrent_kernel:0", "lstm_1/bias:0"]  # fmt: skip
    assert source.next_command.startswith("tfmigrate h5-to-savedmodel ")
    assert source.next_command.endswith(" OUTPUT")


@pytest.mark.parametrize("text", [bytes, str])
def test_attributes_of_h5py_2_and_3(tmp_path, text):
    source = _described(_model(tmp_path / "m.h5", text=text))
    assert source.architecture == DENSE
    assert source.layers == (
        LayerInfo("d", "Dense", ("d/d/kernel:0", "d/d/bias:0")),
        LayerInfo("f", "Flatten", ()),
    )


def test_keras_0_counts_its_layers(tmp_path):
    path = tmp_path / "w.h5"
    with h5py.File(path, "w") as file:
        file.attrs["nb_layers"] = 2
        file.create_group("layer_0").attrs["nb_params"] = 0
        layer = file.create_group("layer_1")
        layer.attrs["nb_params"] = 2
        layer["param_0"], layer["param_1"] = np.ones((3, 2), "f4"), np.ones(2, "f4")
    source = _described(path)
    assert source.kind == "keras-0-h5"
    assert [t.name for t in source.tensors] == ["layer_1/param_0", "layer_1/param_1"]
    assert [layer.name for layer in source.layers] == ["layer_0", "layer_1"]
    assert [h.code for h in source.hazards] == ["keras-1", "unknown-backend"]


def test_split_lists_of_layers_are_whole(tmp_path):
    path = tmp_path / "w.h5"
    with h5py.File(path, "w") as file:
        for part, names in enumerate([["a", "b"], ["c"]]):
            file.attrs[f"layer_names{part}"] = [n.encode() for n in names]
            for name in names:
                group = file.create_group(name)
                group.attrs["weight_names0"] = [f"{name}/kernel:0".encode()]
                group.attrs["weight_names1"] = [f"{name}/bias:0".encode()]
                group[f"{name}/kernel:0"], group[f"{name}/bias:0"] = np.ones((2, 2)), np.ones(2)
    source = _described(path)
    assert [layer.name for layer in source.layers] == ["a", "b", "c"]
    assert len(source.tensors) == 6


def test_optimizer_state_and_top_level_weights(tmp_path):
    path = _model(tmp_path / "m.h5")
    with h5py.File(path, "a") as file:
        file.attrs["training_config"] = "{}"
        file["optimizer_weights/Adam/iter:0"] = np.int64(3)
        top = file.create_group("model_weights/top_level_model_weights")
        top.attrs["weight_names"] = [b"scale:0"]
        top["scale:0"] = np.ones(2, "f4")
        file["model_weights/stray"] = np.ones(3)
    source = _described(path)
    assert [(t.name, t.training) for t in source.tensors[-2:]] == [
        ("top_level_model_weights/scale:0", ""),
        ("optimizer_weights/Adam/iter:0", "optimizer state"),
    ]
    assert any("compiled" in note for note in source.notes)
    assert any("model_weights/stray" in note for note in source.notes)
    with keras_h5.values(source) as read:
        assert read("optimizer_weights/Adam/iter:0") == 3


def test_missing_datasets_are_all_named(tmp_path):
    path = _model(tmp_path / "m.h5")
    with h5py.File(path, "a") as file:
        file["model_weights/d"].attrs["weight_names"] = [b"d/kernel:0", b"d/gone:0", b"d/lost:0"]
    with pytest.raises(Damaged) as caught:
        _described(path)
    assert [p.what for p in caught.value.problems] == [
        "the weight 'd/gone:0' is listed, but its dataset is not there",
        "the weight 'd/lost:0' is listed, but its dataset is not there",
    ]


def test_names_listed_twice_are_damage(tmp_path):
    path = _model(tmp_path / "m.h5", weights=("d/kernel:0", "d/kernel:0"))
    with pytest.raises(Damaged, match="'d/d/kernel:0' is listed twice"):
        _described(path)


def test_a_layer_without_its_group_is_damage(tmp_path):
    path = _model(tmp_path / "m.h5")
    with h5py.File(path, "a") as file:
        file["model_weights"].attrs["layer_names"] = [b"d", b"f", b"g"]
    with pytest.raises(Damaged, match="the layer 'g' is listed"):
        _described(path)


@pytest.mark.parametrize(
    "config",
    ['{"class_name": "Model", "class_name": "Evil", "config": {}}', "{", "[]", '{"config": {}}',
     '{"class_name": "M", "config": "text"}', '{"class_name": "M", "config": {"x": NaN}}'],
)  # fmt: skip
def test_configs_that_are_no_model_are_damage(tmp_path, config):
    path = _model(tmp_path / "m.h5")
    with h5py.File(path, "a") as file:
        file.attrs["model_config"] = config
    with pytest.raises(Damaged, match="model_config of"):
        _described(path)


def test_the_recipe_beside_weights_is_found_by_content(tmp_path):
    weights = tmp_path / "my_weights.h5"
    weights.write_bytes((FIXTURES / "k208_slash_names" / "weights.h5").read_bytes())
    assert _described(weights).next_command.endswith(" --recipe RECIPE")
    (tmp_path / "case.json").write_text('{"class_name": "no config"}')
    assert _described(weights).next_command.endswith(" --recipe RECIPE")
    (tmp_path / "net.yaml").write_text("backend: tensorflow\nclass_name: Model\nconfig: {}\n")
    assert _described(weights).next_command.endswith("net.yaml")
    (tmp_path / "my.json").write_text(json.dumps(DENSE))
    assert _described(weights).next_command.endswith("my.json")


def test_large_weights_are_mapped_and_not_copied(tmp_path):
    path = _model(tmp_path / "m.h5")
    with h5py.File(path, "a") as file:
        del file["model_weights/d/d/kernel:0"]
        file["model_weights/d/d/kernel:0"] = np.arange(2**19, dtype="f4")
    with keras_h5.values(_described(path)) as read:
        found = read("d/d/kernel:0")
    assert isinstance(found, np.memmap)
    assert found[-1] == 2**19 - 1


def test_a_link_under_the_weights_is_never_followed(tmp_path):
    path = _model(tmp_path / "m.h5")
    with h5py.File(path, "a") as file:
        del file["model_weights"]
        file["model_weights"] = h5py.ExternalLink("elsewhere.h5", "/")
    with pytest.raises(UnsafeContent):
        _described(path)


def test_other_hdf5_files_are_left_alone(tmp_path):
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file["data"] = np.arange(3)
    assert keras_h5.identify(path) is None
    path.write_bytes(b"no HDF5 at all")
    assert keras_h5.identify(path) is None


def test_ten_megabytes_are_described_at_once(tmp_path):
    path = _model(tmp_path / "m.h5")
    with h5py.File(path, "a") as file:
        del file["model_weights/d/d/kernel:0"]
        file["model_weights/d/d/kernel:0"] = np.zeros((2500, 1000), "f4")
    assert min(_timed(path) for _ in range(4)) < 0.15


def _timed(path):
    start = time.perf_counter()
    _described(path)
    return time.perf_counter() - start


def test_damage_anywhere_ends_in_a_verdict(tmp_path):
    whole = (FIXTURES / "k224_rnn_defaults" / "model.h5").read_bytes()
    path = tmp_path / "m.h5"
    outcomes = []
    for index in range(0, 4000, 37):
        path.write_bytes(whole[:index] + bytes([whole[index] ^ 0xFF]) + whole[index + 1 :])
        try:
            outcomes.append(type(_described(path)).__name__ if keras_h5.identify(path) else "None")
        except (SourceProblem, UnsafeContent) as error:
            outcomes.append(type(error).__name__)
    assert "Damaged" in outcomes
