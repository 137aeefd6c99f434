import pytest

from tfmigrate.errors import UsageProblem
from tfmigrate.export import naming
from tfmigrate.tensors import Signature, TensorSpec


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("x", "x"), ("Input_1", "Input_1"), ("head/fc", "head_fc"), ("1x", "arg_1x"),
        ("lambda", "lambda_"), ("self", "self_"), ("None", "None_"), ("_x", "arg__x"),
        ("é", "e"), ("a b", "a_b"), ("日", "arg__"), ("a.b:0", "a_b_0"), ("", "arg_"),
        ("match", "match"), ("x²", "x2"),
    ],
)  # fmt: skip
def test_an_input_gets_the_nearest_legal_name(name, public):
    assert naming.legal_inputs([name], {}) == {name: public}
    assert public.isidentifier()
    assert public.isascii()


def test_outputs_stay_as_they_are():
    names = ["head/fc", "a b", "é", "lambda", "1x"]
    assert naming.legal_outputs(names, {}) == {n: n for n in names}


def test_a_rename_is_applied_first():
    assert naming.legal_inputs(["a/b", "a_b"], {"a/b": "c"}) == {"a/b": "c", "a_b": "a_b"}


@pytest.mark.parametrize("names", [["a/b", "a_b"], ["X", "x"], ["é", "e"]])
def test_inputs_that_collide_are_refused(names):
    with pytest.raises(UsageProblem, match="same name") as caught:
        naming.legal_inputs(names, {})
    (problem,) = caught.value.problems
    assert problem.where == ", ".join(names)
    assert f"--rename-input {names[-1]}:NEW" in problem.help


def test_outputs_that_collide_are_refused():
    assert naming.legal_outputs(["X", "x"], {}) == {"X": "X", "x": "x"}
    with pytest.raises(UsageProblem, match="two outputs"):
        naming.legal_outputs(["a", "b"], {"a": "b"})


def test_a_swap_of_two_names_is_no_collision():
    assert naming.legal_inputs(["a", "b"], {"a": "b", "b": "a"}) == {"a": "b", "b": "a"}


def test_a_rename_of_nothing_is_refused_with_a_guess():
    with pytest.raises(UsageProblem) as caught:
        naming.legal_inputs(["input_1", "mask"], {"input1": "x", "mask": ""})
    first, second = caught.value.problems
    assert (first.where, first.nearest) == ("input1", ("input_1",))
    assert second.what == "the new name is empty"


def _signature(inputs, outputs):
    return Signature(
        "serving_default",
        tuple(TensorSpec(n, (None, 2), "float32") for n in inputs),
        tuple(TensorSpec(n, (None,), "int64") for n in outputs),
    )


def test_a_signature_is_named():
    public, names = naming.named(_signature(["head/in"], ["y", "z"]), {}, {"y": "ids"})
    assert public == _signature(["head_in"], ["ids", "z"])
    assert names.changed() == {"head/in": "head_in", "y": "ids"}


def test_a_signature_that_was_not_asked_for_is_a_problem():
    asked = _signature(["x"], ["y"])
    assert naming.signature_problems(asked, asked) == ()
    fixed = Signature(asked.key, (TensorSpec("x", (8, 2), "float32"),), asked.outputs)
    (problem,) = naming.signature_problems(asked, fixed)
    assert (problem.found, problem.expected) == ("float32 (8, 2)", "float32 (None, 2)")
    problems = naming.signature_problems(asked, _signature(["x"], ["z"]))
    assert [(p.where, p.found) for p in problems] == [("y", "nothing"), ("z", "int64 (None,)")]


@pytest.mark.parametrize(
    ("free", "asked", "exported", "found"),
    [
        # Inputs whose only free dimension is the batch: Keras 3 leaves known sizes open.
        ((None, 2), (None, None), (None, 7), None),
        ((None, 2), (None, 6), (None, 7), "float32 (None, 7)"),
        ((None, 2), (None, None), (4, 7), "float32 (4, 7)"),
        ((None, 2), (None, None), (None, 7, 1), "float32 (None, 7, 1)"),
        ((None, 2), (None, 7), (None, None), "float32 (None, None)"),
        # With a free length a known size would serve one length only.
        ((None, None), (None, None), (None, 7), "float32 (None, 7)"),
    ],
)
def test_sizes_may_be_known_where_only_the_batch_is_free(free, asked, exported, found):
    given = (TensorSpec("x", free, "float32"),)
    pair = [
        Signature("serving_default", given, (TensorSpec("y", shape, "float32"),))
        for shape in (asked, exported)
    ]
    assert [p.found for p in naming.signature_problems(*pair)] == ([found] if found else [])


@pytest.mark.parametrize(
    ("asked", "near"),
    [("new name", "new_name"), ("é", "e"), ("lambda", "lambda_"), ("1x", "arg_1x")],
)
def test_a_name_that_was_asked_for_is_never_changed_silently(asked, near):
    with pytest.raises(UsageProblem) as caught:
        naming.legal_inputs(["x", "y"], {"x": asked, "y": "fine"})
    (problem,) = caught.value.problems
    assert (problem.where, problem.nearest) == (f"x:{asked}", (near,))
    assert naming.legal_outputs(["x"], {"x": asked}) == {"x": asked}


def test_a_key_that_tensorflow_reserves_is_refused():
    naming.legal_key("serving_default")
    with pytest.raises(UsageProblem, match="__saved_model_"):
        naming.legal_key("__saved_model_init_op")
    reserved = Signature("__saved_model_x", (), ())
    with pytest.raises(UsageProblem, match="__saved_model_"):
        naming.named(reserved, {}, {})
