"""The public names of the package: lazy, and callable whatever else was imported."""

from __future__ import annotations

import dataclasses
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import tfmigrate
from tfmigrate.errors import UsageProblem
from tfmigrate.options import Asked, Options
from tfmigrate.proof import LEVELS
from tfmigrate.results import Source


def test_every_public_name_is_there():
    assert all(getattr(tfmigrate, name) is not None for name in tfmigrate.__all__)


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="nonsense"):
        tfmigrate.nonsense  # noqa: B018


def test_importing_the_package_imports_nothing_else():
    code = "import sys, tfmigrate; print([m for m in sys.modules if m.startswith('tfmigrate.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_no_subpackage_hides_a_public_function(calls):
    for module in pkgutil.walk_packages(tfmigrate.__path__, "tfmigrate."):
        assert module.name.removeprefix("tfmigrate.") not in tfmigrate.__all__


def test_the_command_follows_the_source(calls, answer):
    answer("inspect", Source("c", "tf2-checkpoint", "t"))
    tfmigrate.migrate("c", "out", samples=5)
    assert calls == [
        ("migrate", "ckpt-to-savedmodel", Path("c"), Path("out"), Options(samples=5), None)
    ]


def test_a_command_that_is_given_needs_no_look(calls):
    tfmigrate.migrate("c", "out", command="h5-to-savedmodel")
    assert [call[0] for call in calls] == ["migrate"]


def test_a_source_that_no_command_takes_is_left_to_the_pipeline_to_refuse(calls, answer):
    answer("inspect", Source("c", "tf1-meta", "a graph"))
    tfmigrate.migrate("c", "out")
    assert calls[0][:2] == ("migrate", "h5-to-savedmodel")


def test_an_option_that_does_not_exist():
    with pytest.raises(TypeError, match="sample"):
        tfmigrate.migrate("c", "out", sample=5)


def test_a_crew_that_is_given_does_the_work(calls):
    class Crew:
        def describe(self, path):
            assert path.is_absolute()
            return Source(str(path), "tf2-checkpoint", "t")

    crew = Crew()
    tfmigrate.migrate("c", "out", crew=crew)
    assert [call[0] for call in calls] == ["migrate"]
    assert (calls[0][1], calls[0][-1]) == ("ckpt-to-savedmodel", crew)


def test_types_of_a_users_script(tmp_path):
    pytest.importorskip("mypy")
    code = """
import tfmigrate
from pathlib import Path
tfmigrate.migrate("a", Path("b"), samples=3, rtol=1e-4, golden="g.npz", batch=8)
tfmigrate.migrate("a", "b", sampels=3)
tfmigrate.migrate("a", "b", samples="three")
names = [tfmigrate.Source, tfmigrate.Verification, tfmigrate.Crew, tfmigrate.Options]
"""
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-incremental",
        "--config-file=",
        "user.py",
    ]
    (tmp_path / "user.py").write_text(code)
    found = {**os.environ, "MYPYPATH": str(Path(tfmigrate.__file__).parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=found)
    lines = [line for line in done.stdout.splitlines() if line.startswith("user.py")]
    assert [line.partition(" ")[0] for line in lines if "error:" in line] == [
        "user.py:5:", "user.py:6:",
    ], done.stdout  # fmt: skip
    assert "sampels" in lines[0]


def test_the_typed_options_are_the_fields():
    assert list(Asked.__annotations__) == [f.name for f in dataclasses.fields(Options)]


def test_options_take_what_people_write():
    asked = Options(
        golden="g.npz", inputs="i.npz", recipe=Path("r.yaml"), batch=8,
        rtol=1e-5, atol="1e-6 probs:1e-4,top:0",
    )  # fmt: skip
    assert (asked.golden, asked.inputs) == (Path("g.npz"), Path("i.npz"))
    assert (asked.recipe, asked.batch) == ("r.yaml", "8")
    assert (asked.rtol, asked.atol) == (("1e-05",), ("1e-6", "probs:1e-4", "top:0"))
    assert Options(rtol=[1e-3, "probs:1"]).rtol == ("0.001", "probs:1")


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("batch", "0"), ("batch", 0), ("batch", True), ("batch", "all"), ("batch", None),
        ("rtol", (None,)), ("rtol", object()), ("atol", "much"), ("atol", float("nan")),
        ("atol", -1.0), ("samples", 0), ("samples", 2.5), ("samples", True), ("seed", -1),
        ("memory", 6), ("memory", "6GB"), ("require_evidence", "certain"),
        ("rename_inputs", "a:b"), ("rename_outputs", ["a:b"]), ("rename_inputs", {"a": 1}),
        ("parameters", "a=1"), ("backend", "cntk"), ("model_version", -1), ("golden", 3),
        ("inputs", {"x": 1}), ("signature", None), ("recipe", 5), ("verify", "no"),
    ],
)  # fmt: skip
def test_an_option_that_makes_no_sense(name, bad):
    with pytest.raises(UsageProblem) as caught:
        Options(**{name: bad})
    assert [p.where for p in caught.value.problems] == [name]


def test_every_bad_option_is_said_at_once():
    with pytest.raises(UsageProblem) as caught:
        Options(samples=0, batch="x", memory=1, require_evidence="readr")
    where = {p.where: p for p in caught.value.problems}
    assert set(where) == {"samples", "batch", "memory", "require_evidence"}
    assert where["memory"].what == "--memory must be at least 512MB"
    assert where["require_evidence"].nearest == ("reader",)


def test_every_level_of_evidence_is_an_option():
    assert [Options(require_evidence=level).require_evidence for level in LEVELS] == list(LEVELS)
