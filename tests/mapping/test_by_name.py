"""Weights of Keras files by the names in them, never by their order."""

from __future__ import annotations

import pytest

from tfmigrate.errors import MappingProblem
from tfmigrate.mapping.by_name import plan_by_name
from tfmigrate.results import Assignment, Plan
from tfmigrate.tensors import TensorInfo, VariableInfo


def stored(group: str, key: str, *shape: int, training: str = "", dtype: str = "float32"):
    return TensorInfo(f"{group}/{key}", shape, dtype, group, training, key)


def variable(path: str, *shape: int, keys: tuple[str, ...] = (), dtype: str = "float32"):
    *owners, leaf = path.split("/")
    return VariableInfo(path, shape, dtype, tuple(owners), leaf, keys)


def pairs(plan) -> dict[str, str]:
    return {a.sources[0]: a.targets[0] for a in plan.assignments}


def test_a_layers_weights_are_matched_by_their_own_names():
    tensors = [stored("d", "d/bias:0", 3), stored("d", "d/kernel:0", 3, 3)]
    plan = plan_by_name(tensors, [variable("d/kernel", 3, 3), variable("d/bias", 3)])
    assert pairs(plan) == {"d/d/kernel:0": "d/kernel", "d/d/bias:0": "d/bias"}


def test_frozen_sublayers_change_the_order_in_the_file_and_nothing_else():
    # keras issue 6607: trainable weights first, so `frozen` comes after `tuned`.
    tensors = [stored("base", "tuned/kernel:0", 6, 6), stored("base", "frozen/kernel:0", 6, 6)]
    variables = [variable("base/frozen/kernel", 6, 6), variable("base/tuned/kernel", 6, 6)]
    assert pairs(plan_by_name(tensors, variables)) == {
        "base/tuned/kernel:0": "base/tuned/kernel",
        "base/frozen/kernel:0": "base/frozen/kernel",
    }


def test_a_counter_in_a_cells_name_does_not_matter():
    tensors = [
        stored("bi", "bi/backward_lstm/lstm_cell_5/kernel:0", 4, 8),
        stored("bi", "bi/forward_lstm/lstm_cell_4/kernel:0", 4, 8),
    ]
    variables = [
        variable("bi/forward_lstm/lstm_cell/kernel", 4, 8),
        variable("bi/backward_lstm/lstm_cell/kernel", 4, 8),
    ]
    assert pairs(plan_by_name(tensors, variables)) == {
        "bi/bi/forward_lstm/lstm_cell_4/kernel:0": "bi/forward_lstm/lstm_cell/kernel",
        "bi/bi/backward_lstm/lstm_cell_5/kernel:0": "bi/backward_lstm/lstm_cell/kernel",
    }


def test_a_wrappers_only_kernel_needs_no_inner_name():
    plan = plan_by_name([stored("td", "td/kernel:0", 3, 4)], [variable("td/dense/kernel", 3, 4)])
    assert pairs(plan) == {"td/td/kernel:0": "td/dense/kernel"}


def test_two_that_could_both_be_meant_are_refused_not_paired_by_order():
    tensors = [stored("m", "a_3/kernel:0", 2, 2), stored("m", "a_4/kernel:0", 2, 2)]
    variables = [variable("m/a/kernel", 2, 2), variable("m/a_1/kernel", 2, 2)]
    with pytest.raises(MappingProblem) as raised:
        plan_by_name(tensors, variables)
    assert len(raised.value.problems) == 4


def test_a_group_of_another_name_is_not_taken_though_everything_fits():
    with pytest.raises(MappingProblem) as raised:
        plan_by_name([stored("dense_4", "dense_4/kernel:0", 2)], [variable("dense_3/kernel", 2)])
    tensor, missing = raised.value.problems
    assert tensor.nearest == ("dense_3/kernel",)
    assert missing.nearest == ("dense_4/dense_4/kernel:0",)


def test_every_left_over_is_listed_and_training_state_is_ignored_with_its_reason():
    tensors = [
        stored("d", "d/kernel:0", 3, 3),
        stored("opt", "Adam/m:0", 3, 3, training="optimizer state"),
    ]
    plan = plan_by_name(tensors, [variable("d/kernel", 3, 3)])
    assert [(i.name, i.because) for i in plan.ignored] == [("opt/Adam/m:0", "optimizer state")]
    with pytest.raises(MappingProblem) as raised:
        plan_by_name(tensors, [variable("d/kernel", 3, 4), variable("d/bias", 4)])
    assert {p.where for p in raised.value.problems} == {"d/d/kernel:0", "d/kernel", "d/bias"}


def test_an_index_that_the_format_defines_is_a_name():
    tensors = [TensorInfo("layers/dense/vars/0", (2, 2), "float32")]
    variables = [variable("head/kernel", 2, 2, keys=("layers/dense/vars/0",))]
    assert pairs(plan_by_name(tensors, variables)) == {"layers/dense/vars/0": "head/kernel"}


def test_another_type_is_never_cast_in_silence():
    tensors = [TensorInfo("layers/dense/vars/0", (2,), "float64")]
    with pytest.raises(MappingProblem) as raised:
        plan_by_name(tensors, [variable("head/kernel", 2, keys=("layers/dense/vars/0",))])
    assert raised.value.problems[0].found == "2 float64"


def test_names_are_compared_as_if_there_were_no_rules():
    """Where a rule takes one of two of a shape away, the other is not paired for being left."""
    tensors = [stored("base", f"a{i}/kernel:0", 3, 3) for i in (1, 2)]
    variables = [variable(f"base/a{i}/kernel", 3, 3) for i in (1, 2)]
    moved = Plan((Assignment((tensors[0].name,), ("base/a2/kernel",), rule="rule 1"),))
    with pytest.raises(MappingProblem) as caught:
        plan_by_name(tensors, variables, decided=moved)
    assert {p.where for p in caught.value.problems} == {tensors[1].name, "base/a1/kernel"}
    right = Plan((Assignment((tensors[0].name,), ("base/a1/kernel",), rule="rule 1"),))
    plan = plan_by_name(tensors, variables, decided=right)
    assert [a.rule for a in plan.assignments] == ["rule 1", "name"]
    assert plan.assignments[1].targets == ("base/a2/kernel",)
