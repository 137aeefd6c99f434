"""Served signatures over a function: what callers send and get, worked out with NumPy."""

from pathlib import Path

import numpy as np
import pytest

from tfmigrate.errors import NotProved
from tfmigrate.export import methods
from tfmigrate.export.views import identity, view
from tfmigrate.tensors import Signature, TensorSpec

FUNCTION = Signature(
    "serving_default",
    (TensorSpec("x", (None, 4), "float32"), TensorSpec("ids", (None, None), "int32")),
    (TensorSpec("logits", (None, 3), "float32"), TensorSpec("state", (None, 2), "float32")),
)


def plain(**changes):
    return identity(FUNCTION) | {"key": "k", "method": "predict", "kept": False} | changes


def made(**changes):
    return view(plain(**changes), FUNCTION, Path())


def test_without_a_word_it_is_the_function_itself():
    found = made()
    assert (found.signature.inputs, found.signature.outputs) == (FUNCTION.inputs, FUNCTION.outputs)
    x = np.ones((1, 4), "f4")
    sent = {"x": x, "ids": np.zeros((1, 2), "i4")}
    assert found.given(sent)["x"] is x
    answer = {"logits": np.ones((1, 3), "f4"), "state": np.zeros((1, 2), "f4")}
    assert found.expected(answer)["logits"] is answer["logits"]
    assert found.inner(found.expected(answer)).keys() == answer.keys()


def test_numbers_are_cast_and_names_are_the_callers():
    inputs = {"pixels": {"dtype": "uint8", "shape": None, "to": "x"}}
    found = made(inputs=inputs, outputs={"scores": {"from": "logits", "steps": []}})
    assert [s.name for s in found.signature.inputs] == ["pixels", "ids"]
    assert found.signature.inputs[0] == TensorSpec("pixels", (None, 4), "uint8")
    sent = {"pixels": np.full((2, 4), 7, "u1"), "ids": np.zeros((2, 1), "i4")}
    assert found.given(sent)["x"].dtype == np.float32
    assert set(found.expected({"logits": np.zeros((2, 3), "f4")})) == {"scores"}


def test_steps_happen_in_their_order_on_both_sides():
    inputs = {
        "x": {"dtype": "uint8", "steps": [{"scale": {"divide": 255}}, {"scale": {"offset": -1}}]}
    }
    outputs = {"best": {"from": "logits", "steps": ["softmax", "argmax"]}}
    found = made(inputs=inputs, outputs=outputs)
    sent = {"x": np.full((1, 4), 255, "u1"), "ids": np.zeros((1, 1), "i4")}
    assert found.given(sent)["x"].tolist() == [[0.0] * 4]
    answer = found.expected({"logits": np.array([[0, 5, 1]], "f4"), "state": np.zeros((1, 2))})
    assert answer["best"].tolist() == [1]
    assert found.signature.outputs == (TensorSpec("best", (None,), "int64"),)
    assert found.inner(answer) == {}  # nobody can tell the logits from it
    assert set(found.steps()["inputs"]) == {"x"}


def test_one_input_becomes_several():
    function = Signature(
        "serving_default",
        (TensorSpec("ids", (None, 6), "int32"), TensorSpec("mask", (None, 6), "int32")),
        (TensorSpec("y", (None, 1), "float32"),),
    )
    to = {"ids": [{"pad": {"to": 6}}], "mask": [{"pad": {"to": 6, "give": "mask"}}]}
    inputs = {"tokens": {"dtype": "int32", "shape": [None, None], "to": to}}
    made = view(identity(function) | {"inputs": inputs}, function, Path())
    assert [s.name for s in made.signature.inputs] == ["tokens"]
    given = made.given({"tokens": np.array([[4, 5]], "i4")})
    assert given["ids"].tolist() == [[4, 5, 0, 0, 0, 0]]
    assert given["mask"].tolist() == [[1, 1, 0, 0, 0, 0]]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"inputs": {"a": {"to": "y"}}}, "the model has no input y"),
        ({"inputs": {"a": {"to": "x"}, "b": {"to": "x"}}}, "made of something else already"),
        ({"inputs": {"x": {"shape": [None, 5]}}}, "not one that the input takes"),
        ({"inputs": {"x": {"dtype": "string"}}}, "string cannot become the float32"),
        ({"outputs": {"y": {"from": "logit", "steps": []}}}, "no output or layer logit"),
        ({"outputs": {"y": {"from": "logits", "steps": ["squeeze"]}}}, "steps"),
    ],
)
def test_what_does_not_fit_is_refused(changes, said):
    with pytest.raises(Exception) as error:  # noqa: PT011 - mistakes in steps are the recipe's
        made(**changes)
    whats = [str(error.value), *(p.what for p in getattr(error.value, "problems", ()))]
    assert any(said in what for what in whats), whats


@pytest.mark.parametrize(
    ("method", "names", "dtype", "shape", "fine"),
    [
        ("classify", ("inputs", "scores"), "float32", (None, 3), True),
        ("classify", ("inputs", "classes"), "string", (None, 3), True),
        ("classify", ("inputs", "classes"), "float32", (None, 3), False),
        ("classify", ("inputs", "scores"), "float32", (None,), False),
        ("classify", ("x", "scores"), "float32", (None, 3), False),
        ("classify", ("inputs", "outputs"), "float32", (None, 3), False),
        ("regress", ("inputs", "outputs"), "float32", (None, 1), True),
        ("regress", ("inputs", "outputs"), "float32", (None, 2), False),
        ("predict", ("x", "y"), "float32", (None, 2), True),
        ("of its own", ("x", "y"), "float32", (None, 2), True),
    ],
)
def test_a_method_fixes_names_types_and_shapes(method, names, dtype, shape, fine):
    inputs = (TensorSpec(names[0], (None,), "string"),)
    signature = Signature("k", inputs, (TensorSpec(names[1], shape, dtype),), method)
    assert bool(methods.problems(signature)) is not fine


def test_a_signature_without_what_its_method_wants_is_refused():
    with pytest.raises(NotProved, match="none that can be served"):
        made(method="classify")


def test_what_the_source_served_under_a_method_is_kept():
    assert made(method="classify", kept=True).signature.method == "classify"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("uint8", "cannot carry every number"),
        ("float32", "fractions are cut off"),
        ("int64", "come out as others"),
        ("int32", ""),
    ],
)
def test_what_callers_lose_by_a_type_is_said(sent, said):
    doubts = made(inputs={"ids": {"dtype": sent, "shape": None, "to": "ids"}}).doubts()
    assert [said in doubt for doubt in doubts] == ([True] if said else [])


def test_pixels_as_bytes_lose_nothing():
    assert made(inputs={"x": {"dtype": "uint8", "shape": None, "to": "x"}}).doubts() == []
