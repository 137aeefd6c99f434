import pytest

from tfmigrate.errors import NotProved, UsageProblem
from tfmigrate.parity import evidence
from tfmigrate.results import LEVELS


def test_a_recipe_at_level_rebuilt_is_worded_exactly():
    sentence = evidence.said("rebuilt", recipe=True)
    assert sentence == "weights proved; architecture taken from the recipe, not checked"


def test_only_what_something_else_computed_is_called_verified():
    for recipe in (False, True):
        for level in LEVELS:
            verified = evidence.said(level, recipe).startswith("verified")
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
