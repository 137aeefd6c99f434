"""The main job on models that other people published."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tfmigrate import pipeline
from tfmigrate.pipeline import Options

pytestmark = pytest.mark.real
H5 = "h5-to-savedmodel"


@pytest.mark.big
@pytest.mark.parametrize("models", [2, 5])
def test_spliceai_and_the_average_of_several(models, published, tmp_path, crew):
    files = [published("spliceai", f"spliceai{i + 1}.h5") for i in range(models)]
    made = [
        pipeline.migrate(H5, f, tmp_path / f.stem, Options(require_evidence="reader"), crew=crew)
        for f in files
    ]
    assert all(m.parity and len(m.variables) == 206 for m in made)
    assert max(o.max_abs for m in made for o in m.parity.outputs) < 1e-6
    out = tmp_path / "averages.npz"
    script = str(Path(__file__).with_name("ensemble.py"))
    command = [sys.executable, script, str(out), *(m.output for m in made), "--", *map(str, files)]
    subprocess.run(command, check=True, capture_output=True)
    with np.load(out) as averages:
        np.testing.assert_allclose(averages["ours"], averages["theirs"], rtol=1e-5, atol=1e-6)
        assert averages["theirs"].std() > 0.01


def test_fer(published, tmp_path, crew):
    source = published("fer", "emotion_model.hdf5")
    asked = Options(require_evidence="reader")
    done = pipeline.migrate(H5, source, tmp_path / "out", asked, crew=crew)
    assert done.parity
    assert len(done.plan.ignored) == 105  # the optimizer's state
    assert done.signatures[0].outputs[0].name == "predictions"


@pytest.mark.parametrize(
    ("package", "file", "recipe"),
    [
        ("deepcut", "cnn_without_ne_ab.h5", "deepcut"),
        ("chars2vec", "eng_50/weights.h5", "chars2vec"),
        ("textgenrnn", "textgenrnn_weights.hdf5", "textgenrnn"),
    ],
)
def test_weights_alone_with_a_recipe_of_the_library(
    published, fixtures, tmp_path, crew, package, file, recipe
):
    asked = Options(recipe=recipe, golden=fixtures / package / "golden.npz")
    done = pipeline.migrate(H5, published(package, file), tmp_path / "out", asked, crew=crew)
    assert done.parity
    assert done.parity.level == "recorded"


@pytest.mark.big
def test_a_wrong_default_moves_the_numbers_and_is_caught(published, fixtures, tmp_path, crew):
    text = Path(__file__).parents[2].joinpath("recipes", "text", "chars2vec.yaml").read_text()
    recipe = tmp_path / "chars2vec.yaml"
    recipe.write_text(text.replace("semantics: keras-2.2", "semantics: tf.keras-2.8"))
    asked = Options(recipe=str(recipe), golden=fixtures / "chars2vec" / "golden.npz")
    source = published("chars2vec", "eng_50/weights.h5")
    done = pipeline.migrate(H5, source, tmp_path / "out", asked, crew=crew)
    assert not done.parity
    assert not (tmp_path / "out").exists()
