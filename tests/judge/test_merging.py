"""Several signatures, one verdict."""

from dataclasses import replace

from tfmigrate.judge.merging import merged
from tfmigrate.proof import Coverage, InputCoverage, Noise, OutputComparison, OutputCoverage, Parity

ONE = Parity(
    "recorded", "recorded it is", (OutputComparison("y", True),), ({"x": (1, 2)},),
    {"repeatable": True}, ("a note",), {"keras": "2"},
    Coverage((InputCoverage("x", 3),), (OutputCoverage("y", 4),), ("little",)),
    Noise({"y": {"oneDNN off": 1e-7}}),
)  # fmt: skip
OTHER = replace(ONE, level="rebuilt", said="rebuilt it is", recorded={}, notes=("a note", "b"))


def test_one_signature_stays_as_it_is():
    assert merged([("serve", ONE)]) is ONE


def test_names_say_of_which_signature_they_are():
    found = merged([("serve", ONE), ("embed", OTHER)])
    assert found
    assert [(o.name, o.signature) for o in found.outputs] == [
        ("serve:y", "serve"), ("embed:y", "embed"),
    ]  # fmt: skip
    assert found.probes == ({"serve:x": (1, 2)}, {"embed:x": (1, 2)})
    assert found.checks == {"serve: repeatable": True, "embed: repeatable": True}
    assert [i.name for i in found.coverage.inputs] == ["serve:x", "embed:x"]
    assert set(found.noise.floor) == {"serve:y", "embed:y"}


def test_the_level_is_the_lowest_and_every_level_is_told():
    found = merged([("serve", ONE), ("embed", OTHER)])
    assert (found.level, found.said) == ("rebuilt", "rebuilt it is")
    assert found.notes == ("serve: recorded", "a note", "embed: rebuilt", "b")
    assert merged([("a", ONE), ("b", ONE)]).notes == ("a note",)


def test_one_that_fails_fails_all_and_says_so():
    failed = replace(ONE, outputs=(OutputComparison("y", False),), said="differs")
    found = merged([("serve", OTHER), ("embed", failed)])
    assert not found
    assert found.said == "differs"
    unsteady = replace(ONE, checks={"repeatable": False})
    assert not merged([("serve", ONE), ("embed", unsteady)])
