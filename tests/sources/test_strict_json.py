import pytest

from tfmigrate.errors import Damaged
from tfmigrate.sources import strict_json


def test_plain_json_comes_back_as_it_is():
    assert strict_json.parse('{"a": [1, 2.5, null, "x"]}', "f") == {"a": [1, 2.5, None, "x"]}
    assert strict_json.parse(b'{"\xc3\xa4": true}', "f") == {"ä": True}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "b": 2, "a": 3}', "the key 'a' occurs twice"),
        ('{"a": {"b": 1, "b": 1}}', "the key 'b' occurs twice"),
        ('{"a": NaN}', "NaN"),
        ('{"a": -Infinity}', "-Infinity"),
        ('{"a": 1e999}', "not finite"),
        ('{"a": ', "not valid JSON"),
        (b'{"a": "\xff"}', "not UTF-8 at byte 7"),
        ('{"a": ' + "9" * 5000 + "}", "not valid JSON"),
        ("[" * 30_000 + "]" * 30_000, "deeper than 200"),
        ("[" * 201 + "]" * 201, "deeper than 200"),
    ],
)
def test_ambiguous_or_broken_json_is_refused(text, said):
    with pytest.raises(Damaged) as caught:
        strict_json.parse(text, "model_config of m.h5")
    assert said in str(caught.value)
    assert caught.value.where == "model_config of m.h5"


def test_the_depth_limit_itself_is_allowed():
    assert strict_json.parse("[" * 200 + "]" * 200, "f")


def test_the_size_limit_comes_before_parsing(monkeypatch):
    monkeypatch.setattr(strict_json, "SIZE_LIMIT", 10)
    with pytest.raises(Damaged, match="more than the limit of 10"):
        strict_json.parse("[1, 2, 3, 4]", "f")


def test_an_object_is_asked_for():
    with pytest.raises(Damaged, match="expected a JSON object, found list"):
        strict_json.parse_object("[]", "f")
