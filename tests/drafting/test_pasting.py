import pytest

from tfmigrate.drafting.pasting import flow, pasted
from tfmigrate.recipe.yaml_nodes import parse


@pytest.mark.parametrize("value", [
    "plain", "a/b.c-d", "no", "on", "012", "12:30", "1e5", "a: b", "{a}/w", "x # y", 'q"q', "$a",
    "~", "null", "y", "é", "", " a", "-", "*a", "&a", "!t", "a\\b",
])  # fmt: skip
def test_what_is_pasted_is_read_back_as_it_was(value):
    assert parse(f"k: {flow([value, {'a': value}])}\n").data == {"k": [value, {"a": value}]}


def test_a_rule_is_one_line():
    assert pasted({"from": "{a}/w", "to": ["u", "v"], "expect": 2}) == (
        '- {from: "{a}/w", to: [u, v], expect: 2}'
    )
    assert flow({"a": None, "b": True, "c": [1, 2.5]}) == "{a: null, b: true, c: [1, 2.5]}"
