from __future__ import annotations

from dataclasses import replace

from tfmigrate.contract import (
    Answers,
    Change,
    Changes,
    Contract,
    Difference,
    Endpoint,
    Held,
    Matched,
    Side,
    Tensor,
)
from tfmigrate.contract.matching import Copies, Other, Renamed
from tfmigrate.proof import OutputComparison
from tfmigrate.report import Style, render
from tfmigrate.results import Writer

A = Side("out/a", "SavedModel of Keras 2", Writer("tf.keras", "2.8.0"), 2, 3, 2000)
B = Side("out/b", "SavedModel of TF2", Writer("TensorFlow", "2.21.0"), 1, 3, 3000)
SAME = Difference(
    True, A, B, Changes(), (Answers("serving_default", 4, (OutputComparison("y", True),)),),
    Matched(3, renamed=(Renamed("x/w", "weights/w"),)), Matched(),
)  # fmt: skip
CHANGES = Changes((
    Change("input-type", "breaking", "the type is another one", "k", "x", "float32", "int32"),
    Change("output-added", "compatible", "an additional output", "k", "z", "", "z"),
    Change("output-order", "noted", "callers that count", "k", "", "y", "y, z"),
))  # fmt: skip
WRONG = OutputComparison("y", False, "float32", (2,), 8, 3, 0.5, why="3 of 8 elements differ")


def text(found: object, **style) -> list[str]:
    return render(found, "text", Style(**style)).splitlines()


def test_the_same_says_how_far():
    found = text(SAME)
    assert found[-1] == (
        "the same, as far as compared: the signatures are the same; the answers to 4 probes are "
        "the same; the variables have the same values."
    )
    assert "    x/w -> weights/w" in found
    assert text(SAME, quiet=True) == found[-1:]


def test_what_breaks_a_client_comes_first():
    differing = replace(
        SAME,
        same=False,
        signatures=CHANGES,
        answers=(Answers("k", 4, (WRONG,)), Answers("other", apart="B does not answer: boom")),
        variables=Matched(
            1, (), (Copies(("k",), ("k1", "k2")),), (Other("w", "float32 (2,)", "int32 (2,)"),),
            (Held("gone", "float32 ()", "1"),), (Held("new", "float32 ()", "2"),),
        ),
        assets=Matched(only_b=(Held("vocab.txt", "", "1"),)),
    )  # fmt: skip
    found = "\n".join(text(differing))
    order = [
        "BREAKS CALLERS", "signature k, input x: the type is another one", "was float32, is int32",
        "  compatible", "to note", "\nanswers", "FAILED  y", "other: B does not answer: boom",
        "\nvariables", "ANOTHER VALUE under the same name (1)", "w: float32 (2,) in A, int32",
        "ONLY IN A (1)", "gone  float32 ()", "ONLY IN B (1)", "A: k;  B: k1, k2", "\nassets",
        "vocab.txt", "they DIFFER: 1 change of the signatures BREAKS callers; the answers of k, ",
    ]  # fmt: skip
    places = [found.index(part) for part in order]
    assert places == sorted(places)


def test_what_was_not_compared_is_never_called_the_same():
    skipped = (Answers("k", skipped="A is not run: ReadFile reads files"),)
    found = text(replace(SAME, answers=skipped, training=(2, 0)))
    assert "  k: not compared: A is not run: ReadFile reads files" in found
    assert "no answers were compared" in found[-1]
    assert "  not compared: state of training, 2 tensors in A and 0 in B" in found
    assert "  not compared: neither was run" in text(replace(SAME, answers=(), asked=False))
    assert "  not compared: no signature is in both" in text(replace(SAME, answers=()))


def test_long_lists_are_cut_unless_all_is_asked_for():
    many = tuple(Renamed(f"a{i}", f"b{i}") for i in range(40))
    found = replace(SAME, variables=Matched(0, renamed=many))
    assert "    ... 32 more (-v shows all)" in text(found)
    assert sum("->" in line for line in text(found, verbosity=1)) == 40


def test_a_contract():
    endpoint = Endpoint(
        "k", (Tensor("x", "float32", None), Tensor("s", "", None, "composite")), (), "classify"
    )
    found = text(Contract((endpoint,), "old"))
    assert found[2:5] == [
        "  signature  k  (classify)",
        "    in  x  any rank  float32",
        "    in  s  -         sparse, ragged or composite",
    ]
