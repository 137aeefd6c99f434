"""Which signatures are served: a recipe's, over the functions of the model."""

from pathlib import Path

import pytest

from tfmigrate.errors import NotProved, UsageProblem
from tfmigrate.judge import serving
from tfmigrate.options import Options
from tfmigrate.recipe import load_recipe
from tfmigrate.tensors import Signature, TensorSpec

A, B = TensorSpec("a", (None, 2), "float32"), TensorSpec("b", (None, 2), "float32")
DIFF = TensorSpec("diff", (None, 2), "float32")
MAIN = Signature("serving_default", (A, B), (DIFF, TensorSpec("hidden", (None, 4), "float32")))
OTHER = Signature("encode", (A,), (DIFF,))


def served(tmp_path: Path, text: str, *functions: Signature, **options):
    path = tmp_path / "r.yaml"
    path.write_text(f"tfmigrate: 1\nsignatures:\n{text}")
    asked = Options(**options)
    return serving.serving(load_recipe(str(path), {}), asked, functions or (MAIN,), {}, ["hidden"])


def test_without_a_recipe_every_function_is_served_and_no_layer():
    found = serving.serving(None, Options(), (MAIN, OTHER), {}, ["hidden"])
    assert [v.signature.key for v in found.views] == ["serving_default", "encode"]
    assert [s.name for s in found.views[0].signature.outputs] == ["diff"]


def test_a_name_that_another_input_had_is_not_taken_for_it(tmp_path):
    """Callers would have got the opposite of what the recipe says."""
    with pytest.raises(NotProved) as error:
        served(tmp_path, "  s: {inputs: {b: {to: a}}}\n")
    assert "nothing becomes the model's input b" in error.value.problems[0].what
    found = served(tmp_path, "  s: {inputs: {b: {to: a}, a: {to: b}}}\n")
    assert {n: k.source for n, k in found.views[0].inputs.items()} == {"a": "b", "b": "a"}


def test_a_signature_is_of_the_function_that_it_names(tmp_path):
    text = "  s: {of: encode}\n  encode: {}\n  t: {}\n"
    found = served(tmp_path, text, MAIN, OTHER)
    assert [v.function for v in found.views] == ["encode", "encode", "serving_default"]
    assert [p["key"] for p in served(tmp_path, text, MAIN, OTHER, signature="t").plain] == ["t"]


def test_new_names_are_for_what_callers_see(tmp_path):
    text = "  s: {inputs: {left: {to: a}}, outputs: {d: diff}}\n"
    found = served(tmp_path, text, rename_inputs={"left": "x", "b": "y"}, rename_outputs={"d": "z"})
    signature = found.views[0].signature
    assert [s.name for s in signature.inputs] == ["x", "y"]
    assert [s.name for s in signature.outputs] == ["z"]
    with pytest.raises(UsageProblem):
        served(tmp_path, text, rename_inputs={"a": "x"})
