"""Small generators of hostile and damaged model files; every payload is benign."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np

Layer = dict[str, Any]


def input_layer(shape: tuple[int | None, ...] = (None, 3), dtype: str = "float32") -> Layer:
    """An input layer as tf.keras 2.15 wrote it."""
    config = {"batch_input_shape": list(shape), "dtype": dtype, "name": "x"}
    return {"class_name": "InputLayer", "config": config}


def dense(**changed: Any) -> Layer:
    """A Dense layer of two units called ``d``, with some arguments changed."""
    config = {"name": "d", "units": 2, "activation": "linear", "use_bias": True, **changed}
    return {"class_name": "Dense", "config": config}


def layer(class_name: str, **config: Any) -> Layer:
    """A layer called ``d`` of any class."""
    return {"class_name": class_name, "config": {"name": "d", **config}}


def object_of(module: str, class_name: str, **config: Any) -> dict[str, Any]:
    """A serialised object of any module, as Keras writes them since 2.13."""
    return {
        "module": module,
        "class_name": class_name,
        "registered_name": None,
        "config": config,
    }


def write_h5(path: Path, layers: list[Layer]) -> Path:
    """A whole-model H5 of tf.keras 2.15 with the weights of :func:`dense`."""
    with h5py.File(path, "w") as file:
        config = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}
        file.attrs["model_config"] = json.dumps(config)
        weights = file.create_group("model_weights")
        for group in (file, weights):
            group.attrs["keras_version"], group.attrs["backend"] = "2.15.0", "tensorflow"
        weights.attrs["layer_names"] = [b"d"]
        own = weights.create_group("d")
        own.attrs["weight_names"] = [b"d/kernel:0", b"d/bias:0"]
        own["d/kernel:0"] = np.ones((3, 2), "f4")
        own["d/bias:0"] = np.zeros(2, "f4")
    return path


def write_keras(path: Path, layers: list[Layer], **members: bytes) -> Path:
    """A ``.keras`` archive with an empty weights file; ``members`` are added or replaced."""
    config = {"module": "keras", "class_name": "Sequential", "registered_name": None}
    inside = path.with_suffix(".inside")
    with h5py.File(inside, "w") as file:
        file.create_group("layers")
    found = {
        "config.json": json.dumps({**config, "config": {"name": "m", "layers": layers}}).encode(),
        "metadata.json": b'{"keras_version": "3.5.0", "date_saved": "2024-01-01@00:00:00"}',
        "model.weights.h5": inside.read_bytes(),
    }
    inside.unlink()
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in {**found, **members}.items():
            archive.writestr(name, body)
    return path
