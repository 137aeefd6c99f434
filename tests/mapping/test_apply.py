from __future__ import annotations

import gc
import hashlib
import weakref
from typing import Any

import numpy as np
import pytest

from tfmigrate.errors import MappingProblem
from tfmigrate.mapping import apply_plan
from tfmigrate.mapping.apply import sha256
from tfmigrate.results import Assignment, Ignored, LedgerEntry, Plan


def test_values_and_hashes() -> None:
    kernel = np.arange(6, dtype="float32").reshape(2, 3)
    ops = ({"transpose": {"perm": [1, 0]}}, {"split": {"axis": 0, "sizes": [1, 2]}})
    plan = Plan((Assignment(("w",), ("a", "b"), ops, "rule 1"),), (Ignored("step", "counter"),))
    got: dict[str, Any] = {}
    entries = apply_plan(plan, {"w": kernel}.__getitem__, got.__setitem__)
    assert got["a"].tolist() == [[0, 3]]
    assert got["b"].tolist() == [[1, 4], [2, 5]]
    assert all(array.flags.c_contiguous for array in got.values())
    assert entries == (
        LedgerEntry(
            "restored",
            sources={"w": hashlib.sha256(kernel.tobytes()).hexdigest()},
            expected={n: hashlib.sha256(a.tobytes()).hexdigest() for n, a in got.items()},
            ops=ops,
            rule="rule 1",
        ),
        LedgerEntry("ignored", sources={"step": ""}, rule="counter"),
    )


def test_one_assignment_is_held_at_a_time() -> None:
    names = [f"t{i}" for i in range(5)]
    alive: list[weakref.ref[Any]] = []
    most = 0

    def read(name: str) -> Any:
        nonlocal most
        gc.collect()
        most = max(most, sum(ref() is not None for ref in alive))
        array = np.zeros(8, "float32")
        alive.append(weakref.ref(array))
        return array

    plan = Plan(tuple(Assignment((n,), (n,)) for n in names))
    apply_plan(plan, read, lambda name, array: None)
    assert len(alive) == 5
    assert most == 0


@pytest.mark.parametrize("dtype", [">f4", ">i8", "<f4", "bool", "uint8", "complex64", "float16"])
def test_hashes_are_little_endian_and_in_c_order(dtype: str) -> None:
    values = np.arange(6).reshape(2, 3).astype(dtype)
    little = np.ascontiguousarray(values).astype(np.dtype(dtype).newbyteorder("<"))
    wanted = hashlib.sha256(little.tobytes()).hexdigest()
    assert sha256(values) == wanted
    assert sha256(np.asfortranarray(values)) == wanted


def test_scalars_empty_arrays_and_bfloat16() -> None:
    ml_dtypes = pytest.importorskip("ml_dtypes")
    for array in (
        np.float32(3) * np.ones(()),
        np.zeros((0, 3), "float32"),
        np.ones((2, 2), ml_dtypes.bfloat16),
    ):
        assert sha256(array) == hashlib.sha256(array.tobytes()).hexdigest()


def test_a_big_endian_source_is_assigned_little_endian() -> None:
    got: dict[str, Any] = {}
    source = np.arange(3, dtype=">f4")
    apply_plan(Plan((Assignment(("a",), ("a",)),)), {"a": source}.__getitem__, got.__setitem__)
    assert got["a"].dtype == np.dtype("<f4")
    assert got["a"].tolist() == [0, 1, 2]


def test_a_scalar_stays_a_scalar() -> None:
    got: dict[str, Any] = {}
    source = {"a": np.array(3.0, "float32")}
    apply_plan(Plan((Assignment(("a",), ("a",)),)), source.__getitem__, got.__setitem__)
    assert got["a"].shape == ()


def test_hashing_copies_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import tracemalloc

    array = np.zeros(1 << 20, "float32")
    sha256(array)
    tracemalloc.start()
    sha256(array)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000


@pytest.mark.parametrize("array", [np.array(["a"], object), np.array([b"a"])])
def test_text_is_no_weight(array: Any) -> None:
    with pytest.raises(MappingProblem, match="text"):
        sha256(array, "t")


def test_a_value_that_a_cast_cannot_keep() -> None:
    plan = Plan((Assignment(("w",), ("v",), ({"cast": {"dtype": "float16"}},), "rule 3 (line 9)"),))
    got: dict[str, Any] = {}
    with pytest.raises(MappingProblem, match=r"rule 3 \(line 9\): cast to float16: 1 values") as e:
        apply_plan(plan, {"w": np.array([1.0, 1e9])}.__getitem__, got.__setitem__)
    assert (e.value.where, got) == ("w", {})
