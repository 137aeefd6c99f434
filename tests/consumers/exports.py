"""The models that consumers are asked about: one of each kind, from files of old runtimes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import jobs

from tfmigrate import pipeline
from tfmigrate.options import Options

H5, SAVED = "h5-to-savedmodel", "savedmodel-to-savedmodel"
MODELS = {
    "images": (H5, "keras2_mnist_cnn/model.h5"),
    "two inputs, two outputs": (H5, "keras2_two_outputs/model.h5"),
    "recurrent": (H5, "old_keras/k122_lstm_cpu/model.h5"),
    "depthwise, channels first": (H5, "old_keras/tf215_cf_updown/model.h5"),
    "graph with tables, classify": (SAVED, "saved_models/tf14_tables/saved_model"),
    "text and its vocabulary": (SAVED, "saved_models/tf23_text/saved_model"),
}


def exported(fixtures: Path, folder: Path, crew, names: Iterable[str] = MODELS) -> list[jobs.Job]:
    """Every signature of these models, exported as TensorFlow Serving watches it."""
    found = []
    for number, name in enumerate(names):
        command, source = MODELS[name]
        options = Options(model_version=1)
        done = pipeline.migrate(
            command, fixtures / source, folder / f"m{number}", options, crew=crew
        )
        assert done.parity, f"{name}: {done.parity.said}"
        found += jobs.jobs(name, Path(done.output))
    return found
