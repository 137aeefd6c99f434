"""A graph of training taken as one of inference."""

from __future__ import annotations

import pytest

from tfmigrate.graphs.inference import INFERS, inferring


@pytest.fixture
def dropout(node):
    return node("x", "Placeholder") + "".join([
        node("rate", "Const"), node("u", "RandomUniform", "size"), node("size", "Const"),
        node("keep", "Cast", "drawn"), node("drawn", "GreaterEqual", "u", "rate"),
        node("scaled", "Mul", "x", "rate"), node("y", "Mul", "scaled", "keep"),
    ])  # fmt: skip


def test_dropout_hands_its_input_on(graph, dropout):
    found = inferring(graph(dropout)).nodes["y"]
    assert (found.op, found.inputs) == ("Identity", (("x", 0),))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('input: "u"', 'input: "x"'),  # no random numbers
        ('name: "drawn" op: "GreaterEqual"', 'name: "drawn" op: "Pow"'),  # no mask
        ('name: "scaled" op: "Mul" input: "x" input: "rate"',
         'name: "scaled" op: "Mul" input: "x" input: "x"'),  # no scale
    ],
)  # fmt: skip
def test_what_only_looks_like_it_stays(graph, dropout, old, new):
    assert old in dropout
    assert inferring(graph(dropout.replace(old, new))).nodes["y"].op == "Mul"


def updated(node, variable: str, batch: str) -> str:
    return "".join([
        node(variable, "VariableV2"), node(f"{variable}/read", "Identity", variable),
        node(f"{variable}/sub", "Sub", f"{variable}/read", batch),
        node(f"{variable}/mul", "Mul", f"{variable}/sub", "decay"),
        node(f"{variable}/update", "AssignSub", variable, f"{variable}/mul"),
    ])  # fmt: skip


def test_the_statistics_of_a_batch_become_those_that_it_updates(graph, node):
    text = node("x", "Placeholder") + node("decay", "Const") + node("batch", "Mean", "x", "decay")
    text += updated(node, "mean", "batch") + node("y", "Sub", "x", "batch")
    found = inferring(graph(text)).nodes
    assert found["y"].inputs == (("x", 0), ("mean", 0))
    assert found["mean/sub"].inputs == (("mean/read", 0), ("batch", 0))


def test_a_fused_normalisation_gets_both(graph, node):
    text = node("x", "Placeholder") + node("decay", "Const")
    text += node("n", "FusedBatchNormV3", "x", "decay", "decay", "decay", "decay")
    whole = text + updated(node, "mean", "n:1") + updated(node, "variance", "n:2")
    found = inferring(graph(whole)).nodes["n"]
    assert found.inputs[3:] == (("mean", 0), ("variance", 0))
    assert INFERS in found.attrs
    half = inferring(graph(text + updated(node, "mean", "n:1"))).nodes["n"]
    assert INFERS not in half.attrs
    assert half.inputs[3:] == (("decay", 0), ("decay", 0))
