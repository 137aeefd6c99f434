"""Save small models in a process of its own: ``python saving.py FOLDER CASE...``.

Every case is one of CASES below, saved to FOLDER/CASE; the parent loads what was written. Run with
the repository on the path. Keras is blocked, as in the workers that load the result.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
sys.modules["keras"] = sys.modules["tf_keras"] = None  # type: ignore[assignment]

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from saving_layers import LAYERS  # noqa: E402

from tfmigrate.export import naming, saved_model  # noqa: E402
from tfmigrate.tensors import Signature, TensorSpec, as_json  # noqa: E402


def two_outputs() -> tuple[Any, ...]:
    rng = np.random.default_rng(7)
    variables = {
        f"{layer}/{leaf}": tf.Variable(rng.normal(size=shape).astype("float32"), name="v")
        for layer in LAYERS
        for leaf, shape in (("kernel", (3, 3)), ("bias", (3,)))
    }

    def call(inputs: dict[str, Any]) -> dict[str, Any]:
        x = inputs["head/in"] + tf.cast(inputs["lambda"], tf.float32)
        for layer in LAYERS:
            x = tf.nn.silu(x @ variables[f"{layer}/kernel"] + variables[f"{layer}/bias"])
        return {"head/fc": tf.nn.softmax(x), "a b": tf.argmax(x, axis=1), "é": x}

    signature = Signature(
        "serving_default",
        (TensorSpec("head/in", (None, 3), "float32"), TensorSpec("lambda", (None, 1), "int32")),
        (
            TensorSpec("head/fc", (None, 3), "float32"),
            TensorSpec("a b", (None,), "int64"),
            TensorSpec("é", (None, 3), "float32"),
        ),
    )
    return call, variables, signature, ()


def table() -> tuple[Any, ...]:
    init = tf.lookup.KeyValueTensorInitializer(["b", "a", "c"], tf.constant([1, 2, 3], tf.int64))
    found = tf.lookup.StaticHashTable(init, -1)

    def call(inputs: dict[str, Any]) -> dict[str, Any]:
        return {"ids": found.lookup(inputs["words"])}

    signature = Signature(
        "serving_default",
        (TensorSpec("words", (None,), "string"),),
        (TensorSpec("ids", (None,), "int64"),),
    )
    return call, {}, signature, (found,)


def file_table() -> tuple[Any, ...]:
    words = Path(sys.argv[1]) / "words.txt"
    words.write_text("b\na\nc\n")
    line = tf.lookup.TextFileIndex.LINE_NUMBER, tf.lookup.TextFileIndex.WHOLE_LINE
    init = tf.lookup.TextFileInitializer(str(words), tf.string, line[1], tf.int64, line[0])
    found = tf.lookup.StaticHashTable(init, -1)
    signature = Signature(
        "serving_default",
        (TensorSpec("words", (None,), "string"),),
        (TensorSpec("ids", (None,), "int64"),),
    )
    return (lambda i: {"ids": found.lookup(i["words"])}), {}, signature, (found,)


def reshaping() -> tuple[Any, ...]:
    def call(inputs: dict[str, Any]) -> dict[str, Any]:
        x = tf.reshape(inputs["x"], tf.shape(inputs["x"]) * 1)
        return {"y": tf.reshape(x, tf.random.uniform([2], 1, 2, tf.int32) * 0 - [1, -3])}

    return call, {}, _xy((None, 3), (None, 3)), ()


def fixed() -> tuple[Any, ...]:
    w = tf.Variable(np.eye(3, dtype="float32"))
    return (lambda i: {"y": i["x"] @ w}), {"w": w}, _xy((8, 3), (8, 3)), ()


def baked() -> tuple[Any, ...]:
    def call(inputs: dict[str, Any]) -> dict[str, Any]:
        return {"y": tf.reshape(inputs["x"], (8, 3))}

    return call, {}, _xy((None, 3), (None, 3)), ()


def wrong_shape() -> tuple[Any, ...]:
    return (lambda i: {"y": i["x"]}), {}, _xy((None, 3), (None, 4)), ()


def prefix() -> tuple[Any, ...]:
    v = {n: tf.Variable([1.0]) for n in ("w", "w/average", "x/.ATTRIBUTES", "fine")}
    return (lambda i: {"y": i["x"]}), v, _xy((None, 3), (None, 3)), ()


def twins() -> tuple[Any, ...]:
    w = tf.Variable([1.0])
    return (lambda i: {"y": i["x"] * w}), {"a": w, "b": w}, _xy((None, 3), (None, 3)), ()


def stranger() -> tuple[Any, ...]:
    w = tf.Variable([1.0], name="hidden")
    return (lambda i: {"y": i["x"] * w}), {}, _xy((None, 3), (None, 3)), ()


def twice() -> tuple[Any, ...]:
    signature = Signature(
        "serving_default",
        (TensorSpec("x", (None, 3), "float32"),),
        (TensorSpec("one", (None, 3), "float32"), TensorSpec("two", (None, 3), "float32")),
    )
    return (lambda i: {"one": i["x"], "two": i["x"]}), {}, signature, ()


def _xy(x: tuple[int | None, ...], y: tuple[int | None, ...]) -> Signature:
    return Signature(
        "serving_default", (TensorSpec("x", x, "float32"),), (TensorSpec("y", y, "float32"),)
    )


CASES: dict[str, Callable[[], tuple[Any, ...]]] = {
    f.__name__: f
    for f in (
        two_outputs, table, file_table, reshaping, fixed,
        baked, wrong_shape, prefix, twins, stranger, twice,
    )
}  # fmt: skip


def answer(folder: Path, case: str) -> dict[str, Any]:
    call, variables, signature, resources = CASES[case]()
    public, names = naming.named(signature, {}, {})
    try:
        served = saved_model.Served(public, naming.publicly(call, names))
        (exported,) = saved_model.save([served], variables, folder, resources)
    except Exception as error:  # noqa: BLE001 - the parent looks at what it was
        return {"error": type(error).__name__, "text": str(error)}
    return {"asked": as_json(public), "exported": as_json(exported)}


def main(folder: str, *cases: str) -> None:
    said = {}
    for case in cases:
        (Path(folder) / case).mkdir(parents=True)
        said[case] = answer(Path(folder) / case, case)
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
