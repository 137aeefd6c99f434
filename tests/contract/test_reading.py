from __future__ import annotations

import json

import pytest

from tfmigrate import contract
from tfmigrate.contract import Endpoint, Tensor
from tfmigrate.errors import Damaged, NotRecognised, UsageProblem
from tfmigrate.report import render
from tfmigrate.sources import protos

WANTED = (
    Endpoint(
        "serving_default",
        (Tensor("any", "string", None), Tensor("x", "float32", (None, 28))),
        (Tensor("probs", "float32", (None, 10)), Tensor("rows", "", None, "composite")),
        "classify",
    ),
)
BY_HAND = {
    "signatures": {
        "serving_default": {
            "method": "tensorflow/serving/classify",
            "inputs": {
                "any": {"dtype": "string", "shape": None},
                "x": {"dtype": "DT_FLOAT", "shape": [None, 28]},
            },
            "outputs": {
                "probs": {"dtype": "float32", "shape": [None, 10]},
                "rows": {"kind": "composite"},
            },
        }
    }
}
# As TensorFlow Serving 2.x answers.
SERVED = {
    "model_spec": {"name": "digits", "signature_name": "", "version": "7"},
    "metadata": {
        "signature_def": {
            "signature_def": {
                "serving_default": {
                    "inputs": {
                        "any": {
                            "dtype": "DT_STRING",
                            "tensor_shape": {"dim": [], "unknown_rank": True},
                            "name": "any:0",
                        },
                        "x": {
                            "dtype": "DT_FLOAT",
                            "tensor_shape": {
                                "dim": [{"size": "-1", "name": ""}, {"size": "28", "name": ""}],
                                "unknown_rank": False,
                            },
                            "name": "x:0",
                        },
                    },
                    "outputs": {
                        "probs": {
                            "dtype": "DT_FLOAT",
                            "tensor_shape": {"dim": [{"size": "-1"}, {"size": 10}]},
                            "name": "probs:0",
                        },
                        "rows": {"dtype": "DT_INT64", "coo_sparse": {"values_tensor_name": "r:0"}},
                    },
                    "method_name": "tensorflow/serving/classify",
                },
                "__saved_model_init_op": {"inputs": {}, "outputs": {}, "method_name": ""},
            }
        }
    },
}


@pytest.mark.parametrize("said", [BY_HAND, SERVED], ids=["by hand", "served"])
def test_every_spelling_means_the_same(said):
    assert contract.from_json(json.dumps(said), "c.json").signatures == WANTED


def test_what_is_printed_is_read_back(tmp_path):
    file = tmp_path / "contract.json"
    file.write_text(render(contract.Contract(WANTED, "old"), "json"))
    assert contract.read(file).signatures == WANTED


def test_a_saved_model_of_an_old_runtime(fixtures):
    found = contract.read(fixtures / "tfkeras28_functional" / "saved_model")
    assert found.signatures == (
        Endpoint(
            "serving_default",
            (Tensor("signal", "float32", (None, 4, 3)),),
            (Tensor("label", "float32", (None, 4)),),
        ),
    )


def test_any_rank_sparse_and_methods_of_a_saved_model(tmp_path):
    model = protos.message("SavedModel")()
    meta = model.meta_graphs.add()
    meta.meta_info_def.tags.append("serve")
    entry = meta.signature_def.add(key="serving_default")
    entry.value.method_name = "tensorflow/serving/classify"
    inner = entry.value.inputs.add(key="any").value
    inner.name, inner.dtype = "any:0", 7
    inner.tensor_shape.unknown_rank = True
    x = entry.value.inputs.add(key="x").value
    x.name, x.dtype = "x:0", 1
    for size in (-1, 28):
        x.tensor_shape.dim.add(size=size)
    probs = entry.value.outputs.add(key="probs").value
    probs.name, probs.dtype = "probs:0", 1
    for size in (-1, 10):
        probs.tensor_shape.dim.add(size=size)
    entry.value.outputs.add(key="rows")
    meta.signature_def.add(key="__saved_model_init_op")
    (tmp_path / "saved_model.pb").write_bytes(model.SerializeToString())
    assert contract.read(tmp_path).signatures == WANTED


def test_every_mistake_is_told_with_its_place():
    said = {
        "signatures": {
            "serving_default": {
                "metod": "predict",
                "inputs": {"x": {"dtype": "float23", "shape": [None, -2]}, "y": {"dtype": "bool"}},
            },
            "other": [],
        }
    }
    with pytest.raises(UsageProblem) as refused:
        contract.from_json(json.dumps(said), "c.json")
    found = {p.path: p for p in refused.value.problems}
    start = "$.signatures.serving_default"
    assert set(found) == {
        f"{start}.metod", start, f"{start}.inputs.x.dtype", f"{start}.inputs.x.shape",
        f"{start}.inputs.y", "$.signatures.other",
    }  # fmt: skip
    assert found[f"{start}.metod"].nearest == ("method",)
    assert "float32" in found[f"{start}.inputs.x.dtype"].nearest


def test_a_name_twice_in_a_list():
    tensor = {"name": "x", "dtype": "bool", "shape": []}
    said = {"signatures": [{"key": "a", "inputs": [tensor, tensor], "outputs": []}]}
    with pytest.raises(UsageProblem) as refused:
        contract.from_json(json.dumps(said), "c.json")
    assert "two of them" in refused.value.problems[0].what


@pytest.mark.parametrize("text", ['{"error": "no model"}', '{"signatures": {}}', '{"metadata": 3}'])
def test_what_holds_no_signature_is_no_contract(text):
    with pytest.raises(UsageProblem):
        contract.from_json(text, "c.json")


def test_what_is_no_json(tmp_path):
    file = tmp_path / "c.json"
    file.write_text("{")
    with pytest.raises(Damaged):
        contract.read(file)
    with pytest.raises(NotRecognised):
        contract.read(tmp_path / "none")
