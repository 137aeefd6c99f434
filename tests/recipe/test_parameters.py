from __future__ import annotations

from typing import Any

import pytest

from tfmigrate.recipe.parameters import Filler, read_setting, unresolved
from tfmigrate.recipe.reporter import Reporter

VALUES = {"n": 3, "x": 0.5, "name": "enc", "yes": True, "none": None, "list": [1, 2]}


def fill(value: Any) -> tuple[Any, Reporter]:
    report = Reporter("r.yaml")
    return Filler(VALUES, report).substituted({"v": value})["v"], report


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$n", 3),
        ("$list", [1, 2]),
        ("$none", None),
        ("$name/$n", "enc/3"),
        ("$name-$n", "enc-3"),
        ("$yes.$x", "true.0.5"),
        ("$$n", "$n"),
        ("a$$b$n", "a$b3"),
        (["$n", {"k": "$yes"}], [3, {"k": True}]),
    ],
)
def test_alone_it_keeps_its_type(text: Any, value: Any) -> None:
    found, report = fill(text)
    assert (found, type(found)) == (value, type(value))
    assert report.problems == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$n + 1", 4), ("2 * $n", 6), ("$n + 2 * $x", 4.0), ("($n - 1) // 2", 1), ("$list[0]", 1),
        ("$n > 2 and not $yes", False), ("$name == 'enc'", True), ("'a' if $yes else 'b'", "a"),
        ("$none is None", True), ("max($list[1], 7) % 4", 3), ("not $yes", False),
        ("unit_$($n + 1)/x", "unit_4/x"), ("$($n * 2)", 6), ("$n / $list[1]", 1.5),
        ("len($list) * $n", 6), ("-$n", -3),
    ],
)  # fmt: skip
def test_arithmetic_is_computed(text: str, value: Any) -> None:
    found, report = fill(text)
    assert (found, type(found)) == (value, type(value))
    assert report.problems == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("$n + units", "units is no number; a parameter is written $units"),
        ("$n + 'a'", "this cannot be computed"),
        ("$n / 0", "division by zero"),
        ("$list[5]", "list index out of range"),
        ("$n + + ", "this is no arithmetic"),
        ("$name * 9999999", "at most 1000 times"),
        ("$(open($name))", "there is no function open"),
        ("$n * 999999999999999", "too large"),
    ],
)
def test_arithmetic_that_has_no_answer(text: str, said: str) -> None:
    found, report = fill(text)
    assert unresolved(found)
    assert said in report.problems[0].what


@pytest.mark.parametrize("text", ["$m", "a $ b", "${n}", "$9"])
def test_what_is_no_parameter(text: str) -> None:
    found, report = fill(text)
    assert unresolved(found)
    assert len(report.problems) == 1


@pytest.mark.parametrize(
    ("text", "default", "value"),
    [
        ("4", 3, 4), ("4", 0.5, 4.0), ("1e-5", 0.5, 1e-5), ("false", True, False),
        ("[3, 4]", [1], [3, 4]), ("7", None, 7), ("text", None, "text"), ("012", "x", "012"),
        ("no", "x", "no"),
    ],
)  # fmt: skip
def test_settings_have_the_type_of_the_default(text: str, default: Any, value: Any) -> None:
    found = read_setting(text, default)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "default", "kind"),
    [
        ("3.5", 3, "whole number"), ("true", 3, "whole number"), ("1", True, "true or false"),
        ("x", 0.5, "a number"), ("3", [1], "list"), ("[[1]]", [1], "list"), ("", 3, "whole"),
    ],
)  # fmt: skip
def test_settings_of_another_type(text: str, default: Any, kind: str) -> None:
    with pytest.raises(ValueError, match=kind):
        read_setting(text, default)
