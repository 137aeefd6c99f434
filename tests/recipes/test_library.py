"""Every recipe that is shipped, on weights that its original code has run (fixtures/library)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recipes.library import CASES, Case, write_sources
from tfmigrate import pipeline
from tfmigrate.cli import main
from tfmigrate.options import Options
from tfmigrate.recipe import library, load_recipe
from tfmigrate.recipe.fill import fill_defaults

# Another variant of each stays in the everyday suite.
SLOW = {"facenet_inception_resnet_v1", "keras_efficientnet_b0_full", "keras_resnet50_notop",
        "keras_xception_notop", "slim_resnet_v2_50_narrow", "slim_inception_v1"}  # fmt: skip
BIG = [case for case in CASES if case.said["big"] or case.name in SLOW]
EVERYDAY = [case for case in CASES if case not in BIG]
FAMILIES = {"keras/common", "slim/common"}  # no net of their own
PUBLISHED = {"text/chars2vec", "text/deepcut", "text/textgenrnn"}  # real weights: tests/real
LONGEST = {"slim/resnet_v1": 60, "bert/bert": 90}


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> Iterator[dict[str, Path]]:
    folder = tmp_path_factory.mktemp("sources")
    yield write_sources(EVERYDAY, folder)
    shutil.rmtree(folder)  # hundreds of megabytes, which pytest would keep for three runs


def migrated(case: Case, source: Path, folder: Path, crew, **asked):
    wanted = {"recipe": case.said["recipe"], "parameters": case.parameters} | asked
    options = Options(golden=case.golden(folder), require_evidence="recorded", **wanted)
    out = folder / "out"
    done = pipeline.migrate(case.command, source, out, options, crew=crew)
    shutil.rmtree(out, ignore_errors=True)
    return done


def assert_proved(case: Case, done) -> None:
    assert done.parity
    assert done.parity.level == "recorded"
    restored = {name for assignment in done.plan.assignments for name in assignment.sources}
    left_out = {ignored.name for ignored in done.plan.ignored}
    assert restored | left_out == set(case.tensors)
    assert not restored & left_out


@pytest.mark.parametrize("case", EVERYDAY, ids=lambda case: case.name)
def test_a_net_gives_what_its_original_code_gave(case, sources, tmp_path, crew):
    assert_proved(case, migrated(case, sources[case.name], tmp_path, crew))


@pytest.mark.big
@pytest.mark.parametrize("case", BIG, ids=lambda case: case.name)
def test_a_big_net_gives_what_its_original_code_gave(case, tmp_path, crew):
    folder = tmp_path / "source"
    folder.mkdir()
    done = migrated(case, write_sources([case], folder)[case.name], tmp_path, crew)
    shutil.rmtree(folder)
    assert_proved(case, done)


@pytest.mark.parametrize(
    ("name", "parameter", "wrong"),
    [
        ("slim_mobilenet_v1", "epsilon", "1.0e-5"),
        ("keras21_mobilenet_full", "pad", "[0, 1]"),
    ],
)
def test_a_wrong_value_that_no_shape_shows_is_caught(
    name, parameter, wrong, sources, tmp_path, crew, monkeypatch
):
    # Why it differs is not asked here: of so deep a net that takes a minute.
    monkeypatch.setattr("tfmigrate.judge.divergence.find", lambda *asked: None)
    (case,) = (case for case in EVERYDAY if case.name == name)
    parameters = {**case.parameters, parameter: wrong}
    assert not migrated(case, sources[name], tmp_path, crew, parameters=parameters).parity


def test_every_recipe_that_is_shipped_has_a_case():
    covered = {case.said["recipe"] for case in CASES}
    assert covered | FAMILIES | PUBLISHED == set(library.recipes())
    assert not covered & (FAMILIES | PUBLISHED)


@pytest.mark.parametrize("name", library.recipes())
def test_it_has_no_mistake_and_says_where_it_comes_from(name):
    recipe, _ = fill_defaults(load_recipe(name))
    assert recipe.name == name.rpartition("/")[2]
    lines = Path(library.find(name)).read_text().splitlines()
    assert lines[0].startswith("# ")
    assert len(lines) <= LONGEST.get(name, 130)


@pytest.mark.parametrize("name", library.recipes())
def test_the_command_line_shows_and_checks_it(name, capsys):
    assert main(["recipe", "show", name]) == 0
    assert f": {name.rpartition('/')[2]}" in capsys.readouterr().out.splitlines()[0]
    assert main(["recipe", "check", name]) == 0
    assert "no mistakes" in capsys.readouterr().out
