import re

import pytest

from tfmigrate.errors import NotProved, UsageProblem
from tfmigrate.parity import evidence
from tfmigrate.proof import LEVELS


def test_a_recipe_at_level_rebuilt_is_worded_exactly():
    sentence = evidence.said("rebuilt", "recipe")
    assert sentence == "weights proved; architecture taken from the recipe, not checked"


def test_only_what_something_else_computed_is_called_verified():
    for origin in ("file", "model.json", "recipe", False, True):
        for level in LEVELS:
            verified = evidence.said(level, origin).startswith("verified")
            assert verified == (level in ("reader", "graph", "recorded")), level
    assert "shares layer code" in evidence.said("reader")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("wanted", LEVELS)
def test_require(level, wanted):
    if LEVELS.index(level) >= LEVELS.index(wanted):
        evidence.require(level, wanted)
    else:
        with pytest.raises(NotProved, match=f"is {level}, {wanted} was required") as caught:
            evidence.require(level, wanted)
        assert caught.value.help


def test_a_level_that_is_none_is_refused():
    with pytest.raises(UsageProblem) as caught:
        evidence.require("reader", "recordet")
    assert caught.value.help == "did you mean recorded?"


def test_a_reader_with_a_model_json_does_not_claim_the_same_file():
    assert evidence.said("reader", "model.json") == (
        "verified against another reader of the same weights, with the architecture of the same "
        "model.json; it shares layer code with the rebuilt model"
    )
    assert "model.json" in evidence.said("rebuilt", "model.json")
    assert "model.json" not in evidence.said("recorded", "model.json")


def test_a_flag_still_says_whether_a_recipe_was_there():
    for level in LEVELS:
        assert evidence.said(level, True) == evidence.said(level, "recipe")
        assert evidence.said(level, False) == evidence.said(level)


@pytest.mark.parametrize("wanted", LEVELS[1:])
def test_help_names_no_command_that_does_not_exist(wanted):
    with pytest.raises(NotProved) as caught:
        evidence.require("unverified", wanted)
    known = "h5-to|ckpt-to|inspect|verify|recipe|golden"
    assert not re.findall(rf"tfmigrate (?!{known})", caught.value.help)
