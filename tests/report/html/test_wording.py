from __future__ import annotations

import pytest
from markupsafe import Markup

from tfmigrate.report.html import wording


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (2.4e-7, "2.4e-7"), (0.0312, "0.031"), (float("inf"), "inf"),
        (28_900, "29,000"), (3e8, "3e8"),
    ],
)  # fmt: skip
def test_numbers(value, text):
    assert wording.number(value) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (10, 10, "100 %"), (9999, 10000, "over 99.9 %"), (1, 10**6, "under 0.1 %"),
        (0, 5, "0 %"), (1, 0, "-"),
    ],
)  # fmt: skip
def test_a_share_is_only_whole_where_it_is(part, whole, text):
    assert wording.percent(part, whole) == text


def test_control_characters_are_shown_and_lines_kept():
    assert wording.safe("a\x1b\nb\u202e") == "a\\x1b\nb\\u202e"
    assert wording.safe(Markup("<b>")) == "<b>"


def test_backticks_are_code_and_nothing_else_is():
    assert wording.ticks("run `a < b` <now>") == "run <code>a &lt; b</code> &lt;now&gt;"
    assert wording.ticks("a ` b") == "a ` b"


def test_names_keep_their_end():
    assert wording.clipped("a" * 50 + "/kernel", 10).endswith("/kernel")
