"""Needs TensorFlow (in this file alone): our readers against its own, on the same files."""

import os

import numpy as np
import pytest

from tfmigrate.sources import bundle, bundle_v1, checkpoint, graph_ops, protos, table
from tfmigrate.sources.object_graph import KEY

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
tf = pytest.importorskip("tensorflow")

PREFIXES = {
    "tf14_adam_slots": "model.ckpt-4",
    "tf1_ema": "model.ckpt",
    "tf20_v1_saver_in_tf2": "model.ckpt",
    "tf115e_module_ckpt": "written",
    "tf115e_tied_shared": "w",
    "tf20_rnn_pycell": "weights",
    "tf23_guide_iterator_ckpt": "ckpt-1",
    "tf28_renamed_attrs": "ck-1",
    "keras3_optimizer_ckpt": "ckpt",
    "k312_ops_layers": "variables/variables",
    "tf215_tfop_lambda": "variables/variables",
    "tf1_sm_keras_experimental": "variables/variables",
}


def _compared(prefix):
    """Every tensor of a bundle, ours against TensorFlow's: names, shapes, types, values."""
    opened, reader = bundle.open_bundle(prefix), tf.train.load_checkpoint(str(prefix))
    assert {
        k: list(e.shape) for k, e in opened.entries.items()
    } == reader.get_variable_to_shape_map()
    types = reader.get_variable_to_dtype_map()
    assert {k: e.dtype for k, e in opened.entries.items()} == {k: t.name for k, t in types.items()}
    for key, entry in opened.entries.items():
        if entry.dtype == "string":
            # As objects: NumPy's own bytes lose zeros at their end.
            expected = np.array(reader.get_tensor(key), object).ravel().tolist()
            assert bundle.strings(opened, key) == expected
        elif entry.dtype != "variant":
            expected = reader.get_tensor(key)
            np.testing.assert_array_equal(
                bundle.values(opened, key), expected.view(bundle.values(opened, key).dtype)
            )
    return opened


@pytest.mark.parametrize("name", PREFIXES)
def test_bundles_of_the_old_runtimes(case, name):
    _compared(case(name) / PREFIXES[name])


@pytest.mark.parametrize("rows", [(3, 8), (8, 200), (200, 9000)])
def test_partitioned_variables(tmp_path, rows):
    low, high = rows
    whole = np.arange(high * 2, dtype="f4").reshape(high, 2)
    tf.raw_ops.SaveV2(
        prefix=str(tmp_path / "p"),
        tensor_names=["e\0mb", "e\0mb", "w"],
        shape_and_slices=[f"{high} 2 0,{low}:-", f"{high} 2 {low},{high - low}:-", ""],
        tensors=[whole[:low], whole[low:], np.ones(70, "f4")],
    )
    opened = _compared(tmp_path / "p")
    np.testing.assert_array_equal(bundle.values(opened, "e\0mb"), whole)


def test_every_type(tmp_path):
    types = [
        "bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16",
        "bfloat16", "float32", "float64", "complex64", "complex128", "float8_e5m2",
        "float8_e4m3fn", "int4", "uint4",
    ]  # fmt: skip
    plain = tf.constant([[1.0], [0.0], [3.0]])
    small = tf.cast(plain, tf.int8)  # the one type that casts to four bits
    tensors = [tf.cast(small if "int4" in name else plain, name) for name in types]
    tf.raw_ops.SaveV2(
        prefix=str(tmp_path / "t"),
        tensor_names=types,
        shape_and_slices=[""] * len(types),
        tensors=tensors,
    )
    assert len(_compared(tmp_path / "t").entries) == len(types)


def test_numbers_of_types():
    for number, name in protos.DTYPES.items():
        assert tf.dtypes.as_dtype(number).name == name


def test_text_names_of_types():
    from tensorflow.core.framework import types_pb2

    ours = protos.message("AttrValue").DESCRIPTOR.fields_by_name["type"].enum_type
    theirs = types_pb2.DataType.items()
    assert {v.name: v.number for v in ours.values}.items() <= set(theirs)


def test_v1_files(tmp_path, case):
    prefix = case("tf14_plain_v1") / "model.ckpt"
    reader = tf.train.load_checkpoint(str(prefix))
    found = bundle_v1.open_v1(prefix).tensors
    assert {k: list(t.shape) for k, t in found.items()} == reader.get_variable_to_shape_map()
    types = reader.get_variable_to_dtype_map()
    assert {k: t.dtype for k, t in found.items()} == {k: t.name for k, t in types.items()}

    tf.raw_ops.SaveSlices(
        filename=str(tmp_path / "sliced"),
        tensor_names=["emb", "emb", "s"],
        shapes_and_slices=["20 3 0,8:-", "20 3 8,12:-", ""],
        data=[np.zeros((8, 3), "f4"), np.zeros((12, 3), "f4"), np.float64(2)],
    )
    found = bundle_v1.open_v1(tmp_path / "sliced").tensors
    assert {k: (t.dtype, t.shape) for k, t in found.items()} == {
        "emb": ("float32", (20, 3)),
        "s": ("float64", ()),
    }


def test_tensorflow_reads_what_craft_writes(craft, tmp_path):
    """So a hostile file of the other tests is refused for its content, not for its form."""
    values = np.arange(3, dtype="f4")
    text, crc = craft.strings([b"a", b"bc"])
    summed = table.masked(table.crc32c(values.tobytes()))
    rows = {
        "v": craft.entry(shape=(3,), size=12, crc32c=summed),
        "w": craft.entry("string", (2,), offset=12, size=len(text), crc32c=crc),
    }
    _compared(craft.bundle(tmp_path, rows, values.tobytes() + text))


def test_keys_lead_tensorflows_reader_to_the_values(case):
    prefix = case("keras3_optimizer_ckpt") / "ckpt"
    reader = tf.train.load_checkpoint(str(prefix))
    source = checkpoint.describe(prefix, "tf2-checkpoint")
    assert {t.key for t in source.tensors} | {KEY} == set(reader.get_variable_to_shape_map())
    with checkpoint.values(source) as read:
        for tensor in source.tensors:
            np.testing.assert_array_equal(read(tensor.name), reader.get_tensor(tensor.key))


def test_contrib_ops_are_those_that_tensorflow_lacks():
    from tensorflow.python.framework import op_def_registry

    for op, (code, _) in graph_ops.CARE.items():
        absent = op_def_registry.get(op) is None
        assert absent == (code in ("contrib-op", "tensorrt")), op
