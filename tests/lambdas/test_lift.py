import base64
import json
import random
from pathlib import Path

import pytest

from tfmigrate import lambdas
from tfmigrate.errors import UnsafeContent, from_dict
from tfmigrate.expressions import Dialect, parse, text

FIXTURES = Path(__file__).parents[1] / "fixtures" / "lambdas"
VERSIONS = ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
STORED = {v: json.loads((FIXTURES / f"py{v}.json").read_text()) for v in VERSIONS}
# Compared with the source of make_lambdas.py by eye, line by line.
EXPECTED = json.loads((FIXTURES / "expected.json").read_text())
KERAS_2 = Dialect("keras", (2, 2, 4), 1, "tensorflow", "channels_last")


def _expected(name, version):
    found = EXPECTED[name]
    return found if isinstance(found, str) else found[1].get(version, found[0])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", EXPECTED)
def test_what_each_python_wrote(name, version):
    expected = _expected(name, version)
    if expected.startswith("refused: "):
        with pytest.raises(lambdas.CannotLift) as refused:
            lambdas.lift(STORED[version][name], KERAS_2)
        assert refused.value.reason == expected.removeprefix("refused: ")
        assert len(refused.value.sha256) == 64
        assert refused.value.exit_code == 5
        return
    lifted = lambdas.lift(STORED[version][name], KERAS_2)
    assert text(lifted.expression) == expected
    assert parse(expected) == lifted.expression
    assert version in lifted.python.split(" or ")
    assert lifted.verified


@pytest.mark.parametrize("version", ["2.7", "3.9", "3.10", "3.11", "3.12", "3.13"])
def test_the_python_is_told_apart_where_its_code_differs(version):
    python = lambdas.lift(STORED[version]["listed"], KERAS_2).python
    assert python == {"3.9": "3.8 or 3.9"}.get(version, version)


def test_arguments_win_over_defaults():
    stored = STORED["3.7"]["many"]
    assert text(lambdas.lift(stored, KERAS_2).expression) == "K.clip(x * 1, 2, 3)"
    lifted = lambdas.lift(stored, KERAS_2, {"b": 0.5, "a": [1, 2]})
    assert text(lifted.expression) == "K.clip(x * [1, 2], 0.5, 3)"


def test_an_argument_that_the_function_has_not():
    with pytest.raises(lambdas.CannotLift, match="'nothing', which the function has not"):
        lambdas.lift(STORED["3.7"]["many"], KERAS_2, {"nothing": 1})


def test_a_missing_default_is_not_guessed():
    code, _, closure = STORED["3.7"]["many"]
    with pytest.raises(lambdas.CannotLift, match="the parameter 'a'"):
        lambdas.lift([code, None, closure], KERAS_2)


def test_a_missing_closure_is_not_guessed():
    code, defaults, _ = STORED["3.8"]["closed"]
    with pytest.raises(lambdas.CannotLift, match="a closure of 0 values for 2 variables"):
        lambdas.lift([code, defaults, None], KERAS_2)


def test_every_way_to_store_a_function():
    code, defaults, closure = STORED["3.6"]["closed"]
    raw = base64.b64decode(code).decode("raw_unicode_escape")
    lines = "\n".join(code[i : i + 76] for i in range(0, len(code), 76)) + "\n"
    keras_3 = {
        "class_name": "__lambda__",
        "config": {"code": lines, "defaults": defaults, "closure": closure},
    }
    found = [
        lambdas.lift(stored, KERAS_2)
        for stored in ([code, defaults, closure], [raw, defaults, closure],
                       [lines, defaults, closure], keras_3)
    ]  # fmt: skip
    assert len({f.expression for f in found}) == 1
    assert len({f.sha256 for f in found}) == 1
    raw = base64.b64decode(STORED["2.7"]["double"][0]).decode("raw_unicode_escape")
    assert text(lambdas.lift(raw, KERAS_2).expression) == "x * 2"


def test_arrays_in_closures():
    code, _, _ = STORED["3.6"]["closed"]
    array = {"type": "ndarray", "value": [1.5, 2.5]}
    lifted = lambdas.lift([code, [2], [array, [2, 3]]], KERAS_2)
    assert text(lifted.expression) == "K.pow(K.abs(x), 2) * np.array([1.5, 2.5]) + 2"


def test_hasattr_is_answered_by_what_the_day_had():
    stored = STORED["2.7"]["hasattr"]
    today = Dialect("tf.keras", (2, 8, 0), 2)
    assert text(lambdas.lift(stored, today).expression) == "tf.image.resize(x, (9, 11))"
    unknown = Dialect("keras", (2, 3, 1), 0, "tensorflow")
    with pytest.raises(lambdas.CannotLift, match=r"hasattr of tf\.image\.resize_bilinear"):
        lambdas.lift(stored, unknown)


def test_a_random_function_says_so():
    assert lambdas.lift(STORED["3.9"]["sampling"], KERAS_2).expression.random
    assert not lambdas.lift(STORED["3.9"]["attention"], KERAS_2).expression.random


def test_training_is_false_where_keras_gave_it():
    code = STORED["3.11"]["branching_default"]
    assert (
        text(lambdas.lift(code, KERAS_2, {"flip": False}).expression) == "x_2 = K.exp(x); x_2 + 1"
    )


def test_division_of_python_2():
    # lambda x: x[0] / x[1], compiled without `from __future__ import division`
    code = ("YwEAAAABAAAAAwAAAEMAAABzEAAAAHwAAGQBABl8AABkAgAZFVMoAwAAAE5pAAAAAGkBAAAAKAAAAAAoAQAA"
            "AHQBAAAAeCgAAAAAKAAAAABzCAAAADxzdHJpbmc+dAgAAAA8bGFtYmRhPgMAAAB0AAAAAA==")  # fmt: skip
    assert text(lambdas.lift(code, KERAS_2).expression) == "py2_div(x[0], x[1])"


@pytest.mark.parametrize(
    "function",
    [None, 3, "", [], ["x"], ["x", None, None], "AAAA", "c", "\xe3", {"class_name": "__lambda__"},
     ["4w==", None, None], {"class_name": "function", "config": "f"}, "\ud800"],
)  # fmt: skip
def test_what_is_no_function_is_refused(function):
    with pytest.raises(lambdas.CannotLift):
        lambdas.lift(function, KERAS_2)


def test_impossible_counts_are_refused():
    code, _, _ = STORED["3.6"]["double"]
    data = bytearray(base64.b64decode(code))
    data[5:9] = b"\xff" * 4  # the count of keyword-only parameters
    with pytest.raises(lambdas.CannotLift, match="no code of Python"):
        lambdas.lift([base64.b64encode(data).decode(), None, None], KERAS_2)


def test_a_refusal_shows_what_a_person_needs():
    with pytest.raises(lambdas.CannotLift) as caught:
        lambdas.lift_of({"function": STORED["3.7"]["evil"], "function_type": "lambda"}, KERAS_2)
    refused = caught.value
    assert "LOAD_GLOBAL              __import__" in refused.disassembly
    assert refused.python == "3.7"
    assert isinstance(from_dict(refused.to_dict()), UnsafeContent)


def test_a_function_that_is_only_named():
    with pytest.raises(lambdas.CannotLift) as caught:
        lambdas.lift_of({"function": "swish", "function_type": "function"}, KERAS_2)
    assert caught.value.reason == "the file names its function but has no code"


def test_damaged_code_never_does_more_than_be_refused():
    chance = random.Random(7)
    for _ in range(400):
        version, name = chance.choice(VERSIONS), chance.choice(list(EXPECTED))
        code, defaults, closure = STORED[version][name]
        data = bytearray(base64.b64decode(code))
        for _ in range(chance.choice([1, 2, 6])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            lambdas.lift([base64.b64encode(data).decode(), defaults, closure], KERAS_2)
        except lambdas.CannotLift:
            continue
