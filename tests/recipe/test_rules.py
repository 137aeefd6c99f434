from __future__ import annotations

import pytest
from pydantic import ValidationError

from tfmigrate.recipe.model import Rule, Weights
from tfmigrate.recipe.rules import RuleMistake, captures, check_captures, collected, segments


@pytest.mark.parametrize(
    ("pattern", "plain", "star"),
    [
        ("a/{b}/c{d}_{e}", {"b", "d", "e"}, ""),
        ("emb/part_{*n}", set(), "*n"),
        ("{l}/part_{*n}-of-x", {"l"}, "*n"),
        ("net/{**path}/w", {"**path"}, ""),
        ("plain", set(), ""),
    ],
)
def test_what_a_pattern_captures(pattern: str, plain: set[str], star: str) -> None:
    assert captures(pattern) == plain
    assert collected(pattern) == star


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("x{**path}/w", "whole segments"),
        ("{**path}w", "whole segments"),
        ("{**a}/{**b}", "whole segments"),
        ("{***a}/w", "no capture"),
        ("{*}", "no capture"),
        ("{a}{*n}", "nothing between"),
    ],
)
def test_patterns_that_make_no_sense(pattern: str, told: str) -> None:
    with pytest.raises(RuleMistake, match=told):
        segments(pattern)


@pytest.mark.parametrize("pattern", ["{*a}_{*b}", "{n}/{*n}"])
def test_one_number_is_collected(pattern: str) -> None:
    with pytest.raises(RuleMistake, match="can collect one number"):
        collected(pattern)


def test_a_collected_number_is_none_of_the_target() -> None:
    check_captures(("e/part_{*n}", "whole"), ("e",))
    with pytest.raises(RuleMistake, match="no meaning in `to`"):
        check_captures(("e/part_{*n}",), ("e_{*n}",))
    with pytest.raises(RuleMistake, match="captured nowhere"):
        check_captures(("e/part_{*n}",), ("e_{n}",))


def test_whole_segments_are_captured_like_others() -> None:
    check_captures(("net/{**p}/w",), ("{**p}/kernel",))
    with pytest.raises(RuleMistake, match="captured nowhere"):
        check_captures(("net/{p}/w",), ("{**p}/kernel",))


def test_a_rule_has_from_or_either() -> None:
    assert Rule.model_validate({"either": ["a/{x}", "b/{x}"], "to": "{x}"}).from_ == ()
    assert Rule.model_validate({"from": "a", "to": "b"}).either == ()
    for given in ({}, {"from": "a", "either": "b"}):
        with pytest.raises(ValidationError, match="exactly one of `from` and `either`"):
            Rule.model_validate({"to": "x", **given})
    with pytest.raises(ValidationError, match="must capture the same names"):
        Rule.model_validate({"either": ["a/{x}", "b"], "to": "c"})


@pytest.mark.parametrize("mode", ["prefer", "require", "ignore", None])
def test_averages(mode: str | None) -> None:
    assert Weights.model_validate({"averages": mode}).averages == mode


def test_averages_of_another_kind() -> None:
    with pytest.raises(ValidationError):
        Weights.model_validate({"averages": "yes"})
