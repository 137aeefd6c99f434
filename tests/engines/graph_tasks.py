"""Tasks for workers: what only TensorFlow knows about graphs."""

from __future__ import annotations

from typing import Any


def unregistered(payload: dict[str, Any], parent: Any) -> dict[str, Any]:
    """Which of some ops this TensorFlow has not, and which of them it has given up."""
    import tensorflow as tf
    from tensorflow.core.framework import op_def_pb2
    from tensorflow.python.client import pywrap_tf_session

    listed = op_def_pb2.OpList()
    listed.ParseFromString(pywrap_tf_session.TF_GetBuffer(pywrap_tf_session.TF_GetAllOpList()))
    known = {op.name: op for op in listed.op}
    gone = [n for n in payload["ops"] if n not in known]
    old = [
        n
        for n in payload["ops"]
        if n in known
        and known[n].HasField("deprecation")
        and known[n].deprecation.version <= tf.version.GRAPH_DEF_VERSION
    ]
    return {"gone": gone, "old": old}


def several_outputs(payload: dict[str, Any], parent: Any) -> dict[str, Any]:
    """The outputs of those ops that have several: ``name``, or ``name*attr`` for lists."""
    from tensorflow.core.framework import op_def_pb2
    from tensorflow.python.client import pywrap_tf_session

    listed = op_def_pb2.OpList()
    listed.ParseFromString(pywrap_tf_session.TF_GetBuffer(pywrap_tf_session.TF_GetAllOpList()))
    found = {}
    for op in listed.op:
        if op.name in payload["ops"] and len(op.output_arg) > 1:
            lists = [(a.name, a.number_attr or a.type_list_attr) for a in op.output_arg]
            found[op.name] = [f"{n}*{attr}" if attr else n for n, attr in lists]
    return found


def answer(payload: dict[str, Any], parent: Any) -> dict[str, Any]:
    """What a graph of some old op answers, by what stands for the op today."""
    import tensorflow as tf

    from tfmigrate.engines.graph import build

    built = build(payload)
    x = tf.constant([[[[1.0, 2.0], [3.0, 5.0]]]])
    out = tf.function(built.call, autograph=False)({"x": x})
    return {"y": out["y"].numpy().tolist()}
