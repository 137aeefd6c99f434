"""Save SavedModels and run them through the runner: ``python running.py FOLDER CASE...``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
sys.modules["keras"] = sys.modules["tf_keras"] = None  # type: ignore[assignment]

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from tensorflow.core.protobuf import saved_model_pb2  # noqa: E402

from tfmigrate.parity import portable, runner  # noqa: E402
from tfmigrate.parity.probes import make_probes  # noqa: E402
from tfmigrate.tensors import TensorSpec  # noqa: E402

W = np.random.default_rng(0).normal(size=(3, 2)).astype("float32")


class Model(tf.Module):
    """Every case is a function of x."""

    def __init__(self, case: str) -> None:
        super().__init__()
        self.case = case
        self.w = tf.Variable(W)
        self.count = tf.Variable(0.0)

    def serve(self, x: Any) -> dict[str, Any]:
        y = x @ self.w
        if self.case == "random":
            y += tf.random.normal(tf.shape(y))
        if self.case == "stateful":
            y += self.count.assign_add(1.0)
        if self.case == "batch_norm":
            y -= tf.reduce_mean(y, axis=0)
        if self.case == "python":
            y = tf.py_function(lambda v: v, [y], tf.float32)
            y.set_shape((None, 2))
        total = tf.reduce_sum(self.w)
        return {"head/fc": y, "total": total, "word": tf.strings.as_string(y[:, :1])}


def answer(folder: str, case: str) -> dict[str, Any]:
    batch = 4 if case == "fixed" else None
    model = Model(case)
    spec = tf.TensorSpec((batch, 3), tf.float32, name="x")
    function = tf.function(model.serve).get_concrete_function(spec)
    tf.saved_model.save(model, folder, {"serving_default": function})
    dtype = "float64" if case == "wrong_type" else "float32"
    name = "z" if case == "wrong_name" else "x"
    probes = make_probes([TensorSpec(name, (batch, 3), dtype)])
    if case == "keras":
        sys.modules["tf_keras"] = os  # type: ignore[assignment]
    key = "serve" if case == "wrong_key" else "serving_default"
    try:
        run = runner.run_saved_model(Path(folder), [(key, probes)])
    except Exception as error:  # noqa: BLE001 - the parent looks at what it was
        return {"error": type(error).__name__, "text": str(error)}
    finally:
        sys.modules["tf_keras"] = None  # type: ignore[assignment]
    (found,) = run.answered
    right = all(
        np.allclose(o["head/fc"], p["x"] @ W, 1e-5, 1e-6)
        for o, p in zip(found.outputs, probes, strict=True)
    )
    kinds = {n: [type(a).__name__, str(a.dtype), a.ndim] for n, a in found.outputs[0].items()}
    ops = {
        "ops": list(run.portability.ops),
        "oldest": run.portability.oldest,
        "unportable": list(run.unportable),
    }
    return {"right": right, "checks": found.checks, "kinds": kinds, **ops}


def calling_by_name(folder: Path) -> list[str]:
    """The ops of a graph that calls its function by name, as TensorFlow 1 did."""
    proto = saved_model_pb2.SavedModel()
    graph = proto.meta_graphs.add().graph_def
    graph.node.add(name="a", op="ours")
    function = graph.library.function.add()
    function.signature.name = "ours"
    function.node_def.add(name="b", op="PyFunc")
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(proto.SerializeToString())
    return sorted({node.op for node in portable.nodes(folder)})


def main(folder: str, *cases: str) -> None:
    said: dict[str, Any] = {case: answer(f"{folder}/{case}", case) for case in cases}
    said["by name"] = calling_by_name(Path(folder) / "by name")
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
