"""Names of the model, and what the author's files define."""

from __future__ import annotations

import pytest

from tfmigrate.errors import NotSupported
from tfmigrate.trusted.load import Objects
from tfmigrate.trusted.needed import chosen


def needed(*names):
    return [{"name": name, "where": f"layer of {name}"} for name in names]


def test_a_registered_name_is_found_with_and_without_its_package():
    found = Objects({"Net": 1, "Gate": 2}, {"corp>Net": 3})
    given = chosen(found, needed("corp>Net", "Custom>Gate"), ["a.py"], ["Net", "Gate"])
    assert (given["corp>Net"], given["Custom>Gate"]) == (3, 2)


def test_what_is_missing_is_said_all_at_once_with_what_looks_alike():
    with pytest.raises(NotSupported) as raised:
        chosen(Objects({"Scael": 1}), needed("Scale", "mish"), ["a.py"], [])
    assert [p.where for p in raised.value.problems] == ["layer of Scale", "layer of mish"]
    assert raised.value.problems[0].nearest == ("Scael",)


def test_a_helper_called_like_a_built_in_does_not_take_its_place():
    with pytest.raises(NotSupported) as raised:
        chosen(Objects({"softmax": 1, "A": 2}), needed("A"), ["a.py"], ["A", "softmax"])
    assert "either" in raised.value.problems[0].what


def test_the_file_can_say_that_the_model_means_its_own():
    found = Objects({"softmax": 1, "A": 2}, {"softmax": 1})
    assert chosen(found, needed("A"), ["a.py"], ["A", "softmax"]) == {"softmax": 1, "A": 2}


def test_what_the_model_does_not_name_is_there_for_the_author_s_own_layers():
    assert chosen(Objects({"A": 1, "Inner": 2}), needed("A"), ["a.py"], ["A"]) == {
        "A": 1,
        "Inner": 2,
    }
