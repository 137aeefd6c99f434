"""What is known of a proof, as a screen shows it: whole texts, and what a quiet failure says."""

from __future__ import annotations

from dataclasses import replace

from tfmigrate import report
from tfmigrate.proof import (
    Coverage,
    Diagnosis,
    Divergence,
    InputCoverage,
    LayerDifference,
    Mutation,
    Noise,
    OutputComparison,
    OutputCoverage,
    Parity,
    Power,
)
from tfmigrate.report import Style, parity_text, proof_text
from tfmigrate.tensors import Tolerance

RECORDED = {"keras": "1.2.2", "python": "2.7.18", "source sha256": "ab" * 32, "inputs": "x" * 30}
COVERAGE = Coverage(
    (InputCoverage("ids", 16, (8, 13), 0, 99, 1000, 98),),
    (OutputCoverage("probs", 10, 3, 0.2),),
    ("902 of 1,000 rows of an embedding were never looked up",),
)
NOISE = Noise(
    {"probs": {"oneDNN off": 6e-8, "one by one": 0.0}, "state": {"oneDNN off": 5e-7}},
    ("with oneDNN off state is 2e-05 from the reference",),
)
POWER = Power(
    (
        Mutation("drop bias", "dense", "caught", "probs", 0.1),
        Mutation("swap twins", "lstm_1, lstm_2", "missed"),
        Mutation("epsilon", "bn", "silent"),
    ),
    left_out=4,
)
DIVERGENCE = Divergence(
    "activations of the reference, layer by layer",
    (LayerDifference("conv", "Conv2D", ("image",), "conv", False, 0.31, 0.2, 0.3),),
    ("conv", "pool"),
    (
        Diagnosis("conv", "kernel flip", "the kernels are turned around", "--backend theano", 0.31,
                  2e-7),
        Diagnosis("conv", "padding", "it pads otherwise", "with: {padding: same}", 0.31, 1e-6,
                  certain=False),
    ),
    tried=17,
    notes=("pool has no activations",),
)  # fmt: skip
EVERYTHING = Parity(
    "recorded", "", recorded=RECORDED, coverage=COVERAGE, noise=NOISE, power=POWER,
    divergence=DIVERGENCE,
)  # fmt: skip


def test_everything_that_was_found_out(expect):
    expect("proof", "\n".join(proof_text.render(EVERYTHING, report.PLAIN)))


def test_verbose_leaves_nothing_out():
    text = "\n".join(proof_text.render(EVERYTHING, Style(verbosity=1)))
    for said in ("ab" * 32, "state: 5e-07 oneDNN off", "silent   epsilon in bn"):
        assert said in text


def test_nothing_is_said_of_what_nobody_looked_at():
    assert proof_text.render(Parity("reader", ""), report.PLAIN) == []


def test_a_cause_that_nobody_found_is_no_silence():
    none = replace(DIVERGENCE, diagnoses=())
    text = "\n".join(proof_text.render(Parity("recorded", "", divergence=none), report.PLAIN))
    assert "none of 17 known faults that were tried explains it" in text


def test_a_quiet_failure_gives_numbers(failed):
    said = report.render(failed, "text", Style(quiet=True))
    assert said.startswith(
        "1 of 2 outputs does NOT match (probs: max abs 0.31, 0.31 abs needed, allowed 1e-05 rel"
        " + 1e-06 abs), "
    )


def test_a_quiet_failure_of_many_outputs_stays_one_line():
    wrong = OutputComparison("a", False, "int64", (4,), 4, 3, 9.0)
    gone = OutputComparison("b", False, why="missing; b_1 is there instead")
    parity = Parity("reader", "", (*(replace(wrong, name=n) for n in "xyz"), gone, gone))
    said = parity_text.summary(parity)
    assert said.startswith("5 of 5 outputs do NOT match (x: 3 of 4 elements differ; ")
    assert said.endswith("; 2 more)")
    assert parity_text.summary(Parity("reader", "", (gone,))) == (
        "1 of 1 output does NOT match (b: missing; b_1 is there instead)"
    )


def test_shares_in_words():
    said = [parity_text.percent(s) for s in (0, 1e-9, 0.0031, 0.04, 0.484, 1.0, 310)]
    assert said == ["0 %", "under 0.01 %", "0.3 %", "4 %", "48 %", "100 %", "31000 %"]


def test_an_infinite_tolerance_share_needs_no_float():
    exact = OutputComparison("y", True, "float32", (2,), 2, tolerance=Tolerance(0, 0))
    assert "max abs 0, 0 % of 0 rel + 0 abs" in "\n".join(
        parity_text.render(Parity("reader", "said", (exact,)), report.PLAIN)
    )
