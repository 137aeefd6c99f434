"""A task for a worker that has TensorFlow: kernels and answers; imported as ``kernel_tasks``."""

from __future__ import annotations

from typing import Any

Data = dict[str, Any]


def compare(payload: Data, parent: Any) -> Data:
    """What of each rebuilt model no server need have, and whether it is far from the library's."""
    from tfmigrate.engines import get_engine
    from tfmigrate.workers.keras_block import unblock_keras

    unblock_keras()
    engine = get_engine(payload["engine"])
    return {"seen": [_compare(engine, *pair) for pair in payload["pairs"]]}


def _compare(engine: Any, plain: Data, upgraded: Data) -> Data:
    import numpy as np
    import tensorflow as tf

    from tfmigrate.parity import portable

    given, written = plain["config"]["layers"]
    shape = (given["config"].get("batch_shape") or given["config"]["batch_input_shape"])[1:]
    layer = getattr(engine.library().layers, written["class_name"])(**written["config"])
    model = engine.from_config(upgraded)
    built = engine.built(model)
    rng = np.random.default_rng(7)
    x = tf.constant(rng.normal(size=(2, *shape)).astype("float32"))
    layer.build((None, *shape))
    values = [rng.uniform(0.5, 1.5, w.shape).astype("float32") for w in layer.weights]
    layer.set_weights(values)
    for variable, value in zip(model.weights, values, strict=True):
        variable.assign(value)
    name = built.signature.inputs[0].name
    spec = {name: tf.TensorSpec((None, *shape), "float32")}
    graph = tf.function(built.call, autograph=False).get_concrete_function(spec)
    (answer,) = tf.nest.flatten(graph(x))
    definition = graph.graph.as_graph_def()
    nodes = [*definition.node, *(n for f in definition.library.function for n in f.node_def)]
    want = np.asarray(layer(x))
    same = want.shape == answer.shape and np.allclose(want, answer, rtol=1e-5, atol=1e-4)
    return {"why": sorted({portable.unportable(n) for n in nodes} - {""}), "far": not same}
