from __future__ import annotations

import pytest

from tfmigrate.errors import MappingProblem
from tfmigrate.mapping import make_plan
from tfmigrate.recipe.model import Ignore, Rule
from tfmigrate.tensors import TensorInfo, VariableInfo

VARIABLES = [VariableInfo("d/kernel", (2, 3), "float32"), VariableInfo("d/bias", (3,), "float32")]


def tensors(*prefixes: str) -> list[TensorInfo]:
    return [TensorInfo(f"{p}/{v.name}", v.shape, v.dtype) for p in prefixes for v in VARIABLES]


def test_all_variables_under_one_prefix() -> None:
    counter = TensorInfo("save_counter", (), "int64", training="training counter")
    plan = make_plan([*tensors("model"), counter], VARIABLES)
    assert [(a.sources, a.targets, a.rule) for a in plan.assignments] == [
        (("model/d/kernel",), ("d/kernel",), "name, under model/"),
        (("model/d/bias",), ("d/bias",), "name, under model/"),
    ]


def test_two_prefixes_that_both_fit() -> None:
    with pytest.raises(MappingProblem) as caught:
        make_plan(tensors("model", "ema_model"), VARIABLES)
    (problem,) = caught.value.problems
    assert problem.found == "ema_model/ and model/"
    assert '{from: "ema_model/{**path}", to: "{**path}"}' in problem.help


def test_the_help_for_two_prefixes_works() -> None:
    rule = Rule.model_validate({"from": "model/{**path}", "to": "{**path}"})
    ignore = Ignore.model_validate({"names": "ema_model/{**path}", "because": "raw is served"})
    plan = make_plan(tensors("model", "ema_model"), VARIABLES, [rule], [ignore])
    assert [a.sources[0] for a in plan.assignments] == ["model/d/kernel", "model/d/bias"]
    assert len(plan.ignored) == 2


def test_two_paths_to_the_same_tensors_are_no_second_reading() -> None:
    found = [
        TensorInfo(f"model/{v.name}", v.shape, v.dtype, aliases=(f"net/{v.name}",))
        for v in VARIABLES
    ]
    assert len(make_plan(found, VARIABLES).assignments) == 2


def test_names_at_the_root_come_first() -> None:
    with pytest.raises(MappingProblem) as caught:
        make_plan([*tensors("ema"), TensorInfo("d/kernel", (2, 3), "float32")], VARIABLES)
    assert "d/bias" in {p.where for p in caught.value.problems}


def test_a_prefix_must_have_every_variable() -> None:
    with pytest.raises(MappingProblem, match="nothing fills") as caught:
        make_plan(tensors("model")[:1], VARIABLES)
    assert [p.where for p in caught.value.problems] == ["model/d/kernel", "d/kernel", "d/bias"]


def test_with_rules_no_prefix_is_looked_for() -> None:
    rule = Rule.model_validate({"from": "x", "to": "y", "expect": 0})
    with pytest.raises(MappingProblem, match="nothing fills"):
        make_plan(tensors("model"), VARIABLES, [rule])


def test_a_prefix_does_not_hide_a_shape() -> None:
    wrong = [TensorInfo("model/d/kernel", (3, 2), "float32"), tensors("model")[1]]
    with pytest.raises(MappingProblem, match="the shape does not fit d/kernel"):
        make_plan(wrong, VARIABLES)
