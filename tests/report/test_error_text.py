from __future__ import annotations

from tfmigrate.errors import Damaged, MappingProblem, OutputExists, Problem, RecipeProblem
from tfmigrate.report import error_text


def test_one_sentence(expect):
    error = OutputExists("something is already there", where="out/model", help="give --overwrite")
    expect("error_short", error_text.render(error))


def test_one_problem_is_not_numbered(expect):
    problem = Problem(
        "the variable got no tensor", where="dense/kernel", expected="(8, 4) float32",
        nearest=("dense_1/kernel", "dense/w"),
        help="add a rule:\n- {from: dense/w, to: dense/kernel}",
    )  # fmt: skip
    expect(
        "error_one",
        error_text.render(MappingProblem("1 variable is left", [problem], where="m.h5")),
    )


def test_every_problem_is_told(expect):
    problems = [
        Problem("unknown layer", "r.yaml", 12, "$.architecture.layers[1].layer", "Dence", "a layer",
                ("Dense",)),
        Problem("`units` is needed", "r.yaml", 14, "$.architecture.layers[2].with"),
        Problem("the file holds no such tensor", "m.h5", found="w:0"),
    ]  # fmt: skip
    error = RecipeProblem("the recipe has mistakes", problems, where="r.yaml", help="see the tour")
    expect("error_many", error_text.render(error))


def test_text_from_a_file_is_made_safe():
    bad = "\x1b[2J\u202e"
    problem = Problem(bad, bad, 1, bad, bad, bad, (bad,), bad)
    text = error_text.render(Damaged(bad, [problem], where=bad, help=bad))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_endless_text_is_cut():
    assert len(error_text.render(Damaged("x" * 10**6, where="y" * 10**6))) < 2000
