"""The methods of TensorFlow Serving, and the names that each of them fixes.

Source: ``tensorflow/python/saved_model/signature_constants.py`` and the classifier and regressor
of TensorFlow Serving, which look tensors up by these names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tfmigrate.errors import Problem, shown
from tfmigrate.lazy import load
from tfmigrate.sources.meta_graph import long_method
from tfmigrate.tensors import Shape, Signature

# method -> the names of its inputs, and those that its outputs may have
NAMES = {
    "classify": (("inputs",), ("classes", "scores")),
    "regress": (("inputs",), ("outputs",)),
}
# Source: classifier.cc and regressor.cc of TensorFlow Serving.
_SHAPES: dict[str, Callable[[Shape], bool]] = {
    "inputs": lambda shape: len(shape) == 1,
    "classes": lambda shape: len(shape) == 2,
    "scores": lambda shape: len(shape) == 2,
    "outputs": lambda shape: len(shape) == 1 or shape[1:] == (1,),
}
_SAID = {
    "inputs": "[batch]", "classes": "[batch, classes]", "scores": "[batch, classes]",
    "outputs": "[batch] or [batch, 1]",
}  # fmt: skip
_TYPES = {"inputs": "string", "classes": "string", "scores": "float32", "outputs": "float32"}


def problems(signature: Signature) -> list[Problem]:
    """What a server would have against a signature of its method."""
    return list(_problems(signature)) if signature.method in NAMES else []


def _problems(signature: Signature) -> Iterator[Problem]:
    takes, gives = NAMES[signature.method]
    inputs, outputs = [s.name for s in signature.inputs], [s.name for s in signature.outputs]
    if tuple(inputs) != takes:
        yield _named("input", signature.method, inputs, takes)
    if not outputs or not set(outputs) <= set(gives):
        yield _named("output", signature.method, outputs, gives)
    for spec in (*signature.inputs, *signature.outputs):
        if spec.name in _TYPES and spec.dtype != _TYPES[spec.name]:
            yield Problem(
                f"a server takes {_TYPES[spec.name]} for this of the method {signature.method}",
                where=shown(spec.name),
                found=spec.dtype,
                help="`inputs` are serialised tf.Examples: the step `example` reads a feature"
                if spec.name == "inputs"
                else "",
            )
        elif spec.name in _SHAPES and not _SHAPES[spec.name](spec.shape):
            yield Problem(
                f"a server takes another shape of the method {signature.method}",
                where=shown(spec.name),
                found=str(spec.shape),
                expected=_SAID[spec.name],
            )


def _named(side: str, method: str, found: list[str], wanted: tuple[str, ...]) -> Problem:
    return Problem(
        f"the method {method} fixes the names of its {side}s",
        found=", ".join(map(shown, found)) or "none",
        expected=" or ".join(wanted),
        help="predict takes any names",
    )


def write(saved_model: Path, signatures: tuple[Signature, ...]) -> None:
    """Give signatures their methods; TensorFlow 2 calls every one ``predict``."""
    others = {s.key: long_method(s.method) for s in signatures if s.method != "predict"}
    if not others:
        return
    path = saved_model / "saved_model.pb"
    message = load("tensorflow.core.protobuf.saved_model_pb2:SavedModel")()
    message.ParseFromString(path.read_bytes())
    for meta in message.meta_graphs:
        for key, method in others.items():
            meta.signature_def[key].method_name = method
    path.write_bytes(message.SerializeToString(deterministic=True))
