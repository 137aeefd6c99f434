from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tfmigrate.mapping.ops import OpError, dtypes_after, parse_op, run_all, shapes_after

CASES: list[tuple[Any, list[tuple[int, ...]], list[tuple[int, ...]]]] = [
    ({"transpose": [2, 0, 1]}, [(2, 3, 4)], [(4, 2, 3)]),
    ({"transpose": {"perm": [1, 0]}}, [(2, 3), (4, 5)], [(3, 2), (5, 4)]),
    ({"transpose": []}, [()], [()]),
    ({"reshape": [6, -1]}, [(2, 3, 4)], [(6, 4)]),
    ({"reshape": []}, [(1, 1)], [()]),
    ({"reshape": [0, 3]}, [(3, 0)], [(0, 3)]),
    ({"split": {"axis": -1, "sizes": [1, 2]}}, [(2, 3)], [(2, 1), (2, 2)]),
    ({"concat": 0}, [(2, 3), (4, 3)], [(6, 3)]),
    ({"concat": {"axis": -1}}, [(2, 3), (2, 1), (2, 2)], [(2, 6)]),
    ({"squeeze": 1}, [(2, 1, 3)], [(2, 3)]),
    ({"squeeze": [0, -1]}, [(1, 3, 1)], [(3,)]),
    ({"split": {"axis": 1, "parts": 3}}, [(2, 6)], [(2, 2)] * 3),
    ({"expand_dims": 0}, [(2, 3), ()], [(1, 2, 3), (1,)]),
    ({"expand_dims": [0, -1]}, [(2, 3)], [(1, 2, 3, 1)]),
    ({"stack": 0}, [(2, 3), (2, 3)], [(2, 2, 3)]),
    ({"stack": -1}, [(2, 3)] * 4, [(2, 3, 4)]),
    ({"unstack": 1}, [(2, 3, 4)], [(2, 4)] * 3),
    ({"unstack": -1}, [(2, 2)], [(2,)] * 2),
    ({"pad": {"axis": 0, "after": 2}}, [(3, 4), (1,)], [(5, 4), (3,)]),
    ({"pad": {"axis": -1, "before": 1, "after": 2, "value": 7}}, [(3, 4)], [(3, 7)]),
    ({"slice": {"axis": 0, "start": 1}}, [(3, 4)], [(2, 4)]),
    ({"slice": {"axis": -1, "start": -3, "stop": -1}}, [(3, 4)], [(3, 2)]),
    ({"reorder_gates": {"from": "icfo", "to": "ifco"}}, [(3, 8), (4,)], [(3, 8), (4,)]),
    ({"reorder_gates": {"from": "ru", "to": "ur", "axis": 0}}, [(4, 3)], [(4, 3)]),
    ({"add_constant": 1}, [(3,), ()], [(3,), ()]),
    ({"add_constant": {"value": 1, "gate": "f", "gates": "ifco"}}, [(8,)], [(8,)]),
    ({"cast": "float64"}, [(3,), ()], [(3,), ()]),
    ({"add_product": 2.5}, [(3, 4), (3, 2), (2, 4)], [(3, 4)]),
    ({"add_product": 1}, [(2, 3, 4), (2, 3, 1), (1, 4)], [(2, 3, 4)]),
]


@pytest.mark.parametrize(("op", "given", "out"), CASES, ids=[str(c[0]) for c in CASES])
def test_shapes_promise_what_run_does(
    op: Any, given: list[tuple[int, ...]], out: list[tuple[int, ...]]
) -> None:
    parsed = parse_op(op)
    arrays = [np.arange(np.prod(s), dtype="float32").reshape(s) for s in given]
    assert list(parsed.shapes(given)) == out
    assert [a.shape for a in parsed.run(arrays)] == out


def test_values() -> None:
    array = np.arange(6).reshape(2, 3)
    ops = [parse_op({"transpose": [1, 0]}), parse_op({"split": {"axis": 0, "sizes": [1, 2]}})]
    first, second = run_all(ops, [array])
    assert first.tolist() == [[0, 3]]
    assert second.tolist() == [[1, 4], [2, 5]]
    (back,) = run_all([parse_op({"concat": 0}), parse_op({"transpose": [1, 0]})], [first, second])
    assert back.tolist() == array.tolist()


@pytest.mark.parametrize(
    ("op", "given"),
    [
        ({"transpose": [0, 0]}, [(2, 3)]),
        ({"transpose": [1, 0]}, [(2, 3, 4)]),
        ({"transpose": [-1, 0]}, [(2, 3)]),
        ({"reshape": [4]}, [(2, 3)]),
        ({"reshape": [4, -1]}, [(2, 3)]),
        ({"reshape": [-1, -1]}, [(2, 3)]),
        ({"reshape": [-2, -3]}, [(2, 3)]),
        ({"reshape": [0, -1]}, [(2, 3)]),
        ({"split": {"axis": 0, "sizes": [1, 2]}}, [(2, 3)]),
        ({"split": {"axis": 2, "sizes": [2]}}, [(2, 3)]),
        ({"split": {"axis": 0, "sizes": [3, -1]}}, [(2, 3)]),
        ({"split": {"axis": 0, "sizes": []}}, [(0, 3)]),
        ({"split": {"axis": 0, "sizes": [2]}}, [(2,), (2,)]),
        ({"concat": 0}, [(2, 3), (2, 4)]),
        ({"concat": 0}, [(2, 3), (2,)]),
        ({"concat": 0}, [()]),
        ({"squeeze": 0}, [(2, 1)]),
        ({"squeeze": [1, -1]}, [(2, 1)]),
        ({"split": {"axis": 0, "parts": 4}}, [(6,)]),
        ({"split": {"axis": 0, "parts": 2}}, [(0,)]),
        ({"expand_dims": [0, 0]}, [(2,)]),
        ({"expand_dims": 3}, [(2, 2)]),
        ({"stack": 0}, [(2,), (3,)]),
        ({"stack": 2}, [(2,)]),
        ({"unstack": 0}, [(2,), (2,)]),
        ({"unstack": 0}, [()]),
        ({"pad": {"axis": 0}}, [(2,)]),
        ({"pad": {"axis": 0, "before": -1, "after": 3}}, [(2,)]),
        ({"slice": {"axis": 0, "stop": 4}}, [(3,)]),
        ({"slice": {"axis": 0, "start": -4}}, [(3,)]),
        ({"slice": {"axis": 0, "start": 2, "stop": 2}}, [(3,)]),
        ({"reorder_gates": {"from": "icfo", "to": "ifc"}}, [(8,)]),
        ({"reorder_gates": {"from": "icfo", "to": "ifcx"}}, [(8,)]),
    ],
)
def test_what_does_not_fit(op: Any, given: list[tuple[int, ...]]) -> None:
    with pytest.raises(OpError, match=next(iter(op))):
        shapes_after([parse_op(op)], given)
    with pytest.raises(OpError):
        run_all([parse_op(op)], [np.zeros(s) for s in given])


@pytest.mark.parametrize(
    ("op", "shape"),
    [
        ({"reorder_gates": {"from": "icfo", "to": "ifco"}}, (6,)),
        ({"add_constant": {"value": 1, "gate": "f", "gates": "ifco"}}, (2, 6)),
    ],
)
def test_gates_that_do_not_divide_the_axis(op: Any, shape: tuple[int, ...]) -> None:
    with pytest.raises(OpError, match=r"4 gates .* do not fit axis -1 .* 6 is no multiple of 4"):
        shapes_after([parse_op(op)], [shape])


def test_a_gate_that_is_none() -> None:
    op = parse_op({"add_constant": {"value": 1, "gate": "x", "gates": "ifco"}})
    with pytest.raises(OpError, match="no gate x in ifco"):
        shapes_after([op], [(8,)])


def test_dtypes_are_not_mixed() -> None:
    shapes = [(2,), (2,)]
    assert dtypes_after([parse_op({"concat": 0})], shapes, ["int8", "int8"]) == ("int8",)
    assert dtypes_after([parse_op({"reverse": 0})], shapes, ["int8", "int16"]) == ("int8", "int16")
    assert dtypes_after([parse_op({"unstack": 0})], [(3, 2)], ["int8"]) == ("int8",) * 3
    both = [parse_op({"cast": "float32"}), parse_op({"concat": 0})]
    assert dtypes_after(both, shapes, ["int8", "int16"]) == ("float32",)
    with pytest.raises(OpError, match="concat cannot mix int16 and int8; cast first"):
        dtypes_after(both[1:], shapes, ["int8", "int16"])
