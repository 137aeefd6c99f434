from __future__ import annotations

import pytest

from tfmigrate.recipe.yaml_nodes import KERAS, RECIPE, parse
from tfmigrate.recipe.yaml_scalars import core_scalar, keras_scalar


@pytest.mark.parametrize(
    "text", ["no", "yes", "on", "012", "12:30", "2019-11-22", "0x1f", "1_000", "00.5", "1.2.3", "-"]
)
def test_texts_stay_texts(text: str) -> None:
    assert core_scalar(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-5", 1e-5), ("1.0e-5", 1e-5), ("+.5", 0.5), ("5.", 5.0), ("-0", 0), ("17", 17),
        ("true", True), ("FALSE", False), ("~", None), ("", None), ("-.inf", float("-inf")),
    ],
)  # fmt: skip
def test_numbers_and_words(text: str, value: object) -> None:
    found = core_scalar(text)
    assert found == value
    assert type(found) is type(value)


def test_old_keras_wrote_yaml_1_1() -> None:
    assert keras_scalar("1e-5") == "1e-5"
    assert keras_scalar("1.0e-05") == 1e-5
    assert keras_scalar("2019-11-22") == "2019-11-22"
    assert keras_scalar("2.2.4") == "2.2.4"
    assert keras_scalar("<<") == "<<"


def test_lines_of_every_place() -> None:
    document = parse("a: 1\nb:\n  - x\n  - {c: d,\n     e: f}\n")
    assert document.data == {"a": 1, "b": ["x", {"c": "d", "e": "f"}]}
    assert document.lines[("b",)] == 2
    assert document.lines[("b", 1)] == 4
    assert document.lines[("b", 1, "e")] == 5


def test_the_first_of_two_equal_keys_is_kept() -> None:
    document = parse("a: {x: 1}\na: {y: 2}\nb: 3\n")
    assert document.data == {"a": {"x": 1}, "b": 3}
    assert [p.line for p in document.problems] == [2]


def test_depth_is_counted() -> None:
    assert parse("[" * 32 + "]" * 32).whole
    assert not parse("[" * 33 + "]" * 33).whole


def test_aliases_only_where_keras_wrote_them() -> None:
    text = "a: &x [1]\nb: *x\n"
    assert parse(text, KERAS).data == {"a": [1], "b": [1]}
    assert len(parse(text, RECIPE).problems) == 2


def test_a_key_that_is_no_text() -> None:
    assert parse("? [a, b]\n: c\n").problems[0].what == "a key must be plain text"
