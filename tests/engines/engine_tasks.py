"""Tasks for workers that have TensorFlow; imported there as ``engine_tasks``."""

from __future__ import annotations

from typing import Any

from tfmigrate.engines import get_engine
from tfmigrate.engines.fill import fill
from tfmigrate.tensors import as_json
from tfmigrate.workers.keras_block import unblock_keras

Data = dict[str, Any]


def build(payload: Data, parent: Any) -> Data:
    """What an engine makes of a config: variables, which of them have a value, what is known."""
    unblock_keras()
    engine = get_engine(payload["engine"])
    built = engine.built(engine.from_config(payload["config"]), None, True)
    return {
        "infos": as_json(built.infos),
        "valued": [n for n, v in built.variables.items() if v.is_initialized()],
        "signature": as_json(built.signature),
        "hints": {n: as_json(h) for n, h in built.hints().items()},
    }


def assemble(payload: Data, parent: Any) -> Data:
    """The signature and the variables of a recipe's architecture."""
    unblock_keras()
    engine = get_engine(payload["engine"])
    built = engine.built(*engine.assemble(payload["architecture"]))
    return {"infos": as_json(built.infos), "signature": as_json(built.signature)}


def answers(payload: Data, parent: Any) -> Data:
    """What a blank model answers to ones, every weight set to a constant."""
    import numpy as np
    import tensorflow as tf

    unblock_keras()
    engine = get_engine(payload["engine"])
    built = engine.built(engine.from_config(payload["config"]))
    for variable in built.variables.values():
        variable.assign(tf.fill(variable.shape, tf.cast(0.5, variable.dtype)))
    built.restored()
    ones = {s.name: tf.ones([2, *s.shape[1:]], s.dtype) for s in built.signature.inputs}
    first, second = built.call(ones), built.call(ones)
    same = all(np.array_equal(first[n].numpy(), second[n].numpy()) for n in first)
    return {"same": same, "answers": {n: t.numpy().tolist() for n, t in first.items()}}


def fill_one(payload: Data, parent: Any) -> Data:
    """Give a variable a value of so many MB, in a given way; the last element tells."""
    import numpy as np
    import tensorflow as tf
    from tensorflow.python.ops.resource_variable_ops import UninitializedVariable

    array = np.full((payload["megabytes"] * 1024, 256), 3, np.float32)
    variable = UninitializedVariable(shape=array.shape, dtype=tf.float32, trainable=False)
    if payload["plain"]:
        variable.assign(array)
    else:
        fill(variable, array)
    return {"last": float(variable[-1, -1])}
