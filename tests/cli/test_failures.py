"""Every way to fail: the exit code, stderr for people, stdout for machines."""

from __future__ import annotations

import json
import signal

import pytest

from tfmigrate import errors
from tfmigrate.cli import failures
from tfmigrate.cli.signals import Terminated

CLASSES = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and errors.TfmigrateError in kind.__mro__[1:]
]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda c: c.__name__)
def test_the_error_decides_the_exit_code(run, answer, kind):
    answer("inspect", kind("it is so", help="do this"))
    done = run("inspect", "m.h5")
    assert (done.code, done.out) == (kind.exit_code, "")
    assert done.err == "error: it is so\n  help: do this\n"


def test_json_carries_the_error_too(run, answer):
    error = errors.RecipeProblem("wrong", [errors.Problem("a", nearest=("b",))], where="r.yaml")
    answer("inspect", error)
    done = run("inspect", "m.h5", "--format", "json")
    assert json.loads(done.out) == {"tfmigrate": 1, "kind": "error", **error.to_dict()}
    assert "error: wrong" in done.err


def test_json_carries_a_usage_error_too(run):
    done = run("inspect", "--format=json")
    found = json.loads(done.out)
    assert (done.code, found["error"], found["exit_code"]) == (2, "UsageProblem", 2)


@pytest.mark.parametrize("error", [ValueError("x"), EOFError(), BrokenPipeError(), SystemExit(0)])
def test_anything_else_is_a_bug_ready_to_paste(run, answer, error):
    answer("inspect", error)
    done = run("inspect", "m.h5", "--format", "json")
    assert done.code == 70
    assert f"this is a bug in tfmigrate ({type(error).__name__})" in done.err
    assert done.err.count("```") == 4
    assert "Traceback (most recent call last)" in done.err
    assert json.loads(done.out)["exit_code"] == 70


@pytest.mark.parametrize(
    ("error", "code"),
    [(KeyboardInterrupt(), 130), (Terminated(), 143), (Terminated(signal.SIGHUP), 129)],
)
def test_interrupted(run, answer, error, code):
    answer("inspect", error)
    done = run("inspect", "m.h5")
    assert done.code == code
    assert done.err in ("interrupted\n", "terminated\n")


@pytest.mark.parametrize(
    ("given", "json_asked"),
    [
        (["inspect", "--format", "json"], True),
        (["--format=json"], True),
        (["--format", "json", "--format", "text"], False),
        (["--format"], False),
        (["--", "--format", "json"], False),
        (["json"], False),
        ([], False),
    ],
)
def test_whether_json_was_asked_for(given, json_asked):
    assert failures.wants_json(given) is json_asked


def test_an_unknown_command_names_the_nearest(run):
    done = run("inspekt", "m.h5")
    assert done.code == 2
    assert "there is no command 'inspekt'; did you mean inspect?" in done.err
