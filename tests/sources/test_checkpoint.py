import subprocess
import sys

import numpy as np
import pytest

from tfmigrate.errors import Damaged, NotRecognised, NotSupported
from tfmigrate.results import Writer
from tfmigrate.sources import checkpoint, protos
from tfmigrate.sources.object_graph import KEY, VALUE

KINDS = {
    "tf14_plain_v1": "tf1-checkpoint-v1",
    "tf14_adam_slots": "tf1-checkpoint-v2",
    "tf1_ema": "tf1-checkpoint-v2",
    "tf20_v1_saver_in_tf2": "tf1-checkpoint-v2",
    "tf23_guide_iterator_ckpt": "tf2-checkpoint",
    "tf28_renamed_attrs": "tf2-checkpoint",
    "tf115e_module_ckpt": "tf2-checkpoint",
    "keras3_optimizer_ckpt": "tf2-checkpoint",
    "tf20_rnn_pycell": "keras-tf-weights",
    "tf115e_tied_shared": "keras-tf-weights",
}


def _described(folder):
    return checkpoint.describe(folder, checkpoint.identify(folder))


@pytest.mark.parametrize("name", KINDS)
def test_the_exact_variant(case, name):
    folder = case(name)
    assert checkpoint.identify(folder) == KINDS[name]
    source = checkpoint.describe(folder, KINDS[name])
    assert source.title == checkpoint.KINDS[KINDS[name]]
    assert source.next_command.startswith("tfmigrate ckpt-to-savedmodel ")
    assert source.next_command.endswith(" OUTPUT --recipe RECIPE.yaml")
    assert source.tensors
    assert len({t.name for t in source.tensors}) == len(source.tensors)


@pytest.mark.parametrize(
    ("counter", "kind"), [(["save_counter"], "tf2-checkpoint"), ([], "keras-tf-weights")]
)
def test_a_counter_at_the_root_means_checkpoint(craft, tmp_path, counter, kind):
    names = ["dense/kernel", *counter]
    keys = [name + VALUE for name in names]
    nodes = [
        {
            "children": [
                {"local_name": n, "node_id": i} for i, n in enumerate(["dense", *counter], 1)
            ]
        },
        {"children": [{"local_name": "kernel", "node_id": len(keys) + 1}]},
        *({"attributes": [{"name": "V", "checkpoint_key": key}]} for key in keys[1:]),
        {"attributes": [{"name": "V", "full_name": "dense/kernel", "checkpoint_key": keys[0]}]},
    ]
    graph = protos.message("ObjectGraph")(nodes=nodes).SerializeToString()
    data, crc = craft.strings([graph])
    rows = {key: craft.entry(offset=4 * i) for i, key in enumerate(keys)}
    rows[KEY] = craft.entry("string", offset=8, size=len(data), crc32c=crc)
    assert checkpoint.identify(craft.bundle(tmp_path, rows, b"\0" * 8 + data)) == kind


def test_files_and_size_are_those_of_the_checkpoint_alone(case):
    folder = case("tf23_guide_iterator_ckpt")
    source = _described(folder)
    assert source.files == (
        str(folder / "ckpt-2.index"),
        str(folder / "ckpt-2.data-00000-of-00001"),
    )
    assert source.size == 936 + 1736


def test_names_of_a_tf1_checkpoint(case):
    source = _described(case("tf14_adam_slots"))
    found = {t.name: t for t in source.tensors}
    assert found["Variable"].shape == (3, 4, 3, 6)
    assert found["Variable/Adam_1"].training == "optimizer slot of Variable"
    assert found["global_step"].training == "training counter"
    weights = [t.name for t in source.tensors if not t.training]
    assert weights == ["Variable", *(f"Variable_{i}" for i in range(1, 6))]
    assert "/data/old/runs1/tf14_adam_slots/model.ckpt-4" in source.notes[0]


def test_moving_averages_are_a_hazard_and_no_training_state(case):
    source = _described(case("tf1_ema"))
    shadows = [t for t in source.tensors if t.name.endswith("/ExponentialMovingAverage")]
    assert len(shadows) == 4
    assert {t.training for t in shadows} == {""}
    assert [(h.code, h.exit_code) for h in source.hazards] == [("moving-averages", 0)]


def test_averages_of_a_keras_optimizer_are_a_hazard_too(case):
    source = _described(case("keras3_optimizer_ckpt"))
    assert [h.code for h in source.hazards] == ["moving-averages"]
    assert "the saved model is one of Keras 3" in source.notes


def test_the_writer_is_read_from_the_meta_beside(case):
    folder = case("tf20_v1_saver_in_tf2")
    assert _described(folder).writer == Writer("TensorFlow", "2.0.4")
    (folder / "model.ckpt.meta").write_bytes(b"\xff" * 100)
    assert _described(folder).writer == Writer("TensorFlow", "")


def test_a_flat_cudnn_buffer_is_a_hazard(craft, tmp_path):
    prefix = craft.bundle(tmp_path, {"cudnn_lstm/opaque_kernel": craft.entry()})
    assert [h.code for h in _described(prefix).hazards] == ["cudnn"]


def test_string_tensors_stay_listed(craft, tmp_path):
    data, crc = craft.strings([b"a", b"b"])
    rows = {"table/keys": craft.entry("string", (2,), size=len(data), crc32c=crc)}
    source = _described(craft.bundle(tmp_path, rows, data))
    assert [(t.name, t.dtype, t.shape) for t in source.tensors] == [("table/keys", "string", (2,))]


def test_values_come_by_readable_name(case):
    folder = case("keras3_optimizer_ckpt")
    source = _described(folder / "ckpt")
    with checkpoint.values(source) as read:
        gamma = read("model/_operations/2/gamma")
        for tensor in source.tensors:
            assert read(tensor.name).shape == tensor.shape
    assert gamma.dtype == np.float32
    assert 0.9 < gamma.mean() < 1.1


def test_values_of_v1_are_left_to_tensorflow(case):
    source = _described(case("tf14_plain_v1"))
    with pytest.raises(NotSupported), checkpoint.values(source):
        pass


@pytest.mark.parametrize("garbage", [b"", b"\xff\xff\xff\xff", b"\n\x02\n\x00"])
def test_a_garbage_object_graph(craft, tmp_path, garbage):
    data, crc = craft.strings([garbage])
    rows = {KEY: craft.entry("string", size=len(data), crc32c=crc)}
    with pytest.raises(Damaged) as raised:
        _described(craft.bundle(tmp_path, rows, data))
    assert "object graph" in str(raised.value)


def test_a_flipped_byte_in_the_object_graph_is_noticed(case):
    folder = case("tf28_renamed_attrs")
    shard = folder / "ck-1.data-00000-of-00001"
    data = shard.read_bytes()
    at = data.index(b"fc_a")
    shard.write_bytes(data[:at] + b"fc_x" + data[at + 4 :])
    with pytest.raises(Damaged, match="checksum"):
        checkpoint.identify(folder)


def test_a_folder_with_a_missing_shard_says_which(case):
    with pytest.raises(Damaged, match=r"model\.ckpt-100\.data-00001-of-00002"):
        checkpoint.identify(case("neg_ckpt_missing_shard"))


def test_something_else(tmp_path):
    (tmp_path / "model.h5").write_bytes(b"\x89HDF")
    assert checkpoint.identify(tmp_path / "model.h5") is None
    assert checkpoint.identify(tmp_path) is None
    with pytest.raises(NotRecognised):
        checkpoint.describe(tmp_path, "tf2-checkpoint")


def test_neither_tensorflow_nor_h5py_is_imported(case):
    folder = case("tf28_renamed_attrs")
    code = (
        "import sys, pathlib\n"
        "from tfmigrate.sources import checkpoint\n"
        f"path = pathlib.Path({str(folder)!r})\n"
        "checkpoint.describe(path, checkpoint.identify(path))\n"
        "print(sorted({'tensorflow', 'h5py', 'keras', 'tf_keras', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
