from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tfmigrate.errors import MappingProblem
from tfmigrate.mapping import make_plan
from tfmigrate.recipe.model import Ignore, Rule
from tfmigrate.results import Ignored, Plan
from tfmigrate.tensors import TensorInfo, VariableInfo


def tensor(name: str, *shape: int, aliases: str = "", dtype: str = "float32") -> TensorInfo:
    return TensorInfo(name, shape, dtype, aliases=tuple(aliases.split()))


def variable(name: str, *shape: int, dtype: str = "float32") -> VariableInfo:
    return VariableInfo(name, shape, dtype)


def rule(inherited: bool = False, **said: Any) -> Rule:
    made = Rule.model_validate({"from" if k == "source" else k: v for k, v in said.items()})
    made._inherited = inherited
    return made


def refused(*given: Any) -> MappingProblem:
    with pytest.raises(MappingProblem) as caught:
        make_plan(*given, where="r.yaml")
    return caught.value


def sources(plan: Plan) -> list[tuple[str, ...]]:
    return [a.sources for a in plan.assignments]


# --- either


EITHER = rule(either=["RNN/{l}/weights", "rnn/{l}/kernel"], to="{l}/kernel")


def test_one_of_the_alternatives_is_there() -> None:
    tensors = [tensor("RNN/a/weights", 2), tensor("rnn/b/kernel", 2)]
    plan = make_plan(tensors, [variable("a/kernel", 2), variable("b/kernel", 2)], [EITHER])
    assert sources(plan) == [("RNN/a/weights",), ("rnn/b/kernel",)]


def test_two_alternatives_for_one_target_are_ambiguous() -> None:
    tensors = [tensor("RNN/a/weights", 2), tensor("rnn/a/kernel", 2)]
    error = refused(tensors, [variable("a/kernel", 2)], [EITHER])
    assert "rnn/a/kernel and RNN/a/weights mean the same" in error.problems[0].found


def test_none_of_the_alternatives_is_there() -> None:
    error = refused([tensor("x", 2)], [variable("x", 2)], [EITHER])
    assert error.problems[0].found == "RNN/{l}/weights or rnn/{l}/kernel"


# --- {*n}


COLLECT = rule(source="emb/part_{*n}", to="emb/embeddings", ops=[{"concat": 0}])


def parts(*numbers: int) -> list[TensorInfo]:
    return [tensor(f"emb/part_{n}", 2, 3) for n in numbers]


@pytest.mark.parametrize("start", [0, 1])
def test_numbered_parts_are_taken_in_numeric_order(start: int) -> None:
    numbers = list(range(start, start + 11))
    plan = make_plan(
        parts(*sorted(numbers, key=str)), [variable("emb/embeddings", 22, 3)], [COLLECT]
    )
    assert sources(plan) == [tuple(f"emb/part_{n}" for n in numbers)]


@pytest.mark.parametrize(
    ("numbers", "missing"),
    [((0, 1, 3), "emb/part_2"), ((2, 3), "emb/part_1"), ((0, 3), "emb/part_1, emb/part_2")],
)
def test_a_gap_in_the_numbers(numbers: tuple[int, ...], missing: str) -> None:
    size = 2 * len(numbers)
    (problem,) = refused(parts(*numbers), [variable("emb/embeddings", size, 3)], [COLLECT]).problems
    assert problem.what == "rule 1: lacks a source"
    assert problem.expected == missing


def test_a_number_far_away_does_not_fill_the_memory() -> None:
    (problem,) = refused(parts(0, 999_999_999), [variable("emb/embeddings", 4, 3)], [COLLECT]
                         ).problems  # fmt: skip
    assert problem.expected.count("emb/part_") < 30


def test_the_same_number_twice() -> None:
    tensors = [*parts(0, 1), tensor("emb/part_01", 2, 3)]
    error = refused(tensors, [variable("emb/embeddings", 4, 3)], [COLLECT])
    assert "mean the same" in error.problems[0].found


def test_collected_and_captured_names() -> None:
    made = rule(source="{e}/part_{*n}", to="{e}/embeddings", ops=[{"concat": 0}], expect=2)
    tensors = [tensor(f"{e}/part_{n}", 2) for n in (1, 0) for e in "ab"]
    plan = make_plan(tensors, [variable(f"{e}/embeddings", 4) for e in "ab"], [made])
    assert sources(plan) == [("a/part_0", "a/part_1"), ("b/part_0", "b/part_1")]


def test_a_collected_name_stands_for_a_number_alone() -> None:
    tensors = [*parts(0, 1), tensor("emb/part_x", 2, 3)]
    error = refused(tensors, [variable("emb/embeddings", 4, 3)], [COLLECT])
    assert [p.where for p in error.problems] == ["emb/part_x"]


def test_whole_or_in_parts() -> None:
    made = rule(either=["emb/w", "emb/w/part_{*n}"], to="w", ops=[{"concat": 0}])
    assert sources(make_plan([tensor("emb/w", 4)], [variable("w", 4)], [made])) == [("emb/w",)]
    both = [tensor("emb/w", 4), tensor("emb/w/part_0", 4)]
    assert "mean the same" in refused(both, [variable("w", 4)], [made]).problems[0].found


# --- {**path}


def test_whole_segments() -> None:
    made = rule(source="net/{**path}/weights", to="{**path}/kernel")
    names = ["a", "a/b", "a/b/c"]
    plan = make_plan(
        [tensor(f"net/{n}/weights", 2) for n in names],
        [variable(f"{n}/kernel", 2) for n in names],
        [made],
    )
    assert [a.targets for a in plan.assignments] == [(f"{n}/kernel",) for n in names]


def test_whole_segments_are_at_least_one() -> None:
    made = rule(source="net/{**path}/w", to="{**path}/w", expect=0)
    assert make_plan([tensor("net/w", 2)], [variable("net/w", 2)], [made]).assignments


def test_whole_segments_leave_training_state_and_averages_alone() -> None:
    made = rule(source="m/{**path}", to="{**path}")
    slot = TensorInfo("m/w/.OPTIMIZER_SLOT/o/m", (2,), "float32", training="optimizer slot")
    shadow = TensorInfo("m/w/ExponentialMovingAverage", (2,), "float32", average_of="m/w")
    plan = make_plan([tensor("m/w", 2), slot], [variable("w", 2)], [made])
    assert plan.ignored == (Ignored("m/w/.OPTIMIZER_SLOT/o/m", "optimizer slot"),)
    (problem,) = refused([tensor("m/w", 2), shadow], [variable("w", 2)], [made]).problems
    assert "a moving average is stored beside" in problem.what


def test_a_rule_that_names_training_state_takes_it() -> None:
    slot = TensorInfo("w/Adam", (2,), "float32", training="optimizer slot")
    error = refused([slot], [variable("v", 2)], [rule(source="w/Adam", to="vv")])
    assert error.problems[0].what == "rule 1: has no such target"
    assert sources(make_plan([slot], [variable("v", 2)], [rule(source="w/Adam", to="v")]))


# --- several names of one tensor


def test_a_rule_may_use_any_path_to_a_shared_variable() -> None:
    shared = tensor("model/layer-1/kernel", 2, aliases="model/dense/kernel tied/w")
    made = rule(source="model/{l}/kernel", to="{l}/kernel")
    plan = make_plan([shared], [variable("dense/kernel", 2)], [made])
    assert [(a.sources, a.targets) for a in plan.assignments] == [
        (("model/layer-1/kernel",), ("dense/kernel",))
    ]
    assert make_plan([shared], [variable("x", 2)], [rule(source="tied/w", to="x")]).assignments


def test_two_paths_that_lead_to_the_same_variable_are_one() -> None:
    shared = tensor("model/layer-1/w", 2, aliases="model/layer_with_weights-0/w")
    made = rule(source="model/{place}/{v}", to="dense/{v}")
    plan = make_plan([shared], [variable("dense/w", 2)], [made])
    assert sources(plan) == [("model/layer-1/w",)]


def test_two_paths_that_lead_to_two_variables_are_ambiguous() -> None:
    shared = tensor("model/a/kernel", 2, aliases="model/b/kernel")
    made = rule(source="model/{l}/kernel", to="{l}/kernel")
    error = refused([shared], [variable("a/kernel", 2), variable("b/kernel", 2)], [made])
    assert "matches in several ways: with l=a and with l=b" in error.problems[0].found


def test_a_further_name_fills_a_variable_of_that_name() -> None:
    plan = make_plan([tensor("model/x", 2, aliases="dense/kernel")], [variable("dense/kernel", 2)])
    assert sources(plan) == [("model/x",)]


def test_ignore_goes_by_the_name_alone() -> None:
    # Keras 3 reaches every weight of a model through its optimizer as well.
    weight = tensor("model/d/kernel", 2, aliases="optimizer/_trainable_variables/0")
    ignore = [Ignore.model_validate({"names": "optimizer/{a}/{n}", "because": "no weights"})]
    rules = [rule(source="model/{**p}", to="{**p}")]
    plan = make_plan([weight], [variable("d/kernel", 2)], [], ignore)
    assert sources(plan) == [("model/d/kernel",)]
    assert make_plan([weight], [variable("d/kernel", 2)], rules, ignore).ignored == ()


# --- precedence, inheritance, unused rules


def test_inherited_rules_need_not_apply_and_come_last() -> None:
    rules = [
        rule(True, source="{l}/w", to="{l}/kernel", expect=2),
        rule(True, source="never", to="nowhere"),
        rule(source="a/w", to="first"),
    ]
    tensors = [tensor("a/w", 2), tensor("b/w", 2)]
    plan = make_plan(tensors, [variable("first", 2), variable("b/kernel", 2)], rules)
    assert [(a.sources, a.rule) for a in plan.assignments] == [
        (("a/w",), "rule 3"),
        (("b/w",), "rule 1 (inherited)"),
    ]


def test_an_inherited_rule_still_has_to_apply_as_often_as_it_says() -> None:
    error = refused([tensor("b/w", 2)], [variable("b/kernel", 2)],
                    [rule(True, source="{l}/w", to="{l}/kernel", expect=2)])  # fmt: skip
    assert "applies once, not 2 times" in error.problems[0].what


def test_the_own_ignore_comes_before_inherited_rules() -> None:
    ignore = [Ignore.model_validate({"names": "logits/w", "because": "another head"})]
    rules = [rule(True, source="{l}/w", to="{l}/kernel")]
    tensors = [tensor("logits/w", 2), tensor("b/w", 2)]
    plan = make_plan(tensors, [variable("b/kernel", 2)], rules, ignore)
    assert plan.ignored == (Ignored("logits/w", "another head"),)


def test_a_rule_that_earlier_ones_leave_nothing_says_which(
    told: Callable[..., list[str]],
) -> None:
    rules = [rule(source="{l}/w", to="{l}/kernel"), rule(source="a/w", to="first")]
    error = refused([tensor("a/w", 2)], [variable("a/kernel", 2), variable("first", 2)], rules)
    assert told(error.problems)[0].startswith(
        "where=r.yaml; what=rule 2: matches only what is decided already; found=a/w (rule 1); "
        "help=the recipe's own lines come before inherited ones"
    )


def test_a_variable_of_a_counters_name_gets_it() -> None:
    step = TensorInfo("global_step", (), "int64", training="training counter")
    plan = make_plan([step], [variable("global_step", dtype="int64")])
    assert sources(plan) == [("global_step",)]


# --- dtypes


def test_a_cast_is_checked_and_told() -> None:
    made = rule(source="a", to="b", ops=[{"cast": "float32"}])
    plan = make_plan([tensor("a", 2, dtype="bfloat16")], [variable("b", 2)], [made])
    assert plan.assignments[0].rule == "rule 1; cast bfloat16 to float32, exactly"
    plan = make_plan([tensor("a", 2, dtype="float64")], [variable("b", 2)], [made])
    assert plan.assignments[0].rule.endswith("narrower: values are rounded")


def test_no_dtype_changes_without_a_cast() -> None:
    made = rule(source=["a", "b"], to="c", ops=[{"concat": 0}])
    error = refused([tensor("a", 2), tensor("b", 2, dtype="float16")], [variable("c", 4)], [made])
    assert "concat cannot mix float16 and float32; cast first" in error.problems[0].what


# --- size


@pytest.mark.parametrize("aliases", ["", "x/{} y/{} model/layers/{}"])
def test_many_tensors_and_many_rules_take_no_time(aliases: str) -> None:
    kinds = {"weights": "kernel", "biases": "bias"}
    places = [(b, f"u_{u}/c{c}") for b in range(50) for u in range(5) for c in range(10)]
    names = [f"b{b}/{rest}/{w}" for b, rest in places for w in kinds]
    tensors = [tensor(f"net/{n}", 3, aliases=aliases.replace("{}", n)) for n in names]
    variables = [variable(f"b{b}/{rest}/{k}", 3) for b, rest in places for k in kinds.values()]
    rules = [
        rule(source=f"net/b{b}/{{u}}/{{c}}/{w}", to=f"b{b}/{{u}}/{{c}}/{k}", expect=50)
        for w, k in kinds.items()
        for b in range(24)
    ]
    rules += [rule(source=f"net/{{**p}}/{w}", to=f"{{**p}}/{k}") for w, k in kinds.items()]
    start = time.process_time()
    plan = make_plan(tensors, variables, rules)
    assert time.process_time() - start < 1.5
    assert len(plan.assignments) == len(names) == 5000
