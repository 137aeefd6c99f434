from __future__ import annotations

import numpy as np
import pytest

from tfmigrate.export.serving import tfrecord, warmup
from tfmigrate.processing.tf_examples import write
from tfmigrate.tensors import Signature, TensorSpec

WIDE = TensorSpec("wide", (None, 3), "float32")
PREDICT = Signature(
    "ask",
    (
        WIDE,
        TensorSpec("half", (None,), "float16"),
        TensorSpec("ids", (None, 1), "int64"),
        TensorSpec("flags", (None,), "bool"),
        TensorSpec("words", (None,), "string"),
    ),
    (),
)
SENT = {
    "wide": np.arange(6, dtype=np.float32).reshape(2, 3) / 4,
    "half": np.array([0.5, -2], np.float16),
    "ids": np.array([[1], [1 << 40]]),
    "flags": np.array([True, False]),
    "words": np.array([b"caf\xc3\xa9", b"\xff\x00z"], object),
}
OUTPUTS = {
    "classify": TensorSpec("scores", (None, 2), "float32"),
    "regress": TensorSpec("outputs", (None,), "float32"),
}


def examples() -> np.ndarray:
    values = ([0.25, 2.0, -1.0], b"caf\xc3\xa9"), ([3.0, 0.0, 1.0], b"\xff!")
    made = np.empty(2, object)
    made[:] = [
        write({"word": np.array([w], object), "x": np.array(v, np.float32)}) for v, w in values
    ]
    return made


def by_example(method: str) -> Signature:
    return Signature("ask", (TensorSpec("inputs", (None,), "string"),), (OUTPUTS[method],), method)


def test_a_predict_record_is_what_the_messages_of_the_server_write(fixtures):
    assert warmup.record(PREDICT, SENT) == (fixtures / "serving/predict.bin").read_bytes()


@pytest.mark.parametrize("method", ["classify", "regress"])
def test_a_record_of_examples_is_what_the_messages_of_the_server_write(fixtures, method):
    found = warmup.record(by_example(method), {"inputs": examples()})
    assert found == (fixtures / f"serving/{method}.bin").read_bytes()


def test_the_file_is_what_tensorflow_writes(fixtures):
    folder = fixtures / "serving"
    records = [(folder / f"{n}.bin").read_bytes() for n in ("predict", "classify", "regress")]
    assert tfrecord.to_bytes(records) == (folder / "all.tfrecord").read_bytes()


@pytest.mark.parametrize("dtype", ["float64", "uint8", "int16", "complex64", "bfloat16", "uint64"])
@pytest.mark.parametrize("shape", [(), (1,), (0, 3), (2, 1, 2)])
def test_every_type_and_shape_is_read_back_by_tensorflow(dtype, shape):
    import tensorflow as tf

    from tfmigrate.workers.warming import decoded

    value = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    value = value.astype(tf.dtypes.as_dtype(dtype).as_numpy_dtype)
    signature = Signature("é", (TensorSpec("x", shape, dtype),), ())
    key, sent = decoded(warmup.record(signature, {"x": value[::-1] if shape else value}))
    assert key == "é"
    assert (sent["x"].dtype, sent["x"].shape) == (value.dtype, shape)
    assert np.array_equal(sent["x"], value[::-1] if shape else value)


def probe(*shape: int) -> dict[str, np.ndarray]:
    return {"wide": np.zeros(shape, np.float32)}


def test_one_sample_and_the_next_bigger_batch_are_chosen():
    one = Signature("s", (WIDE,), ())
    probes = [probe(n, 3) for n in (5, 1, 0, 2, 1)]
    assert warmup.chosen(one, probes) == [1, 3]
    assert warmup.chosen(one, probes[:1]) == [0]
    assert warmup.chosen(one, []) == []


def test_a_batch_that_is_not_free_is_sent_once():
    fixed = Signature("s", (TensorSpec("wide", (4, 3), "float32"),), ())
    assert warmup.chosen(fixed, [probe(4, 3)] * 3) == [0]
    assert warmup.batch(fixed, probe(4, 3)) is None
    scalar = Signature("s", (WIDE, TensorSpec("k", (), "int32")), ())
    assert warmup.chosen(scalar, [{**probe(n, 3), "k": np.int32(1)} for n in (1, 2)]) == [0]


def test_no_server_is_asked_what_it_refuses():
    assert warmup.refusal(PREDICT) == ""
    assert warmup.refusal(by_example("classify")) == ""
    odd = Signature("s", (WIDE,), (), "my/own/method")
    assert "none that a server knows" in warmup.refusal(odd)
    wrong = Signature("s", (WIDE,), (OUTPUTS["regress"],), "regress")
    assert "regress" in warmup.refusal(wrong)
