"""What a GraphDef's nodes say: inputs, candidate outputs, variables, and ops that need care.

Nothing is executed or imported; functions are not followed, so a function that calls itself
(which crashes TensorFlow's importer) is harmless here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import shown
from tfmigrate.results import Hazard
from tfmigrate.sources import protos, training_names
from tfmigrate.tensors import Shape, TensorInfo, TensorSpec

_CONTRIB = (
    "AdjustHsvInYiq", "BipartiteMatch", "BytesInUse", "DecodeAudio", "DecodeVideo", "EncodeAudio",
    "FactorizationMachine", "GatherTree", "GradientTreesPrediction", "HyperplaneLSHProbes",
    "ImageConnectedComponents", "ImageProjectiveTransform", "KafkaDataset", "MaskedMatmul",
    "PeriodicResample", "ReduceSliceMax", "ReduceSliceMin", "ReduceSliceProd", "ReduceSliceSum",
    "Resampler", "ResamplerGrad", "SingleImageRandomDotStereograms", "SkipGramGenerateCandidates",
    "SparseFeatureCross", "SparseFeatureCrossV2", "TreePredictionsV4",
)  # fmt: skip
_PYTHON = ("python-op", "calls Python code that is not in the file")
_CUDNN = ("cudnn", "runs on a GPU alone")
_PIPELINE = ("input-pipeline", "is part of an input pipeline inside the graph")
# Op -> code and what is wrong with it. Contrib ops: not registered by TensorFlow 2.21 (checked).
CARE = {
    **dict.fromkeys(_CONTRIB, ("contrib-op", "is an op of tf.contrib, which TensorFlow 2 lacks")),
    **dict.fromkeys(("PyFunc", "PyFuncStateless", "EagerPyFunc"), _PYTHON),
    **dict.fromkeys(("CudnnRNN", "CudnnRNNV2", "CudnnRNNV3", "CudnnRNNParamsToCanonical"), _CUDNN),
    **dict.fromkeys(("Iterator", "IteratorV2", "OneShotIterator", "FIFOQueueV2"), _PIPELINE),
    "TRTEngineOp": ("tensorrt", "needs TensorRT"),
}
_PLACEHOLDERS = {"Placeholder", "PlaceholderV2", "PlaceholderWithDefault"}
_VARIABLES = {"Variable", "VariableV2", "VarHandleOp", "AutoReloadVariable"}
_TRAINING = re.compile(
    r"(is_?|phase_?)?train(ing)?(_?phase|_?mode|_?flag)?|keras_learning_phase|learning_phase"
    r"|(dropout_?)?keep_?prob(ability)?|dropout(_?(rate|prob))?",
    re.IGNORECASE,
)
# Ops that nobody consumes although they are no result of a model.
NO_RESULT = re.compile(
    r"NoOp|Const|Assert|PrintV2|Assign.*|.*Summary.*|Save.*|Restore.*|.*Apply.*|.*Enqueue.*"
    r"|Scatter(Update|Add|Sub)|MergeV2Checkpoints|.*Close.*|MakeIterator|.*Initialize.*"
    r"|ShardedFilename|IsVariableInitialized|LookupTable(Import|Insert).*|"
    + "|".join(sorted(_VARIABLES | _PLACEHOLDERS))
)

FED = re.compile(r".*IteratorGetNext.*|.*Dequeue.*|.*ReaderRead.*")
GRADIENT = re.compile(r"(^|/)gradients(_\d+)?/|/switch_[tf]$")


@dataclass(frozen=True)
class Outline:
    """A graph from outside.

    Attributes:
        inputs: Its placeholders.
        outputs: The nodes that depend on an input, that nobody consumes, and that compute
            something.
        variables: Its variables, without values.
        nodes: How many nodes it has.
        hazards: Ops and placeholders that need care.
        notes: What a person should know about shapes that are not stated.
    """

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[str, ...]
    variables: tuple[TensorInfo, ...]
    nodes: int
    hazards: tuple[Hazard, ...]
    notes: tuple[str, ...]


def outline(graph: Any, saver: str = "") -> Outline:
    """The outline of a GraphDef.

    Args:
        graph: The message.
        saver: The scope of the saver's own nodes (``save/``), which are left out; "" for none.
    """
    notes: list[str] = []
    nodes = [n for n in graph.node if not saver or not n.name.startswith(saver)]
    placeholders = [n for n in nodes if n.op in _PLACEHOLDERS]
    inputs = tuple(spec(n.name, *_stated(n), notes) for n in placeholders)
    return Outline(
        inputs=inputs,
        outputs=_results(nodes),
        variables=_variables(nodes, notes),
        nodes=len(graph.node),
        hazards=hazards(graph) + training_placeholders(inputs),
        notes=tuple(notes),
    )


def spec(name: str, shape: Shape | None, dtype: str, notes: list[str]) -> TensorSpec:
    """A named tensor; where even its rank is unknown, a note says so and the shape is ()."""
    if shape is None:
        notes.append(f"{shown(name)}: its rank is not stated")
    return TensorSpec(name, shape or (), dtype)


def hazards(graph: Any) -> tuple[Hazard, ...]:
    """Ops that need care, one hazard for each, with its first node; functions included."""
    first: dict[str, tuple[str, int]] = {}
    bodies = (f.node_def for f in graph.library.function)
    for nodes in (graph.node, *bodies):
        for node in nodes:
            if node.op in CARE:
                name, count = first.get(node.op, (node.name, 0))
                first[node.op] = (name, count + 1)
    return tuple(
        Hazard(CARE[op][0], f"{op} {CARE[op][1]} ({count} nodes)", where=shown(name))
        for op, (name, count) in sorted(first.items())
    )


def training_placeholders(inputs: Iterable[TensorSpec]) -> tuple[Hazard, ...]:
    """A hazard for each placeholder that switches between training and inference."""
    return tuple(
        Hazard(
            "training-placeholder",
            "a placeholder that switches between training and inference must be fixed",
            where=shown(found.name),
        )
        for found in inputs
        if _TRAINING.fullmatch(found.name.rpartition("/")[2]) or found.dtype == "bool"
    )


def _stated(node: Any) -> tuple[Shape | None, str]:
    """The shape and dtype that a node's attributes state."""
    attributes = protos.entries(a for a in node.attr if a.key in ("shape", "dtype"))
    shape = protos.shape(attributes["shape"].shape) if "shape" in attributes else None
    return shape, protos.dtype(attributes["dtype"].type) if "dtype" in attributes else ""


def _variables(nodes: Iterable[Any], notes: list[str]) -> tuple[TensorInfo, ...]:
    found: dict[str, tuple[tuple[int, ...], str]] = {}
    for node in nodes:
        if node.op in _VARIABLES:
            shape, dtype = _stated(node)
            if shape is None or None in shape:
                notes.append(f"variable {shown(node.name)}: its shape is not stated")
            else:
                found[node.name] = tuple(d for d in shape if d is not None), dtype
    shapes = {name: shape for name, (shape, _) in found.items()}
    return tuple(
        TensorInfo(name, shape, dtype, training=training_names.training(name, shapes))
        for name, (shape, dtype) in found.items()
    )


def constants(nodes: Iterable[Any]) -> tuple[TensorInfo, ...]:
    """The floating-point constants of a frozen graph: its weights, by node name."""
    found = {}
    for node in nodes:
        if node.op == "Const":
            value = protos.entries(a for a in node.attr if a.key == "value").get("value")
            dtype = protos.dtype(value.tensor.dtype) if value else ""
            shape = tuple(d.size for d in value.tensor.tensor_shape.dim) if value else ()
            if "float" in dtype and shape:
                found[node.name] = TensorInfo(node.name, shape, dtype)
    return tuple(found.values())


def _results(nodes: list[Any]) -> tuple[str, ...]:
    consumers: dict[str, list[str]] = {}
    for node in nodes:
        for name in node.input:  # a control input ("^name") consumes nothing, and names no node
            consumers.setdefault(name.partition(":")[0], []).append(node.name)
    depends = {n.name for n in nodes if n.op in _PLACEHOLDERS or FED.fullmatch(n.op)}
    queue = list(depends)
    while queue:
        fresh = {name for name in consumers.get(queue.pop(), ()) if name not in depends}
        depends |= fresh
        queue += fresh
    return tuple(
        n.name
        for n in nodes
        if n.name in depends
        and n.name not in consumers
        and not NO_RESULT.fullmatch(n.op)
        and not GRADIENT.search(n.name)
    )
