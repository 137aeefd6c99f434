from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tfmigrate.mapping.ops import OpError, parse_op, run_all, shapes_after
from tfmigrate.recipe.rules import RuleMistake

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
    ],
)
def test_what_does_not_fit(op: Any, given: list[tuple[int, ...]]) -> None:
    with pytest.raises(OpError, match=next(iter(op))):
        shapes_after([parse_op(op)], given)
    with pytest.raises(OpError):
        run_all([parse_op(op)], [np.zeros(s) for s in given])


@pytest.mark.parametrize(
    "op", [{"transpoze": [1]}, {"transpose": "10"}, {"split": 3}, {"concat": True}, {}, "concat"]
)
def test_what_is_no_op(op: Any) -> None:
    with pytest.raises(RuleMistake):
        parse_op(op)
