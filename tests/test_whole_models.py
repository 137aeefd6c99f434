"""Architectures that a recipe takes whole: an author's builder, a model.json, an application."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfmigrate import pipeline
from tfmigrate.errors import NotSupported, RecipeProblem, UsageProblem
from tfmigrate.pipeline import Options

H5 = "h5-to-savedmodel"


def recipe(folder: Path, architecture: str, more: str = "") -> str:
    path = folder / "recipe.yaml"
    path.write_text(f"tfmigrate: 1\narchitecture: {architecture}\n{more}")
    return str(path)


def towers(fixtures: Path, tmp_path: Path, function: str = "build", **more):
    given = f'{{semantics: keras-2.2, python: "towers.py:{function}", with: {{units: 8}}}}'
    asked = {"golden": fixtures / "builders" / "towers.npz", "require_evidence": "recorded"}
    asked["trust_code"] = fixtures / "builders" / "towers.py"
    return Options(recipe=recipe(tmp_path, given), **{**asked, **more})


def test_the_author_s_builder_runs_unedited(fixtures, tmp_path, crew):
    source = fixtures / "builders" / "towers.h5"
    asked = towers(fixtures, tmp_path)
    done = pipeline.migrate(H5, source, tmp_path / "out", asked, crew=crew)
    assert done.parity
    assert set(done.trusted) == {"towers.py"}
    assert [s.name for s in done.signatures[0].inputs] == ["a", "b"]


def test_it_is_run_only_where_it_is_trusted(fixtures, tmp_path, crew):
    source = fixtures / "builders" / "towers.h5"
    asked = towers(fixtures, tmp_path, trust_code=())
    with pytest.raises(UsageProblem, match=r"towers.py:build, which is run only") as caught:
        pipeline.migrate(H5, source, tmp_path / "out", asked, crew=crew)
    assert "--trust-code towers.py" in caught.value.help


def test_a_function_that_is_not_there(fixtures, tmp_path, crew):
    source = fixtures / "builders" / "towers.h5"
    asked = towers(fixtures, tmp_path, "buidl")
    with pytest.raises(NotSupported, match="defines no function") as caught:
        pipeline.migrate(H5, source, tmp_path / "out", asked, crew=crew)
    assert "build" in caught.value.problems[0].nearest


def test_a_builder_of_something_else(fixtures, tmp_path, crew):
    source = fixtures / "builders" / "towers.h5"
    asked = towers(fixtures, tmp_path, "eucl_dist_output_shape")
    text = Path(asked.recipe).read_text().replace("units: 8", "shapes: [[1], [2]]")
    Path(asked.recipe).write_text(text)
    with pytest.raises(NotSupported, match="gives tuple, no Keras model"):
        pipeline.migrate(H5, source, tmp_path / "out", asked, crew=crew)


def test_a_model_json_beside_the_recipe(fixtures, tmp_path, crew):
    case = fixtures / "keras2_mnist_cnn"
    (tmp_path / "model.json").write_bytes((case / "model.json").read_bytes())
    asked = Options(
        recipe=recipe(tmp_path, "{keras: model.json}"), golden=case / "golden.npz",
        require_evidence="recorded",
    )  # fmt: skip
    done = pipeline.migrate(H5, case / "weights.h5", tmp_path / "out", asked, crew=crew)
    assert done.parity


def test_a_model_json_that_is_not_there(tmp_path, fixtures, crew):
    asked = Options(recipe=recipe(tmp_path, "{keras: nowhere.json}"))
    source = fixtures / "keras2_mnist_cnn" / "weights.h5"
    with pytest.raises(RecipeProblem, match="cannot be read"):
        pipeline.migrate(H5, source, tmp_path / "out", asked, crew=crew)


def test_an_output_that_an_application_has_not(tmp_path, fixtures, crew):
    given = "{application: MobileNet, with: {alpha: 0.25, input_shape: [32, 32, 3]},"
    asked = Options(recipe=recipe(tmp_path, f"{given} outputs: {{p: predictoins}}}}"))
    source = fixtures / "keras2_mnist_cnn" / "weights.h5"
    with pytest.raises(NotSupported, match="has no layer predictoins") as caught:
        pipeline.migrate(H5, source, tmp_path / "out", asked, crew=crew)
    assert "predictions" in caught.value.help
