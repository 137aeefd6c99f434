"""The signatures of a SavedModel as endpoints of its graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tfmigrate.errors import NotSupported, Problem, shown
from tfmigrate.graphs import stated
from tfmigrate.graphs.asked import Asked, Endpoint, GraphInput
from tfmigrate.graphs.nodes import tensor
from tfmigrate.judge.graph_files import GraphFile
from tfmigrate.sources import meta_graph, protos

_INTERNAL = "__saved_model_"  # init and train ops, which TensorFlow files as signatures
_TRAINING = "tensorflow/supervised/"  # an Estimator's signatures of training and evaluation
_SPARSE = (
    "the signature takes or gives a sparse, ragged or composite tensor, which a request does not"
    " hold; --recipe with `architecture: {graph: source}` gives its parts as inputs of their own"
)


def keys(meta: Any) -> list[str]:
    """The keys of the signatures, the one that is served by default first."""
    found = sorted(k for k in protos.entries(meta.signature_def) if not k.startswith(_INTERNAL))
    order = {"serving_default": 0, "default": 1}
    return sorted(found, key=lambda key: order.get(key, 2))


def endpoint(file: GraphFile, key: str) -> Endpoint:
    """A signature as an endpoint.

    Raises:
        NotSupported: It is one of training, or a tensor of it is none that can be served.
    """
    found = protos.entries(file.meta.signature_def)[key]
    if found.method_name.startswith(_TRAINING):
        raise NotSupported(f"it is of training or evaluation ({shown(found.method_name)})")
    ins, outs = protos.entries(found.inputs), protos.entries(found.outputs)
    problems = [*_problems(file, ins, "input"), *_problems(file, outs, "output")]
    if not outs:
        problems.append(Problem("it gives no tensor"))
    method = meta_graph.short_method(found.method_name)
    inputs = {n: _listed(_input(file, ins[n]), method) for n in sorted(ins)}
    problems += [
        Problem("the rank of the input is not stated", where=shown(n), help=_RANK)
        for n, i in inputs.items()
        if i.shape is None
    ]
    if problems:
        raise NotSupported("it cannot be served as it is", problems)
    shapes = {
        n: shape
        for n, info in sorted(outs.items())
        if info.HasField("tensor_shape") and (shape := protos.shape(info.tensor_shape)) is not None
    }
    asked = Asked(inputs, {n: outs[n].name for n in sorted(outs)}, stated=shapes)
    return Endpoint(key, asked, method)


def _listed(found: GraphInput, method: str) -> GraphInput:
    """An input of unknown rank that a server classifies: it sends a list of tf.Examples."""
    if found.shape is None and found.dtype == "string" and method in ("classify", "regress"):
        return replace(found, shape=(None,))
    return found


_RANK = (
    "say it in a recipe: architecture: {graph: source, inputs: {NAME: {tensor: NODE:0, shape:"
    " [null, ...]}}, outputs: {NAME: NODE:0}}"
)


def notes(meta: Any, key: str) -> tuple[str, ...]:
    """What a signature says that an export cannot keep."""
    found = protos.entries(meta.signature_def)[key]
    names = sorted(protos.entries(found.defaults))
    said = "an export has no default values: callers have to send"
    return tuple(f"signature {shown(key, 60)}: {said} {shown(n, 60)}" for n in names)


def _problems(file: GraphFile, infos: dict[str, Any], what: str) -> Iterator[Problem]:
    for name, info in sorted(infos.items()):
        found = tensor(info.name)
        if info.HasField("coo_sparse") or info.HasField("composite_tensor"):
            yield Problem(_SPARSE, where=shown(name))
        elif found is None or found[0] not in file.original.nodes:
            yield Problem(f"the graph has no tensor {shown(info.name)}", where=shown(name))
        elif not protos.dtype(info.dtype):
            yield Problem(f"the type of the {what} is not stated", where=shown(name))


def _input(file: GraphFile, info: Any) -> GraphInput:
    shape = protos.shape(info.tensor_shape) if info.HasField("tensor_shape") else None
    found = tensor(info.name)
    if shape is None and found is not None and found[0] in file.original.nodes:
        nodes = file.original.nodes
        shape = stated.shape(nodes[found[0]], found[1], nodes, file.producer)
    return GraphInput(info.name, shape, protos.dtype(info.dtype))
