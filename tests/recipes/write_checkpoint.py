"""Writes the checkpoints of cases of the library, their numbers drawn from their seeds.

Usage: python write_checkpoint.py FOLDER CASE.json...; in a process of its own, as TensorFlow is.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")

import tensorflow as tf

sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures" / "library"))
import drawn


def main(folder: str, *paths: str) -> None:
    for path in paths:
        case = json.loads(Path(path).read_text())
        names = sorted(case["variables"])
        rows = [drawn.weights(n, *case["variables"][n], case) for n in names]
        prefix = Path(folder) / case["name"] / "model.ckpt"
        prefix.parent.mkdir()
        tf.raw_ops.SaveV2(
            prefix=str(prefix), tensor_names=names, shape_and_slices=[""] * len(names), tensors=rows
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
