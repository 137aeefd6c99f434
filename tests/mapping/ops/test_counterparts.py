"""Each op and the one that leads back: the original bytes."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from tfmigrate.mapping.ops import COUNTERPARTS, OPS, parse_op, run_all

PAIRS: list[tuple[Any, Any, list[tuple[int, ...]]]] = [
    ({"transpose": [2, 0, 1]}, {"transpose": [1, 2, 0]}, [(2, 3, 4)]),
    ({"reshape": [6, -1]}, {"reshape": [2, 3, 4]}, [(2, 3, 4)]),
    ({"squeeze": [0, 2]}, {"expand_dims": [0, 2]}, [(1, 3, 1)]),
    ({"reverse": [0, 1]}, {"reverse": [0, 1]}, [(2, 3, 4)]),
    ({"split": {"axis": 1, "sizes": [1, 5]}}, {"concat": 1}, [(2, 6)]),
    ({"split": {"axis": -1, "parts": 3}}, {"concat": -1}, [(2, 6)]),
    ({"stack": 1}, {"unstack": 1}, [(2, 3), (2, 3), (2, 3)]),
    (
        {"pad": {"axis": 0, "before": 2, "after": 1, "value": 9}},
        {"slice": {"axis": 0, "start": 2, "stop": -1}},
        [(3, 4)],
    ),
    (
        {"reorder_gates": {"from": "icfo", "to": "ifco"}},
        {"reorder_gates": {"from": "ifco", "to": "icfo"}},
        [(3, 8), (8,)],
    ),
    (
        {"add_constant": {"value": 1, "gate": "f", "gates": "icfo"}},
        {"add_constant": {"value": -1, "gate": "f", "gates": "icfo"}},
        [(8,)],
    ),
    ({"cast": "float64"}, {"cast": "float32"}, [(2, 3)]),
]


@pytest.mark.parametrize(("there", "back", "shapes"), PAIRS, ids=[str(p[0]) for p in PAIRS])
def test_there_and_back(there: Any, back: Any, shapes: list[tuple[int, ...]]) -> None:
    ((name, _),) = there.items()
    assert COUNTERPARTS[name] == next(iter(back))
    rng = np.random.default_rng(1)  # multiples of 1/8: a sum with 1.0 is exact
    given = [(rng.integers(-99, 99, s) / 8).astype(np.float32) for s in shapes]
    between = run_all([parse_op(there)], given)
    assert [a.tobytes() for a in between] != [a.tobytes() for a in given] or name in (
        "reshape",
        "squeeze",
    )
    found = run_all([parse_op(back)], between)
    assert [(a.shape, a.dtype, a.tobytes()) for a in found] == [
        (a.shape, a.dtype, a.tobytes()) for a in given
    ]


@pytest.mark.parametrize(("there", "back", "shapes"), PAIRS, ids=[str(p[0]) for p in PAIRS])
def test_and_the_other_way_round(there: Any, back: Any, shapes: list[tuple[int, ...]]) -> None:
    ones = [np.arange(np.prod(s), dtype="float32").reshape(s) for s in shapes]
    padded = next(iter(there)) == "pad"
    start = run_all([parse_op(there)], [a * 0 + 9 for a in ones] if padded else ones)
    again = run_all([parse_op(back), parse_op(there)], start)
    assert [a.tobytes() for a in again] == [a.tobytes() for a in start]


def test_every_counterpart_is_an_op_and_leads_back() -> None:
    assert {COUNTERPARTS[COUNTERPARTS[name]] for name in COUNTERPARTS} == set(COUNTERPARTS)
    one_way = {"add", "root", "variance", "add_product"}
    assert COUNTERPARTS.keys() | one_way == OPS.keys()
    assert {n for there, back, _ in PAIRS for n in (*there, *back)} == COUNTERPARTS.keys()


def test_bfloat16_there_and_back() -> None:
    bits = np.arange(1 << 16, dtype=np.uint16)
    given = bits.view(ml_dtypes.bfloat16)
    (wide,) = run_all([parse_op({"cast": "float32"})], [given])
    assert wide.dtype == np.float32
    assert wide[0x3F80] == 1.0
    (back,) = run_all([parse_op({"cast": "bfloat16"})], [wide])
    number = ~np.isnan(wide)  # a NaN stays one; its payload is not promised
    assert (back.view(np.uint16) == bits)[number].all()
    assert np.isnan(back.astype(np.float32)[~number]).all()
