from __future__ import annotations

from tfmigrate.report.folding import Row, fold


def names(*given: str) -> list[str]:
    return [row.name for row in fold([Row(name) for name in given])]


def test_numbers_that_follow_are_a_range():
    assert names("conv_1", "conv_2", "conv_3") == ["conv_{1..3}"]


def test_gaps_are_shown():
    assert names("conv_1", "conv_2", "conv_9", "conv_10") == ["conv_{1..2,9..10}"]


def test_every_combination_needs_no_count():
    every = [f"block{b}_conv{c}" for b in (1, 2) for c in (1, 2, 3)]
    assert names(*every) == ["block{1..2}_conv{1..3}"]
    assert names(*every[:-1]) == ["block{1..2}_conv{1..3} (5 of them)"]


def test_numbers_that_go_together_need_no_count():
    assert names("conv1 -> c1", "conv2 -> c2") == ["conv{1..2} -> c{1..2}"]


def test_different_cells_stay_apart_and_counts_add_up():
    rows = [Row("a1", ("x",), 2), Row("b", ("x",), 1), Row("a2", ("x",), 3), Row("a3", ("y",), 4)]
    assert fold(rows) == [Row("a{1..2}", ("x",), 5, 2), Row("b", ("x",), 1), Row("a3", ("y",), 4)]


def test_a_name_of_thousands_of_digits():
    assert sum(row.members for row in fold([Row("9" * 9999), Row("8" * 9999)])) == 2
