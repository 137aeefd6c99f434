"""Files of Keras 3 and TensorFlow 2.12 whose answers their own runtime recorded."""

from __future__ import annotations

from pathlib import Path

from tfmigrate import pipeline
from tfmigrate.pipeline import Options


def test_layers_that_train_by_default_infer_and_bins_stay(
    fixtures: Path, tmp_path: Path, crew: object
) -> None:
    source = fixtures / "keras3_special" / "images" / "model.keras"
    golden = Options(golden=source.parent / "golden.npz")
    done = pipeline.migrate("h5-to-savedmodel", source, tmp_path / "out", golden, crew=crew)
    assert done.parity
    assert done.parity.level == "recorded"


def test_names_and_bins_of_tensorflow_2_12(fixtures: Path, tmp_path: Path, crew: object) -> None:
    folder = fixtures / "tf212_weights"
    options = Options(golden=folder / "golden.npz", recipe=str(folder / "model.json"))
    source = folder / "model.weights.h5"
    done = pipeline.migrate("h5-to-savedmodel", source, tmp_path / "out", options, crew=crew)
    assert done.parity
    assert done.parity.level == "recorded"
