"""What is inside an exported graph, and what of it not every server can run.

Runs in the verifier, with TensorFlow's own reader of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tfmigrate.lazy import load

# Ops that call back into the Python process that built the graph: no server can run them.
PYTHON = frozenset({"PyFunc", "PyFuncStateless", "EagerPyFunc", "NumpyCall"})
# Ops without a kernel for CPUs: cuDNN's recurrent layers, TensorRT, collective and TPU ops.
_ACCELERATED = ("Cudnn", "TRT", "Nccl", "TPU", "Collective")
# Kernels for CPUs take these with their channels last alone (without oneDNN).
_LAYOUT = frozenset({
    "Conv2D", "Conv2DBackpropInput", "Conv3D", "Conv3DBackpropInputV2", "DepthwiseConv2dNative",
    "MaxPool", "MaxPoolV2", "AvgPool", "MaxPool3D", "AvgPool3D", "FusedBatchNorm",
    "FusedBatchNormV2", "FusedBatchNormV3",
})  # fmt: skip
# Kernels for CPUs without oneDNN do not dilate these.
_UNDILATED = frozenset({"Conv2DBackpropInput", "Conv3D", "Conv3DBackpropInputV2"})


def nodes(path: Path) -> Iterator[Any]:
    """Every node of ``saved_model.pb``, functions included, calls of its own functions left out."""
    proto = load("tensorflow.core.protobuf.saved_model_pb2:SavedModel")()
    proto.ParseFromString((path / "saved_model.pb").read_bytes())
    for graph in (m.graph_def for m in proto.meta_graphs):
        functions = graph.library.function
        own = {f.signature.name for f in functions}
        for node in [*graph.node, *(n for f in functions for n in f.node_def)]:
            if node.op not in own:
                yield node


def unportable(node: Any) -> str:
    """Why a node does not run on every server, "" where it does."""
    if node.op in PYTHON:
        return f"{node.op} runs only in the Python process that made it"
    if node.op.startswith(_ACCELERATED):
        return f"{node.op} has no kernel for CPUs"
    if node.op.startswith("Xla") or node.attr["_XlaMustCompile"].b:
        return f"{node.op} has to be compiled by XLA, which not every server has"
    if node.op in _LAYOUT and node.attr["data_format"].s in (b"NCHW", b"NCDHW"):
        return f"{node.op} with its channels first has no kernel for CPUs without oneDNN"
    if node.op in _UNDILATED and max(node.attr["dilations"].list.i, default=1) > 1:
        return f"{node.op} that is dilated has no kernel for CPUs without oneDNN"
    return ""


def mentions(path: Path, private: tuple[str, ...]) -> tuple[str, ...]:
    """Which of some paths of this machine the exported graph names."""
    text = (path / "saved_model.pb").read_bytes()
    return tuple(p for p in private if len(p) > 3 and p.encode() in text)
