from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from tfmigrate.mapping.ops import OpError, dtypes_after, parse_op, run_all
from tfmigrate.mapping.ops.cast import told


def cast(values: Any, dtype: str, to: str) -> Any:
    given = np.array(values, getattr(ml_dtypes, dtype, None) or dtype)
    op = parse_op({"cast": to})
    assert dtypes_after([op], [given.shape], [dtype]) == (to,)
    (found,) = run_all([op], [given])
    assert found.dtype.name == to
    return found.astype(np.float64).tolist()


@pytest.mark.parametrize(
    ("values", "dtype", "to", "expected"),
    [
        ([1.5, -2], "bfloat16", "float32", [1.5, -2]),
        ([1.5, np.inf], "float16", "float32", [1.5, np.inf]),
        ([1 / 3], "float64", "float32", [float(np.float32(1 / 3))]),
        ([1.001], "float32", "bfloat16", [1.0]),
        ([3, -4], "int64", "int32", [3, -4]),
        ([3.0], "float32", "int32", [3]),
        ([True, False], "bool", "float32", [1, 0]),
        ([2, 0], "uint8", "float16", [2, 0]),
    ],
)
def test_values(values: Any, dtype: str, to: str, expected: Any) -> None:
    assert cast(values, dtype, to) == expected


@pytest.mark.parametrize(
    ("values", "dtype", "to"),
    [
        ([1e39], "float64", "float32"),
        ([70000.0, 1.0], "float32", "float16"),
        ([0.5], "float32", "int32"),
        ([float("nan")], "float32", "int32"),
        ([-1], "int32", "uint8"),
        ([300], "int32", "int8"),
        ([2], "int32", "bool"),
        ([2**53 + 1], "int64", "float64"),
        ([257], "int32", "bfloat16"),
    ],
)
def test_values_that_do_not_fit(values: Any, dtype: str, to: str) -> None:
    with pytest.raises(OpError, match=f"cast to {to}: 1 values do not fit"):
        cast(values, dtype, to)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("complex64", "float32", "imaginary part"),
        ("qint8", "float32", "can be cast to int8"),
        ("float32", "quint8", "has no meaning"),
        ("string", "float32", "has no meaning"),
    ],
)
def test_casts_without_a_meaning(before: str, after: str, why: str) -> None:
    with pytest.raises(OpError, match=why):
        dtypes_after([parse_op({"cast": after})], [(2,)], [before])


def test_quantised_numbers_become_the_integers_that_hold_them() -> None:
    stored = np.array([(1,), (-3,)], np.dtype([("qint8", "i1")]))  # as TensorFlow hands them out
    op = parse_op({"cast": "int8"})
    assert dtypes_after([op], [(2,)], ["qint8"]) == ("int8",)
    assert run_all([op], [stored])[0].tolist() == [1, -3]


@pytest.mark.parametrize(
    ("before", "after", "exactly"),
    [
        ("bfloat16", "float32", True),
        ("float16", "bfloat16", False),
        ("bfloat16", "float16", False),
        ("float64", "float32", False),
        ("int32", "float32", False),
        ("int16", "float32", True),
        ("uint8", "bfloat16", True),
        ("int32", "int64", True),
        ("int64", "int32", False),
        ("bool", "float16", True),
        ("complex64", "complex128", True),
        ("float32", "complex64", True),
    ],
)
def test_a_cast_says_whether_it_is_exact(before: str, after: str, exactly: bool) -> None:
    assert told(before, after) == f"{before} to {after}, " + (
        "exactly" if exactly else "narrower: values are rounded"
    )
