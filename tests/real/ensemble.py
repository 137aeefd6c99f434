"""Averages of SpliceAI's five models: the migrated ones, and tf_keras's own of the files.

Usage: python ensemble.py OUT.npz SAVEDMODEL... -- FILE.h5...
"""

from __future__ import annotations

import os
import sys

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")

import numpy as np
import tensorflow as tf


def main(out: str, *paths: str) -> None:
    at = paths.index("--")
    bases = np.random.default_rng(0).integers(0, 4, (2, 10_101))
    probe = np.eye(4, dtype=np.float32)[bases]
    ours = []
    for path in paths[:at]:
        loaded = tf.saved_model.load(path)
        serve = loaded.signatures["serving_default"]
        ours.append(next(iter(serve(input_1=tf.constant(probe)).values())).numpy())
    import tf_keras

    plain = [tf_keras.models.load_model(p, compile=False) for p in paths[at + 1 :]]
    theirs = [model.predict(probe, verbose=0) for model in plain]
    np.savez(out, ours=np.mean(ours, axis=0), theirs=np.mean(theirs, axis=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
