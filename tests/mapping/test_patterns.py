from __future__ import annotations

import re
import time

import pytest

from tfmigrate.mapping.patterns import Ambiguous, compile_pattern
from tfmigrate.recipe.rules import RuleMistake


@pytest.mark.parametrize(
    ("pattern", "name", "binding"),
    [
        ("a/b", "a/b", {}),
        ("block{b}/unit_{u}/w", "block1/unit_10/w", {"b": "1", "u": "10"}),
        ("{x}/w", "a.b:0/w", {"x": "a.b:0"}),
        ("{b}/{b}_w", "3/3_w", {"b": "3"}),
        ("{b}_{b}", "ab_ab", {"b": "ab"}),
        ("a.b*", "a.b*", {}),
    ],
)
def test_matches(pattern: str, name: str, binding: dict[str, str]) -> None:
    compiled = compile_pattern(pattern)
    assert compiled.match(name) == binding
    assert compiled.fill(binding) == name


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("a/b", "a/c"),
        ("{x}", "a/b"),
        ("{x}/w", "/w"),
        ("{b}/{b}_w", "3/4_w"),
        ("a.b*", "axbb"),
        ("a.b*{n}", "axbb1"),
        ("w{b}", "w"),
        ("w", "w/w"),
        ("w{b}", "w1\n/x"),
    ],
)
def test_does_not_match(pattern: str, name: str) -> None:
    assert compile_pattern(pattern).match(name) is None


@pytest.mark.parametrize(
    ("pattern", "name"), [("{a}_{b}", "x_y_z"), ("{a}/{b}_{c}/w", "1/x_y_z/w")]
)
def test_two_ways_to_match_are_no_match(pattern: str, name: str) -> None:
    with pytest.raises(Ambiguous):
        compile_pattern(pattern).match(name)


def test_an_earlier_capture_decides_between_two_ways() -> None:
    binding = compile_pattern("{a}/{a}_{b}").match("x_y/x_y_z")
    assert binding == {"a": "x_y", "b": "z"}


@pytest.mark.parametrize("pattern", ["{", "}", "{}", "{1}", "{a b}", "{a}{b}", "{{a}}", "{a}}"])
def test_braces_that_mean_nothing(pattern: str) -> None:
    with pytest.raises(RuleMistake):
        compile_pattern(pattern)


def test_a_hostile_name_takes_no_time() -> None:
    pattern = compile_pattern("{a}_{b}_{c}x/{d}_{e}_{f}x")
    start = time.perf_counter()
    assert pattern.match("_" * 200 + "/" + "_" * 200) is None
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("pattern", "name", "bound"),
    [
        ("part_{*n}", "part_10", {"*n": "10"}),
        ("part_{*n}", "part_x", None),
        ("part_{*n}", "part_1x", None),
        ("{a}_{*n}", "w_1_2", {"a": "w_1", "*n": "2"}),
        ("net/{**p}/w", "net/a/b/w", {"**p": "a/b"}),
        ("net/{**p}/w", "net/a/w", {"**p": "a"}),
        ("net/{**p}/w", "net/w", None),
        ("{**p}", "a/b/c", {"**p": "a/b/c"}),
        ("{l}/{**p}/{l}", "x/a/b/x", {"l": "x", "**p": "a/b"}),
        ("{l}/{**p}/{l}", "x/a/b/y", None),
    ],
)
def test_numbers_and_whole_segments(pattern: str, name: str, bound: dict[str, str] | None) -> None:
    assert compile_pattern(pattern).match(name) == bound


def test_an_outline_leaves_no_match_out() -> None:
    for pattern, name in (
        ("a{x}b{y}c/{z}", "a1b2c/z"),
        ("{**p}/w", "a/b/w"),
        ("b{*n}", "b1"),
        ("a.b/{x}", "a.b/c"),
    ):
        compiled = compile_pattern(pattern)
        assert compiled.match(name) is not None
        assert re.fullmatch(compiled.outline, name)
        assert not re.fullmatch(compiled.outline, f"{name}/more/x/w2")


def test_a_hostile_name_does_not_take_long() -> None:
    start = time.process_time()
    name = "/".join(["_".join("a" * 60)] * 8)
    pattern = "/".join(f"{{{c}1}}_{{{c}2}}_x{{{c}3}}" for c in "abcdefgh")
    assert compile_pattern(pattern).match(name) is None
    assert time.process_time() - start < 1.0
