from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tfmigrate.errors import MappingProblem
from tfmigrate.mapping import apply_plan, close
from tfmigrate.mapping.apply import sha256
from tfmigrate.results import Assignment, Ignored, LedgerEntry, Plan


def run() -> tuple[tuple[LedgerEntry, ...], dict[str, Any]]:
    rng = np.random.default_rng(3)
    values = {n: rng.normal(size=(3, 4)).astype("float32") for n in ("a", "b")}
    plan = Plan(
        (
            Assignment(("a",), ("x",), ({"transpose": {"perm": [1, 0]}},)),
            Assignment(("b",), ("y",)),
        ),
        (Ignored("step", "counter"),),
    )
    exported: dict[str, Any] = {}
    entries = apply_plan(
        plan, values.__getitem__, lambda name, array: exported.update({name: array.copy()})
    )
    return entries, exported


def hashes(exported: dict[str, Any]) -> dict[str, str]:
    return {name: sha256(array) for name, array in exported.items()}


def test_what_was_restored_is_what_was_exported() -> None:
    entries, exported = run()
    closed = close(entries, hashes(exported))
    assert [e.targets for e in closed] == [e.expected for e in closed]
    assert closed[2] == entries[2]


@pytest.mark.parametrize("name", ["x", "y"])
@pytest.mark.parametrize("bit", [0, 17, 12 * 32 - 1])
def test_one_flipped_bit_is_seen(name: str, bit: int) -> None:
    entries, exported = run()
    exported[name].reshape(-1).view(np.uint8)[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(MappingProblem) as caught:
        close(entries, hashes(exported))
    (problem,) = caught.value.problems
    assert problem.where == name
    assert problem.found != problem.expected


def test_every_mismatch_is_listed() -> None:
    entries, exported = run()
    found = hashes(exported)
    again = (*entries, entries[1])
    with pytest.raises(MappingProblem) as caught:
        close(again, {"y": "00", "z": found["x"]})
    assert [(p.where, p.what) for p in caught.value.problems] == [
        ("x", "the variable is not in the exported files"),
        ("y", "the exported values are not the restored ones"),
        ("y", "the exported values are not the restored ones"),
        ("y", "the variable was restored 2 times"),
        ("z", "the variable was exported, but never restored"),
    ]
