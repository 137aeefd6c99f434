from __future__ import annotations

import numpy as np
import pytest

from tfmigrate.mapping.ops import OpError, parse_op, run_all


def test_a_basic_lstm_cell_becomes_keras_order() -> None:
    kernel = np.array([[1, 1, 2, 2, 3, 3, 4, 4]], np.float32)  # i, c, f, o
    (found,) = run_all([parse_op({"reorder_gates": {"from": "icfo", "to": "ifco"}})], [kernel])
    assert found.tolist() == [[1, 1, 3, 3, 2, 2, 4, 4]]


def test_gates_along_another_axis() -> None:
    rows = np.array([[1, 2], [3, 4], [5, 6]])
    op = {"reorder_gates": {"from": "abc", "to": "cab", "axis": 0}}
    assert run_all([parse_op(op)], [rows])[0].tolist() == [[5, 6], [1, 2], [3, 4]]


def test_the_forget_bias_goes_to_its_gate_alone() -> None:
    bias = np.zeros(8, np.float32)
    op = {"add_constant": {"value": 1, "gate": "f", "gates": "ifco"}}
    (found,) = run_all([parse_op(op)], [bias])
    assert found.tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
    assert found.dtype == np.float32
    assert not bias.any()  # what is mapped from a file is not written to


def test_a_gate_along_the_first_axis() -> None:
    op = {"add_constant": {"value": 2, "gate": "b", "gates": "ab", "axis": 0}}
    assert run_all([parse_op(op)], [np.zeros((2, 2))])[0].tolist() == [[0, 0], [2, 2]]


def test_a_constant_for_every_element() -> None:
    assert run_all([parse_op({"add_constant": -0.5})], [np.ones(2)])[0].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    "op", [{"add_constant": 0.5}, {"pad": {"axis": 0, "after": 1, "value": 0.5}}]
)
def test_a_number_that_the_dtype_does_not_have(op: object) -> None:
    with pytest.raises(OpError, match=r"0\.5 is no int32"):
        run_all([parse_op(op)], [np.ones(2, np.int32)])


def test_padding_has_its_value_on_the_right_side() -> None:
    op = {"pad": {"axis": 0, "before": 1, "after": 2, "value": 5}}
    assert run_all([parse_op(op)], [np.zeros(1)])[0].tolist() == [5, 0, 5, 5]
    op = {"slice": {"axis": 1, "start": 1, "stop": -1}}
    assert run_all([parse_op(op)], [np.arange(8).reshape(2, 4)])[0].tolist() == [[1, 2], [5, 6]]
