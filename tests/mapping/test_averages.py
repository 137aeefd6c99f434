from __future__ import annotations

from typing import Any

import pytest

from tfmigrate.errors import MappingProblem
from tfmigrate.mapping import make_plan
from tfmigrate.recipe.model import Ignore, Rule
from tfmigrate.results import Plan
from tfmigrate.tensors import TensorInfo, VariableInfo

EMA = "ExponentialMovingAverage"


def raw(name: str, *shape: int) -> TensorInfo:
    return TensorInfo(name, shape, "float32")


def average(of: str, *shape: int, name: str = "") -> TensorInfo:
    return TensorInfo(name or f"{of}/{EMA}", shape, "float32", average_of=of)


def variable(name: str, *shape: int) -> VariableInfo:
    return VariableInfo(name, shape, "float32", leaf=name.rpartition("/")[2])


TENSORS = [raw("d/w", 2, 3), average("d/w", 2, 3), raw("bn/moving_mean", 3)]
VARIABLES = [variable("d/kernel", 2, 3), variable("bn/moving_mean", 3)]
RULES = [Rule.model_validate({"from": "{l}/w", "to": "{l}/kernel"})]


def plan(mode: Any, tensors: Any = TENSORS, variables: Any = VARIABLES, **more: Any) -> Plan:
    given = {"rules": RULES, "where": "r.yaml", **more}
    return make_plan(tensors, variables, averages=mode, **given)


def sources(found: Plan) -> dict[str, str]:
    return {a.targets[0]: a.sources[0] for a in found.assignments}


def test_prefer_takes_the_average_and_the_raw_value_where_there_is_none() -> None:
    found = plan("prefer")
    assert sources(found) == {"d/kernel": f"d/w/{EMA}", "bn/moving_mean": "bn/moving_mean"}
    assert [a.rule for a in found.assignments] == ["rule 1; moving average", "name"]
    assert [(i.name, i.because) for i in found.ignored] == [
        ("d/w", "its moving average is restored instead")
    ]


def test_ignore_takes_the_raw_value() -> None:
    found = plan("ignore")
    assert sources(found) == {"d/kernel": "d/w", "bn/moving_mean": "bn/moving_mean"}
    assert [(i.name, i.because) for i in found.ignored] == [
        (f"d/w/{EMA}", "moving average; the recipe says `averages: ignore`")
    ]


def test_require_needs_none_of_statistics() -> None:
    assert plan("require") == plan("prefer")


def test_require_names_every_variable_without_one() -> None:
    tensors = [*TENSORS, raw("e/w", 4), raw("f/w", 4)]
    variables = [*VARIABLES, variable("e/kernel", 4), variable("f/kernel", 4)]
    with pytest.raises(MappingProblem) as caught:
        plan("require", tensors, variables)
    assert [p.where for p in caught.value.problems] == ["e/w", "f/w"]
    assert "has no moving average" in caught.value.problems[0].what


def test_require_without_any() -> None:
    with pytest.raises(MappingProblem, match="holds no moving average"):
        plan("require", [TENSORS[0], TENSORS[2]])


def test_without_a_word_neither_is_taken() -> None:
    with pytest.raises(MappingProblem) as caught:
        plan(None)
    (problem,) = caught.value.problems
    assert problem.what.startswith("a moving average is stored beside the raw values")
    assert problem.found == f"d/w and d/w/{EMA}"
    assert "averages: prefer" in problem.help
    assert "averages: ignore" in problem.help


def test_one_problem_for_all_of_them() -> None:
    tensors = [t for i in range(9) for t in (raw(f"d{i}/w", 2), average(f"d{i}/w", 2))]
    variables = [variable(f"d{i}/kernel", 2) for i in range(9)]
    with pytest.raises(MappingProblem, match="1 problem") as caught:
        plan(None, tensors, variables)
    assert "9 moving averages are stored" in caught.value.problems[0].what


def test_rules_that_name_the_averages_decide() -> None:
    rules = [Rule.model_validate({"from": f"{{l}}/w/{EMA}", "to": "{l}/kernel"})]
    ignore = [Ignore.model_validate({"names": "{l}/w", "because": "the average is served"})]
    found = plan(None, rules=rules, ignore=ignore)
    assert sources(found)["d/kernel"] == f"d/w/{EMA}"
    assert [i.name for i in found.ignored] == ["d/w"]


def test_a_file_of_averages_alone() -> None:
    found = plan("prefer", TENSORS[1:])
    assert sources(found)["d/kernel"] == f"d/w/{EMA}"
    assert found.ignored == ()


def test_an_average_alone_is_no_raw_value() -> None:
    with pytest.raises(MappingProblem, match="nothing fills this variable"):
        plan("ignore", TENSORS[1:], rules=[])


def test_what_is_ignored_takes_its_average_along() -> None:
    tensors = [*TENSORS, raw("aux/w", 2), average("aux/w", 2, name=f"train/aux/w/{EMA}")]
    ignore = [Ignore.model_validate({"names": "aux/{v}", "because": "no use"})]
    found = plan("prefer", tensors, rules=[Rule.model_validate({"from": "d/w", "to": "d/kernel"})],
                 ignore=ignore)  # fmt: skip
    assert {i.name: i.because for i in found.ignored} == {
        "aux/w": "no use",
        "d/w": "its moving average is restored instead",
        f"train/aux/w/{EMA}": "moving average; its variable is left out",
    }


def test_two_averages_of_one_variable() -> None:
    tensors = [*TENSORS, average("d/w", 2, 3, name=f"d/w/{EMA}_1")]
    with pytest.raises(MappingProblem, match="several moving averages"):
        plan("prefer", tensors)


@pytest.mark.parametrize("mode", ["prefer", "ignore"])
def test_every_tensor_appears_once(mode: str) -> None:
    found = plan(mode)
    names = [n for a in found.assignments for n in a.sources] + [i.name for i in found.ignored]
    assert sorted(names) == sorted(t.name for t in TENSORS)
