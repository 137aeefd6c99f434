from __future__ import annotations

import pytest

from tfmigrate.report import words


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1.0 kB"), (9949, "9.9 kB"),
        (9951, "10 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"), (528_000_000, "528 MB"),
        (1_000_000_000, "1.0 GB"), (5 * 10**15, "5000 TB"),
    ],
)  # fmt: skip
def test_size(count, said):
    assert words.size(count) == said


def test_counted():
    assert words.counted(1, "variable") == "1 variable"
    assert words.counted(1256, "variable") == "1,256 variables"


def test_a_table_aligns_and_cuts_no_name():
    rows = [("a", "x" * 99, "y" * 99), ("bbb", "c", "d")]
    first, second = words.table(rows)
    assert first == f"  a    {'x' * 99}  {'y' * 99}"
    assert second == f"  bbb  c{' ' * 45}d"


def test_a_reason_without_its_name():
    assert words.reason("optimizer slot of dense/kernel") == "optimizer slot"
    assert words.reason("training counter") == "training counter"


def test_some():
    assert words.some(["a", "b"]) == "a, b"
    assert words.some(list("abcdef"), 2) == "a, b and 4 more"
