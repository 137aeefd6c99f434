from __future__ import annotations

import io

import numpy as np
import pytest

from tfmigrate.parity import encoded, probes
from tfmigrate.tensors import Feature, Hint, TensorSpec

FEATURES = (
    Feature("x", "float32", (3,)),
    Feature("ids", "int64", None),
    Feature("word", "string", (1,), ("cat", "dog")),
)


def test_an_example_is_written_as_protobuf_says():
    made = encoded.example((Feature("n", "int64", (2,)),), None, "ones")
    # Example{features{feature{key: "n" value{int64_list{value: [1, 1]}}}}}
    assert made == bytes.fromhex("0a0d0a0b0a016e12061a040a020101")


def test_no_value_ends_in_nul_which_could_not_be_kept():
    for kind in ("zeros", "ones", "extreme"):
        for hint in (
            Hint(kind="example", features=(Feature("x", "float32", (3,)),)),
            Hint(kind="bytes", features=(Feature("", "int64", (3,)),)),
            Hint(kind="bytes", features=(Feature("", "uint8", (3,)),)),
        ):
            assert not encoded.values((1,), hint, None, kind)[0].endswith(b"\0")


def test_bytes_are_as_many_as_the_numbers_take():
    hint = Hint(kind="bytes", features=(Feature("", "float32", (5,)),))
    made = encoded.values((2,), hint, np.random.default_rng(1))
    assert [len(v) for v in made] == [20, 20]
    assert np.frombuffer(made[0], "float32")[-1] == 1.0


def test_a_picture_is_one():
    image = pytest.importorskip("PIL.Image")
    made = encoded.values((1,), Hint(kind="image"), np.random.default_rng(1))[0]
    assert image.open(io.BytesIO(made)).mode == "RGB"


def test_probes_of_such_inputs_are_encoded():
    specs = [TensorSpec("examples", (None,), "string")]
    hints = {"examples": Hint(kind="example", features=FEATURES)}
    made = probes.make_probes(specs, hints, extremes=True)
    assert [p["examples"].shape[0] for p in made] == [1, 2, 5, 3]
    assert all(b"word" in text for p in made for text in p["examples"])
