from __future__ import annotations

from dataclasses import replace

import pytest

from tests.report import made
from tfmigrate.errors import EnvironmentProblem, NotProved
from tfmigrate.proof import Coverage, Mutation, Power
from tfmigrate.report.html import divergence as divergence_view
from tfmigrate.report.html import ladder, remarks, sensitivity, stories, verdict
from tfmigrate.report.html.about import Context


def parity(**changes):
    return replace(made.passed().parity, **changes)


def word(**changes) -> str:
    return verdict.word(replace(made.passed(), parity=parity(**changes)))


def test_nothing_to_hold_against_it():
    assert word() == "PASSED"


@pytest.mark.parametrize(
    "changes",
    [
        {"level": "rebuilt"},
        {"outputs": (replace(made.passed().parity.outputs[0], weak="constant"),)},
        {"coverage": Coverage(warnings=("3 of 9 rows were never looked up",))},
        {"power": Power((Mutation("drop bias", "emotion", "missed", "emotion", 0.2),))},
    ],
)
def test_what_proves_little_is_weak(changes):
    assert word(**changes) == "WEAK"


def test_what_is_silent_is_not_held_against_it():
    assert word(power=Power((Mutation("drop bias", "emotion", "silent"),))) == "PASSED"


@pytest.mark.parametrize(
    ("error", "said"),
    [(NotProved("x"), "FAILED"), (EnvironmentProblem("x"), "STOPPED"), (made.refused(), "REFUSED")],
)
def test_an_error(error, said):
    assert verdict.word(error) == said


def test_only_the_level_that_was_reached_says_what_was_proved():
    steps = ladder.view(made.passed(), Context()).steps
    assert [s.level for s in steps if s.reached] == ["recorded"]
    assert [s.said.startswith("compared with") for s in steps] == [True] * 4 + [False]


def test_a_failure_proves_nothing_at_its_level():
    (step,) = (s for s in ladder.view(made.failed(), Context()).steps if s.reached)
    assert "other answers" in step.said


def test_a_failure_names_the_output_the_layer_and_the_line_to_apply():
    found = verdict.view(made.failed(), Context())
    assert found.where[0][1].startswith("emotion: 66 of 70")
    assert found.where[1] == ("first layer", "block3_conv2d_1, a Conv2D")
    assert found.next[0].code.startswith('- {from: "block3_conv2d_1/kernel:0"')


def test_what_explains_it_as_well_is_no_step_of_its_own():
    failed, divergence = made.failed(), made.divergence()
    one = replace(divergence.diagnoses[0], certain=False)
    other = replace(one, hazard="transpose", what="it is transposed", certain=False)
    divergence = replace(divergence, diagnoses=(one, other, replace(one, layer="emotion")))
    asked = replace(failed, parity=replace(failed.parity, divergence=divergence))
    texts = [step.text for step in verdict.view(asked, Context()).next]
    assert texts[0].startswith("In `block3_conv2d_1`, the kernel")
    assert "(others fit as well: see below)" in texts[0]
    assert texts[1].startswith("In `emotion`, ")
    shown = divergence_view.view(asked, Context())
    assert [found.alone for found in shown.found] == [False, False, False]
    assert [bool(found.apply) for found in shown.found] == [False, True, False]


def test_a_failure_that_nothing_explains_says_where_to_look():
    divergence = replace(made.divergence(), diagnoses=())
    failed = made.failed()
    asked = replace(failed, parity=replace(failed.parity, divergence=divergence))
    said = "No known fault explains `block3_conv2d_1`"
    assert verdict.view(asked, Context()).next[0].text.startswith(said)


def test_a_layer_that_stays_unexplained_is_not_forgotten():
    divergence, failed = made.divergence(), made.failed()
    divergence = replace(divergence, first=(*divergence.first, "emotion"))
    asked = replace(failed, parity=replace(failed.parity, divergence=divergence))
    texts = [step.text for step in verdict.view(asked, Context()).next]
    assert texts[1].startswith("No known fault explains `emotion`:")


def test_a_failure_that_nobody_could_look_into_asks_for_activations():
    failed = made.failed()
    blind = replace(failed, parity=replace(failed.parity, divergence=None))
    assert "--activations" in verdict.view(blind, Context()).next[0].code


def test_a_few_helps_are_steps_and_many_are_not():
    error = made.refused()
    texts = [step.text for step in verdict.view(error, Context()).next]
    assert texts == [
        "`tfmigrate recipe explain faces.yaml faces.h5` proposes rules.",
        "Name it in a rule, or under `ignore` with a reason.",
    ]
    error.problems = tuple(replace(error.problems[0], help=f"do {i}") for i in range(9))
    (_, last) = verdict.view(error, Context()).next
    assert last.text.startswith("What can be done is said below")


def test_a_check_that_does_not_hold_is_named():
    broken = replace(made.passed(), parity=parity(checks={"repeatable": False}))
    assert "repeatable" in stories.of(broken, "FAILED").sentence


def test_faults_that_were_missed_are_listed_first():
    power = Power((Mutation("flip kernel", "a", "caught"), Mutation("drop bias", "b", "missed")))
    found = sensitivity.view(replace(made.passed(), parity=parity(power=power)), Context())
    assert found.power.startswith("1 of 2 planted faults")
    assert found.faults.rows[0][:3] == ("drop bias", "b", "missed")


def test_notes_of_a_failure_are_kept():
    failed = made.failed()
    noted = replace(failed, parity=replace(failed.parity, notes=("no golden file",)))
    assert "no golden file" in remarks.view(noted, Context()).notes
