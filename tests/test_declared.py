"""Layers and functions that a recipe declares, end to end, against the old runtimes' answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tfmigrate import pipeline
from tfmigrate.errors import NotSupported, RecipeProblem, UnsafeContent
from tfmigrate.pipeline import Options
from tfmigrate.report import as_text

H5 = "h5-to-savedmodel"
RECIPES = Path(__file__).parent / "recipes"
AUTHORS = ("k1_attention", "k2_attention", "k2_heads", "tf1_layers")


@pytest.mark.parametrize("name", AUTHORS)
def test_declared_layers_answer_as_the_author_s_did(fixtures, tmp_path, crew, name):
    files = fixtures / "authors"
    recipe = RECIPES / "authors" / f"{name}.yaml"
    asked = Options(recipe=str(recipe), golden=files / f"{name}.npz")
    done = pipeline.migrate(H5, files / f"{name}.h5", tmp_path / "out", asked, crew=crew)
    assert done.parity
    assert done.parity.level == "recorded"


@pytest.fixture
def migrate(fixtures, tmp_path, crew):
    """Migrates functions.h5 with a recipe that is changed before."""

    def run(*changes: tuple[str, str], golden: bool = False):
        text = (RECIPES / "declared" / "functions.yaml").read_text()
        for old, new in changes:
            assert text.count(old) == 1
            text = text.replace(old, new)
        recipe = tmp_path / "functions.yaml"
        recipe.write_text(text)
        files = fixtures / "declared"
        answers = files / "functions.npz" if golden else None
        asked = Options(recipe=str(recipe), golden=answers)
        return pipeline.migrate(H5, files / "functions.h5", tmp_path / "out", asked, crew=crew)

    return run


def test_functions_that_the_file_does_not_hold(migrate):
    done = migrate(golden=True)
    assert done.parity
    assert done.parity.level == "recorded"


def test_what_was_declared_is_on_record(migrate):
    done = migrate()
    assert done.parity.level == "rebuilt"
    assert done.parity.said.endswith("from what the recipe declares, not checked")
    assert done.declared["function bare"] == "x * sigmoid(2.0 * x)"
    assert "the function bare is what the recipe says it is, in bare" in done.notes
    assert "  declared   function other: abs(x) + 0.5" in as_text.render(done)
    own = Path(done.output) / "assets.extra" / "tfmigrate" / "certificate.json"
    assert json.loads(own.read_text())["declared"] == done.declared


def test_no_other_reader_is_asked_about_what_a_recipe_declares(fixtures, tmp_path, crew):
    asked = Options(recipe=str(RECIPES / "authors" / "tf1_layers.yaml"))
    source = fixtures / "authors" / "tf1_layers.h5"
    done = pipeline.migrate(H5, source, tmp_path / "out", asked, crew=crew)
    assert done.parity.level == "rebuilt"
    assert done.parity.notes[0] == "no second reader: no library reads what a recipe declares"
    assert set(done.walls) == {"rebuilder", "verifier", "noise"}


def test_a_wrong_function_moves_the_numbers_and_is_caught(migrate, tmp_path):
    assert not migrate(("slope: 2.0", "slope: 1.0"), golden=True).parity
    assert not (tmp_path / "out").exists()


def test_what_is_not_declared_is_still_refused(migrate):
    with pytest.raises(UnsafeContent) as raised:
        migrate(("  other: abs(x) + 0.5\n", ""))
    assert [p.where for p in raised.value.problems] == ["other"]
    assert "SHA-256" in raised.value.problems[0].what
    with pytest.raises(NotSupported) as raised:
        migrate(("  bare: x * sigmoid($slope * x)\n", ""), ("slope: 2.0", ""))
    assert [p.where for p in raised.value.problems] == ["bare"]


def test_what_is_declared_and_never_used_is_told_with_its_line(migrate):
    with pytest.raises(RecipeProblem) as raised:
        migrate(("other: abs(x)", "othr: abs(x)"), ("soften: x", "soften: y"))
    name, unused = raised.value.problems
    assert (name.line, name.path) == (10, "$.functions.soften, column 11")
    assert (unused.line, unused.path) == (12, "$.functions.othr")
    assert unused.nearest == ("other",)
    assert raised.value.exit_code == 4


def column(problem) -> int:
    return int(problem.path.rpartition(" ")[2]) - 1


def test_a_name_that_no_config_gives_is_told_before_anything_is_built(fixtures, tmp_path, crew):
    text = (RECIPES / "authors" / "tf1_layers.yaml").read_text()
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(text.replace("keepdims=True) + eps)", "keepdims=True) + epz)"))
    source = fixtures / "authors" / "tf1_layers.h5"
    with pytest.raises(RecipeProblem) as raised:
        pipeline.migrate(H5, source, tmp_path / "out", Options(recipe=str(recipe)), crew=crew)
    (problem,) = raised.value.problems
    assert problem.what == "nothing here is called epz"
    assert problem.nearest == ("eps",)
    assert recipe.read_text().splitlines()[problem.line - 1][column(problem) :].startswith("epz")
