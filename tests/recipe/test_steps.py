import pytest

from tfmigrate.recipe.step_table import REQUIRED, STEPS
from tfmigrate.recipe.steps import StepMistakes, filled, read


@pytest.mark.parametrize(
    ("written", "side", "long"),
    [
        ("softmax", "output", ("softmax", {})),
        ({"softmax": None}, "output", ("softmax", {})),
        ({"softmax": 1}, "output", ("softmax", {"axis": 1})),
        ({"cast": "int32"}, "input", ("cast", {"dtype": "int32"})),
        ({"crop": 8}, "input", ("crop", {"size": [8, 8]})),
        ({"crop": [8, 6]}, "input", ("crop", {"size": [8, 6]})),
        ({"normalise": "caffe"}, "input", ("normalise", {"preset": "caffe"})),
        ({"normalise": {"mean": 3, "std": [1, 2]}}, "input",
         ("normalise", {"mean": [3.0], "std": [1.0, 2.0]})),
        ({"reshape": [None, 3]}, "input", ("reshape", {"shape": [None, 3]})),
        ({"crop": {"size": None, "fraction": 1}}, "input", ("crop", {"fraction": 1.0})),
    ],
)  # fmt: skip
def test_short_forms(written, side, long):
    assert read(written, side) == long
    assert read({long[0]: long[1]}, side) == long


@pytest.mark.parametrize(
    ("written", "side", "what"),
    [
        ({"cast": True}, "input", "dtype of cast must be"),
        ({"crop": True}, "input", "size of crop must be"),
        ({"crop": {"fraction": 1.1}}, "input", "fraction of crop must be"),
        ({"softmax": True}, "output", "axis of softmax must be"),
        ({"pad": {"to": 2, "begin": 1, "end": 2}}, "input", "to must be larger than 2"),
        ({"channels": {}}, "input", "needs order or layout"),
        ({"scale": {"to": [0, 1], "offset": 1}}, "input", "to and offset say it twice"),
        ({"scale": {"multiply": 1, "divide": 1}}, "input", "either multiply or divide"),
        ({"scale": {"from": [0, 1], "offset": 1}}, "input", "from needs to"),
        ({"normalise": {"preset": "tf", "std": 1}}, "input", "the preset has its own std"),
        ({"normalise": {"mean": [1, 2], "std": [1, 2, 3]}}, "input", "different numbers"),
        ({"resize": {"size": 8, "method": "area", "antialias": True}}, "input", "no antialias"),
        ({"resize": {"size": 8, "method": "area", "centers": "legacy"}}, "input", "have legacy"),
        ({"resize": {"size": 8, "method": "nearest", "value": 1}}, "input", "value is the margin"),
        ({"resize": {"size": [8, 9], "method": "area", "keep_aspect": "shorter_side"}}, "input",
         "takes one size"),
        ({"resize": {"size": 8, "method": "area", "like": "pillow"}}, "input",
         "pillow has nearest"),
        ({"top_k": {"k": 1, "give": "scores", "labels": "x"}}, "output", "has no use"),
    ],
)  # fmt: skip
def test_mistakes(written, side, what):
    with pytest.raises(StepMistakes, match=what) as caught:
        read(written, side)
    assert len(caught.value.mistakes) == 1


@pytest.mark.parametrize("name", STEPS)
def test_defaults_are_what_their_kinds_read(name):
    for argument in STEPS[name].arguments.values():
        if argument.default is not REQUIRED and argument.default is not None:
            assert argument.kind.read(argument.default) == argument.default
    assert list(filled(name, {})) == list(STEPS[name].arguments)
