"""Load a SavedModel in a process without Keras: ``python loading.py INPUTS OUT FOLDER``."""

from __future__ import annotations

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
sys.modules["keras"] = sys.modules["tf_keras"] = None  # type: ignore[assignment]

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402


def main(source: str, target: str, folder: str) -> None:
    with np.load(source) as arrays:
        inputs = {n: tf.constant(arrays[n]) for n in arrays.files}
    loaded = tf.saved_model.load(folder)
    function = loaded.signatures["serving_default"]
    outputs = function(**inputs)
    np.savez(target, *(v.numpy() for v in outputs.values()))
    keys = [k for k, _ in tf.train.list_variables(f"{folder}/variables/variables")]
    print(json.dumps({"outputs": list(outputs), "keys": keys}))


if __name__ == "__main__":
    main(*sys.argv[1:])
