from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tfmigrate.errors import MappingProblem
from tfmigrate.mapping import make_plan
from tfmigrate.recipe import load_recipe
from tfmigrate.recipe.model import Ignore, Rule
from tfmigrate.results import Assignment, Ignored, Plan
from tfmigrate.tensors import TensorInfo, VariableInfo


def tensor(name: str, *shape: int, dtype: str = "float32", training: str = "") -> TensorInfo:
    return TensorInfo(name, shape, dtype, training=training)


def variable(name: str, *shape: int, dtype: str = "float32", keys: str = "") -> VariableInfo:
    return VariableInfo(name, shape, dtype, keys=tuple(keys.split()))


def rule(source: Any, target: Any, **more: Any) -> Rule:
    return Rule.model_validate({"from": source, "to": target, **more})


def ignore(names: Any, because: str = "because") -> Ignore:
    return Ignore.model_validate({"names": names, "because": because})


def refused(*given: Any) -> MappingProblem:
    with pytest.raises(MappingProblem) as caught:
        make_plan(*given, where="r.yaml")
    assert caught.value.exit_code == 4
    return caught.value


def test_names_that_are_equal_need_no_rule() -> None:
    plan = make_plan(
        [tensor("d/kernel", 2, 3), tensor("model/d/bias", 3)],
        [variable("d/bias", 3, keys="model/d/bias"), variable("d/kernel", 2, 3)],
    )
    assert plan == Plan(
        (
            Assignment(("d/kernel",), ("d/kernel",)),
            Assignment(("model/d/bias",), ("d/bias",)),
        )
    )


def test_rules_with_captures() -> None:
    tensors = [tensor(f"block{b}/c{c}/weights", 2, 3) for b in (1, 2) for c in (1, 2)]
    variables = [variable(f"b{b}_{c}/kernel", 3, 2) for b in (1, 2) for c in (1, 2)]
    op = {"transpose": {"perm": [1, 0]}}
    rules = [
        rule("block{b}/c{c}/weights", "b{b}_{c}/kernel", ops=[{"transpose": [1, 0]}], expect=4)
    ]
    plan = make_plan(tensors, variables, rules)
    assert plan.assignments[1] == Assignment(
        ("block1/c2/weights",), ("b1_2/kernel",), (op,), "rule 1"
    )
    assert len(plan.assignments) == 4


def test_several_sources_and_several_targets() -> None:
    tensors = [tensor(f"l{n}/{g}", 2, 3) for n in (1, 2) for g in "ab"]
    variables = [variable(f"m{n}/{g}", 4, k) for n in (1, 2) for g, k in (("x", 1), ("y", 2))]
    ops = [{"concat": 0}, {"split": {"axis": 1, "sizes": [1, 2]}}]
    plan = make_plan(
        tensors, variables, [rule(["l{n}/a", "l{n}/b"], ["m{n}/x", "m{n}/y"], ops=ops)]
    )
    assert [(a.sources, a.targets) for a in plan.assignments] == [
        (("l1/a", "l1/b"), ("m1/x", "m1/y")),
        (("l2/a", "l2/b"), ("m2/x", "m2/y")),
    ]


def test_the_first_rule_that_matches_decides() -> None:
    tensors = [tensor("a1/w", 2), tensor("a2/w", 2)]
    variables = [variable("first", 2), variable("b2", 2)]
    plan = make_plan(tensors, variables, [rule("a1/w", "first"), rule("a{n}/w", "b{n}")])
    assert [a.rule for a in plan.assignments] == ["rule 1", "rule 2"]


def test_a_rule_goes_before_a_name_and_before_what_is_no_weight() -> None:
    tensors = [tensor("a", 2), tensor("slot", 2, training="optimizer slot")]
    rules = [rule("a", "b"), rule("slot", "a")]
    plan = make_plan(tensors, [variable("b", 2), variable("a", 2)], rules)
    assert [(a.sources, a.targets) for a in plan.assignments] == [
        (("a",), ("b",)),
        (("slot",), ("a",)),
    ]


def test_what_is_left_out() -> None:
    tensors = [tensor("a", 2), tensor("d/Adam", 2, training="optimizer slot"), tensor("step")]
    plan = make_plan(tensors, [variable("a", 2)], [], [ignore(["{x}/Adagrad", "step"], "counter")])
    assert plan.ignored == (Ignored("step", "counter"), Ignored("d/Adam", "optimizer slot"))


def test_everything_left_over_is_told_with_a_rule(told: Callable[..., list[str]]) -> None:
    error = refused(
        [tensor("enc/conv/weights", 3, 3, 1, 6), tensor("enc/conv/biases", 6), tensor("odd", 9, 2)],
        [variable("enc/conv/kernel", 3, 3, 1, 6), variable("enc/conv/bias", 6), variable("z", 5)],
    )
    assert told(error.problems) == [
        "where=enc/conv/weights; "
        "what=no rule and no variable of its name takes this source tensor; "
        "found=(3, 3, 1, 6) float32; nearest=enc/conv/kernel (3, 3, 1, 6) float32, "
        "enc/conv/bias (6,) float32; "
        'help=add - {from: "enc/conv/weights", to: "enc/conv/kernel"}',
        "where=enc/conv/biases; what=no rule and no variable of its name takes this source tensor; "
        "found=(6,) float32; nearest=enc/conv/bias (6,) float32, "
        "enc/conv/kernel (3, 3, 1, 6) float32; "
        'help=add - {from: "enc/conv/biases", to: "enc/conv/bias"}',
        "where=odd; what=no rule and no variable of its name takes this source tensor; "
        'found=(9, 2) float32; help=add - {names: "odd", because: "..."}',
        "where=enc/conv/kernel; what=nothing fills this variable; expected=(3, 3, 1, 6) float32; "
        "nearest=enc/conv/weights (3, 3, 1, 6) float32, enc/conv/biases (6,) float32; "
        'help=add - {from: "enc/conv/weights", to: "enc/conv/kernel"}',
        "where=enc/conv/bias; what=nothing fills this variable; expected=(6,) float32; "
        "nearest=enc/conv/biases (6,) float32, enc/conv/weights (3, 3, 1, 6) float32; "
        'help=add - {from: "enc/conv/biases", to: "enc/conv/bias"}',
        "where=z; what=nothing fills this variable; expected=(5,) float32",
    ]
    assert error.what == "the weights and the model do not fit each other: 6 problems"


def test_a_pasted_rule_works(tmp_path: Path) -> None:
    tensors, variables = [tensor('d/w"$1', 4, 3)], [variable("d/kernel", 3, 4)]
    pasted = refused(tensors, variables).problems[0].help.removeprefix("add ")
    recipe = tmp_path / "r.yaml"
    recipe.write_text(f"tfmigrate: 1\nweights:\n  rules:\n  {pasted}\n", encoding="utf-8")
    plan = make_plan(tensors, variables, load_recipe(str(recipe)).weights.rules)
    assert plan.assignments[0].ops == ({"transpose": {"perm": [1, 0]}},)


def test_no_transpose_is_guessed_where_two_would_fit() -> None:
    (problem, _) = refused([tensor("w", 3, 3, 4)], [variable("w2", 4, 3, 3)]).problems
    assert "transpose" not in problem.help


def test_a_renamed_variable_is_the_first_candidate() -> None:
    names = ["conv", "conv_1", "conv_2", "dense"]
    tensors = [tensor(f"net/{n}/kernel", 3, 3) for n in names]
    variables = [variable(f"net/{n}/kernel", 3, 3) for n in (*names[:2], "conv_two", "dense")]
    problems = refused(tensors, variables).problems
    assert [p.nearest[0] for p in problems] == [
        "net/conv_two/kernel (3, 3) float32",
        "net/conv_2/kernel (3, 3) float32",
    ]


def test_shapes_and_dtypes_that_do_not_fit(told: Callable[..., list[str]]) -> None:
    error = refused(
        [tensor("a", 2, 3), tensor("b", 2, dtype="float16"), tensor("c", 4, 5)],
        [variable("a", 3, 2), variable("b", 2), variable("d", 4, 5)],
        [rule("c", "d", ops=[{"transpose": [1, 0]}])],
    )
    assert told(error.problems) == [
        "where=r.yaml; what=rule 1: the shape does not fit d (c); found=(5, 4) after its ops; "
        "expected=(4, 5)",
        "where=a; what=the shape does not fit a; found=(2, 3); expected=(3, 2)",
        "where=b; what=the dtype does not fit b; no dtype is changed silently; found=float16; "
        "expected=float32; help=an op casts it: {cast: float32}",
    ]


def test_what_rules_can_get_wrong(told: Callable[..., list[str]]) -> None:
    tensors = [tensor(n, 2) for n in ("a/1", "a/2", "b/1", "x_y_z", "p", "q", "r")]
    variables = [variable(n, 2) for n in ("one", "two/1", "m", "p_one")]
    rules = [
        rule("a/{n}", "one"),
        rule("nothing", "m"),
        rule(["b/{n}", "c/{n}"], "two/{n}", ops=[{"concat": 0}]),
        rule("{k}_{l}", "m"),
        rule("p", "p_on"),
        rule("q", ["m", "two/1"]),
        rule("r", "m", ops=[{"split": {"axis": 0, "sizes": [1, 2]}}], expect=2),
    ]
    assert told(refused(tensors, variables, rules).problems) == [
        "where=r.yaml; what=rule 1: a second source for one (a/2); found=a/2 and a/1; expected=one",
        "where=r.yaml; what=rule 2: matches nothing; found=nothing",
        "where=r.yaml; what=rule 3: lacks a source; found=b/1; expected=c/1",
        "where=r.yaml; what=rule 4: ambiguous (x_y_z); "
        "found={k}_{l} matches x_y_z in more than one way",
        "where=r.yaml; what=rule 5: has no such target; found=p_on; nearest=p_one",
        "where=r.yaml; what=rule 6: gives another number of tensors than it has targets; "
        "found=1 from q; expected=2",
        "where=r.yaml; what=rule 7: split into [1, 2] does not fit axis 0 of the shape (2,) (r)",
        "where=r.yaml; what=rule 7: applies once, not 2 times as expected; found=1; expected=2",
        "where=p_one; what=nothing fills this variable; expected=(2,) float32",
    ]


def test_rules_name_their_line_and_path() -> None:
    made = rule("x", "y")
    made._line = 41
    (problem, *_) = refused([tensor("a", 1)], [variable("a", 1)], [made]).problems
    assert (problem.line, problem.path) == (41, "$.weights.rules[0]")


def test_a_name_that_means_two_variables() -> None:
    error = refused([tensor("k", 2)], [variable("a", 2, keys="k"), variable("b", 2, keys="k")])
    assert "more than one variable: a, b" in error.problems[0].what


def test_a_second_tensor_for_a_variable_is_never_dropped() -> None:
    error = refused([tensor("a", 2), tensor("alias", 2)], [variable("a", 2, keys="alias")])
    assert [p.where for p in error.problems] == ["alias"]


def test_equal_shapes_are_never_matched_by_order() -> None:
    error = refused([tensor("x", 2), tensor("y", 2)], [variable("a", 2), variable("b", 2)])
    assert len(error.problems) == 4


def test_expect_zero_allows_a_rule_that_matches_nothing() -> None:
    assert make_plan([], [], [rule("x", "y", expect=0)]) == Plan(())


def test_large_sources_that_do_not_fit_answer_in_time() -> None:
    import time

    tensors = [tensor(f"t{i}/sub{i % 7}/weights", 3, 3) for i in range(1000)]
    variables = [variable(f"v{i}/kernel", 3, 3) for i in range(1000)]
    start = time.perf_counter()
    for rules, count in (([], 2000), ([rule("t{i}/{s}/weights", "x{i}_{s}/kernel")], 2000)):
        assert len(refused(tensors, variables, rules).problems) == count
    assert time.perf_counter() - start < 20


def test_a_variable_that_a_rule_fills_is_not_filled_by_name_as_well() -> None:
    error = refused([tensor("x", 2), tensor("a", 2)], [variable("a", 2)], [rule("x", "a")])
    (problem,) = error.problems
    assert (problem.where, problem.found) == ("a", "(2,) float32")


def test_a_name_of_its_own_goes_before_a_further_name() -> None:
    variables = [variable("a", 2, keys="b"), variable("b", 2)]
    plan = make_plan([tensor("b", 2), tensor("a", 2)], variables)
    assert [(a.sources, a.targets) for a in plan.assignments] == [
        (("b",), ("b",)),
        (("a",), ("a",)),
    ]


def test_a_tensor_that_two_sources_of_one_rule_match() -> None:
    made = rule(["{n}/w", "x{n}/w"], "y", ops=[{"concat": 0}])
    error = refused([tensor("x1/w", 2)], [variable("y", 4)], [made])
    assert "x1/w matches two sources of one rule" in error.problems[0].found


def test_names_of_a_source_are_unique() -> None:
    with pytest.raises(ValueError, match="two tensors of one name"):
        make_plan([tensor("a", 2), tensor("a", 2)], [variable("a", 2)])
