"""Everything that the README shows is run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text()
BLOCK = re.compile(r"<!-- (\w+) -->\n```(\w+)\n(.*?)```", re.DOTALL)


FILE = re.compile(r"<!-- file: (\S+) -->\n```yaml\n(.*?)```", re.DOTALL)


def blocks(mark: str, language: str) -> list[str]:
    return [body for m, lang, body in BLOCK.findall(TEXT) if (m, lang) == (mark, language)]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """What a fresh checkout holds, and the files that the README shows."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("README.md", "LICENSE", "pyproject.toml", "tfmigrate", "recipes", "tests"):
        subprocess.run(["cp", "-r", str(ROOT / name), str(folder / name)], check=True)
    (folder / "out").mkdir()
    for name, body in FILE.findall(TEXT):
        (folder / name).write_text(body)
    return folder


def run(command: list[str], folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_tour_runs_in_its_order(checkout):
    said = {}
    for body in blocks("run", "sh"):
        for line in body.strip().splitlines():
            said[line] = run(["bash", "-c", line], checkout)
    assert sum("Wrote" in text for text in said.values()) == 12
    for (example,) in [blocks("run", "python")]:
        assert run([sys.executable, "-c", example], checkout).startswith("reader ")


def test_every_recipe_has_its_example():
    named = {name for name, _ in FILE.findall(TEXT)}
    assert len(named) == 9
    shown = [*blocks("example", "sh"), *blocks("run", "sh")]
    used = {name for name in named if any(name in body for body in shown)}
    assert used == named


@pytest.mark.parametrize("body", blocks("example", "sh"), ids=lambda b: b.split()[3])
def test_the_examples_answer_as_it_was_recorded(checkout, body):
    for line in body.strip().splitlines():
        said = run(["bash", "-c", line], checkout)
        assert re.search(r"outputs? match(es)? \((recorded|graph)\)", said), said


@pytest.mark.real
def test_the_first_command_sets_up_and_migrates(checkout, package_index):
    (body,) = blocks("start", "sh")
    said = run(["bash", "-c", body.strip()], checkout)
    assert "1 output matches (reader), 8 of 8 variables restored" in said
    assert (checkout / "out" / "digits" / "saved_model.pb").is_file()


def test_the_test_command_is_the_one_that_ci_runs():
    (body,) = blocks("tests", "sh")
    assert len(body.strip().splitlines()) == 1
    assert "README.md" in (ROOT / ".ci" / "run").read_text()


def test_the_recipe_that_is_shown_is_the_one_that_runs(tmp_path):
    from tfmigrate.recipe import load_recipe

    shown = re.search(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert shown is not None
    path = tmp_path / "recipe.yaml"
    path.write_text(shown.group(1))
    fixture = ROOT / "tests" / "fixtures" / "tf23_mymodel_ckpt" / "recipe.yaml"
    ours, theirs = load_recipe(str(path)), load_recipe(str(fixture))
    parts = ("architecture", "weights")
    assert [getattr(ours, p).model_dump() for p in parts] == [
        getattr(theirs, p).model_dump() for p in parts
    ]


def test_the_declared_layer_that_is_shown_is_the_one_that_runs(tmp_path):
    from tfmigrate.recipe import load_recipe

    path = tmp_path / "recipe.yaml"
    shown = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    path.write_text(next(text for text in shown if "name: k2_attention" in text))
    ours = load_recipe(str(path))
    theirs = load_recipe(str(ROOT / "tests" / "recipes" / "authors" / "k2_attention.yaml"))
    assert ours.layer_types == theirs.layer_types
    assert ours.layer_types
