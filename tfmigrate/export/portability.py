"""Leave out of an exported graph what only newer TensorFlows know and no server needs.

Runs in a worker: TensorFlow is imported on use.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tfmigrate.lazy import load

# Spares a copy where the file's own saver reads a variable; nothing else calls it. From 2.10.
_SPARES_A_COPY = "DisableCopyOnRead"
# What a variable was called, for people who debug; its key is its shared_name. From 2.15.
_VARIABLE, _DEBUG_NAME = "VarHandleOp", "debug_name"


def settle(saved_model: Path) -> None:
    """Take out of ``saved_model.pb`` what older TensorFlows refuse, where it changes no number.

    TensorFlow 2.21 puts both into every SavedModel, and a loader before 2.15 (before 2.10 of
    Python) loads none of them; without, 1.15 does. ``fingerprint.pb`` is written again.
    """
    path = saved_model / "saved_model.pb"
    message = load("tensorflow.core.protobuf.saved_model_pb2:SavedModel")()
    message.ParseFromString(path.read_bytes())
    for meta in message.meta_graphs:
        _settle(meta.graph_def)
        known = meta.meta_info_def.stripped_op_list.op
        for at in reversed([i for i, op in enumerate(known) if op.name == _SPARES_A_COPY]):
            del known[at]
    path.write_bytes(message.SerializeToString(deterministic=True))
    load("tensorflow.python.saved_model.fingerprinting_utils:write_fingerprint")(str(saved_model))


def _settle(graph: Any) -> None:
    for node in [*graph.node, *(n for f in graph.library.function for n in f.node_def)]:
        if node.op == _VARIABLE:
            node.attr.pop(_DEBUG_NAME, None)
        elif node.op == _SPARES_A_COPY:
            # Others wait for it by name: it stays, and does nothing.
            node.op = "NoOp"
            node.input[:] = [name for name in node.input if name.startswith("^")]
