"""Tasks for workers that have TensorFlow; imported there as ``tensorflow_tasks``."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from tfmigrate.workers.keras_block import unblock_keras
from tfmigrate.workers.worker import Parent

Data = dict[str, Any]


def _keras_modules() -> list[str]:
    return [n for n, m in sys.modules.items() if m and n.split(".")[0] in ("keras", "tf_keras")]


def _imports(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def run_a_graph(payload: Data, parent: Parent) -> Data:
    import tensorflow as tf

    total = tf.function(lambda x: tf.reduce_sum(x))(tf.constant([1.0, 2.0, 3.0, 4.0]))
    imports = {name: _imports(name) for name in ("keras", "tf_keras")}
    return {"sum": float(total), "keras modules": _keras_modules(), "imports": imports}


def save_a_model(payload: Data, parent: Parent) -> Data:
    unblock_keras()
    import keras
    import tf_keras

    model = tf_keras.Sequential([tf_keras.layers.Input((4,)), tf_keras.layers.Dense(3)])
    model.export(f"{payload['folder']}/model")
    shape = model(tf_keras.backend.ones((1, 4))).shape.as_list()
    return {"tf_keras": shape, "keras": keras.backend.backend(), "floatx": keras.config.floatx()}


def load_a_model(payload: Data, parent: Parent) -> Data:
    import tensorflow as tf

    model = tf.saved_model.load(payload["folder"])
    (output,) = model.signatures["serving_default"](tf.ones((2, 4))).values()
    return {"shape": output.shape.as_list(), "keras modules": _keras_modules()}


def exhaust(payload: Data, parent: Parent) -> Data:
    """What too large a tensor raises; TensorFlow itself tries again for ten seconds before."""
    import tensorflow as tf

    raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")
