"""Calls signatures of a SavedModel in a process of its own: TensorFlow, no Keras, none of ours."""

import sys

sys.modules["keras"] = sys.modules["tf_keras"] = None

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402


def main(model: str, asked: str, answered: str) -> None:
    """Arrays are named ``SIGNATURE/NAME`` on both sides."""
    loaded = tf.saved_model.load(model)
    sent: dict = {}
    with np.load(asked, allow_pickle=False) as arrays:
        for name, array in arrays.items():
            key, _, tensor = name.partition("/")
            value = [bytes(v) for v in array] if array.dtype.kind == "V" else array
            sent.setdefault(key, {})[tensor] = tf.constant(value)
    found = {}
    for key, values in sent.items():
        for name, tensor in loaded.signatures[key](**values).items():
            array = tensor.numpy()
            found[f"{key}/{name}"] = array.astype("S") if array.dtype == object else array
    np.savez(answered, **found)


if __name__ == "__main__":
    main(*sys.argv[1:])
