import pytest

from tfmigrate.errors import UsageProblem
from tfmigrate.parity.tolerances import parse_tolerances, tolerances
from tfmigrate.tensors import TensorSpec, Tolerance

OUTPUTS = (
    TensorSpec("probs", (None, 3), "float32"),
    TensorSpec("logits", (None, 3), "float16"),
    TensorSpec("ids", (None,), "int64"),
)


@pytest.mark.parametrize(
    ("values", "parsed"),
    [
        ([], (None, {})),
        (["1e-5"], (1e-5, {})),
        (["1e-5", "probs:1e-4"], (1e-5, {"probs": 1e-4})),
        (["1e-5 probs:1e-4"], (1e-5, {"probs": 1e-4})),
        (["a:0:1e-4"], (None, {"a:0": 1e-4})),
        (["a b:1e-4"], (None, {"a b": 1e-4})),
        (["0"], (0.0, {})),
    ],
)
def test_parse(values, parsed):
    assert parse_tolerances(values) == parsed


@pytest.mark.parametrize(
    "values",
    [["abc"], ["-1"], ["nan"], ["inf"], [":1e-4"], ["probs:"], ["probs"], ["1e-5", "1e-4"],
     ["a:1", "a:2"], [""]],
)  # fmt: skip
def test_nonsense_is_refused(values):
    with pytest.raises(UsageProblem):
        parse_tolerances(values)


def test_all_of_it_is_listed():
    with pytest.raises(UsageProblem) as caught:
        parse_tolerances(["abc", "-1", "a:x"], "rtol")
    assert [p.where for p in caught.value.problems] == ["abc", "-1", "a:x"]
    assert "--rtol" in caught.value.what


def test_options_win_over_the_recipe_and_the_recipe_over_the_type():
    found = tolerances(
        OUTPUTS, ["1e-3", "probs:1e-2"], ["logits:0.5"], {"probs": Tolerance(9.0, 8.0)}
    )
    assert found == {"probs": Tolerance(1e-2, 8.0), "logits": Tolerance(1e-3, 0.5)}
    assert tolerances(OUTPUTS) == {
        "probs": Tolerance(1e-5, 1e-6), "logits": Tolerance(1e-2, 1e-3),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("option", "nearest"), [("prob:1e-4", ("probs",)), ("ids:1", ()), ("x:1", ())]
)
def test_names_that_have_no_tolerance_are_refused(option, nearest):
    with pytest.raises(UsageProblem) as caught:
        tolerances(OUTPUTS, [option])
    assert caught.value.problems[0].nearest == nearest
    with pytest.raises(UsageProblem):
        tolerances(OUTPUTS, [], [], {option.split(":")[0]: Tolerance(1, 1)})
