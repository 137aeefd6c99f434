"""Records are run as they are in their file; each kind that would block a server is found."""

from __future__ import annotations

import re
import struct

import numpy as np
import pytest

from tfmigrate.errors import Damaged
from tfmigrate.export.serving import tfrecord, warmup
from tfmigrate.parity import probes
from tfmigrate.processing.tf_examples import write
from tfmigrate.sources import protos
from tfmigrate.tensors import Signature, TensorSpec
from tfmigrate.workers import warming

X = TensorSpec("x", (None, 2), "float32")
ASK = Signature("ask", (X,), (TensorSpec("y", (None, 2), "float32"),))
VALUE = Signature(
    "value",
    (TensorSpec("inputs", (None,), "string"),),
    (TensorSpec("outputs", (None,), "float32"),),
    "regress",
)
SENT = np.array([[1, 2], [3, 4]], np.float32)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    import tensorflow as tf

    class Doubling(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None, 2), tf.float32, "x")])
        def ask(self, x):
            tf.debugging.assert_less(x, 100.0, "too much")
            return {"y": 2 * x}

        @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, "inputs")])
        def value(self, inputs):
            feature = tf.io.FixedLenFeature([], tf.float32)
            return {"outputs": tf.io.parse_example(inputs, {"f": feature})["f"]}

    module, folder = Doubling(), str(tmp_path_factory.mktemp("model"))
    tf.saved_model.save(module, folder, {"ask": module.ask, "value": module.value})
    return tf.saved_model.load(folder)


def test_a_scalar_of_text_comes_back(tmp_path):
    import tensorflow as tf

    class Saying(tf.Module):
        @tf.function(input_signature=[])
        def ask(self):
            return {"said": tf.constant("é")}

    module = Saying()
    tf.saved_model.save(module, str(tmp_path), {"ask": module.ask})
    record = warmup.record(Signature("ask", (), ()), {})
    failures, answers = ran(tf.saved_model.load(str(tmp_path)), tmp_path, record)
    assert failures == [""]
    assert answers[0]["said"].item() == "é".encode()


def ran(loaded, folder, *records: bytes) -> tuple[list[str], tuple]:
    (folder / "records").write_bytes(tfrecord.to_bytes(records))
    failures = warming.run(loaded, folder / "records", folder / "answers.npz")
    return failures, probes.load(folder / "answers.npz")[1]


def asking(key: str = "ask", name: str = "x", values: np.ndarray = SENT) -> bytes:
    spec = TensorSpec(name, values.shape, values.dtype.name)
    return warmup.record(Signature(key, (spec,), ()), {name: values})


def example(value: float) -> bytes:
    return write({"f": np.array([value], np.float32)})


def test_a_record_is_answered_as_its_values_are(loaded, tmp_path):
    by_example = {"inputs": np.array([example(0.25), example(7)], object)}
    records = asking(), warmup.record(VALUE, by_example)
    failures, answers = ran(loaded, tmp_path, *records)
    assert failures == ["", ""]
    assert np.array_equal(answers[0]["y"], 2 * SENT)
    assert np.array_equal(answers[1]["outputs"], np.array([0.25, 7], np.float32))


BAD = {
    "no such signature": (asking("other"), "no signature other"),
    "another name": (asking(name="z"), "sends z"),
    "another type": (asking(values=SENT.astype("int64")), "sends int64"),
    "another shape": (asking(values=SENT[:, :1]), r"\(2, 1\)"),
    "an op that fails": (asking(values=SENT + 100), "too much"),
    "no example": (warmup.record(VALUE, {"inputs": np.array([b"\x0a\xff"], object)}), "Example"),
    "no feature": (warmup.record(VALUE, {"inputs": np.array([b""], object)}), "(?i)feature|f"),
    "no message": (b"\xff\xff", "cannot be parsed"),
    "nothing": (b"", "without examples"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_would_block_a_server_is_said_and_the_next_one_runs(loaded, tmp_path, case):
    record, why = BAD[case]
    failures, answers = ran(loaded, tmp_path, record, asking())
    assert re.search(why, failures[0])
    assert failures[1] == ""
    assert answers[0] == {}
    assert np.array_equal(answers[1]["y"], 2 * SENT)


def test_a_broken_file_is_no_warm_up(loaded, tmp_path):
    import tensorflow as tf

    data = bytearray(tfrecord.to_bytes([asking()]))
    data[-1] ^= 1  # the checksum of the record
    (tmp_path / "records").write_bytes(data)
    with pytest.raises(tf.errors.DataLossError):
        warming.run(loaded, tmp_path / "records", tmp_path / "answers.npz")


def test_what_the_messages_of_the_server_wrote_is_understood(fixtures):
    key, sent = warming.decoded((fixtures / "serving/predict.bin").read_bytes())
    assert key == "ask"
    assert sent.keys() == {"wide", "half", "ids", "flags", "words"}
    assert sent["wide"].tolist() == [[0, 0.25, 0.5], [0.75, 1, 1.25]]
    assert sent["words"].tolist() == [b"caf\xc3\xa9", b"\xff\x00z"]
    for method in ("classify", "regress"):
        data = (fixtures / f"serving/{method}.bin").read_bytes()
        key, sent = warming.decoded(data)
        assert (key, sent["inputs"].shape) == ("ask", (2,))
        assert struct.pack("<f", 0.25) in sent["inputs"][0]


def test_a_tensor_that_is_none_is_damaged():
    log = protos.message("PredictionLog")()
    log.predict_log.request.inputs.add(key="x", value=b"\xff")
    with pytest.raises(Damaged, match="TensorProto"):
        warming.decoded(log.SerializeToString())
