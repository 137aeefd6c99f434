"""What a MetaGraphDef declares, in a ``.meta`` or a SavedModel: signatures, and who wrote it."""

from __future__ import annotations

from typing import Any

from tfmigrate.sources import graph_ops, protos
from tfmigrate.tensors import Signature, TensorSpec

_INTERNAL = "__saved_model_"  # init and train ops, which TensorFlow files as signatures
_PREFIX = "tensorflow/serving/"
METHODS = ("predict", "classify", "regress")


def long_method(method: str) -> str:
    """The name that a SavedModel gives a method of TensorFlow Serving."""
    return _PREFIX + method if method in METHODS else method


def short_method(method: str) -> str:
    """What we call a method; "" is predict, names that are no method of the server stay."""
    bare = method.removeprefix(_PREFIX) or "predict"
    return bare if bare in METHODS else method


def internal(key: str) -> bool:
    """Whether a signature is none that anybody calls: TensorFlow files its init ops as such."""
    return key.startswith(_INTERNAL)


def signatures(meta: Any, notes: list[str]) -> tuple[Signature, ...]:
    """The signatures of a MetaGraphDef, sorted by key; names are the public ones.

    Args:
        meta: The message.
        notes: Where tensors without a stated rank are noted.
    """
    found = protos.entries(meta.signature_def)
    return tuple(
        Signature(
            key,
            _specs(found[key].inputs, notes),
            _specs(found[key].outputs, notes),
            short_method(found[key].method_name),
        )
        for key in sorted(found)
        if not internal(key)
    )


def _specs(entries: Any, notes: list[str]) -> tuple[TensorSpec, ...]:
    found = protos.entries(entries)
    for name in sorted(found):
        if not found[name].name:
            notes.append(f"{name}: a sparse, ragged or composite tensor")
    return tuple(
        graph_ops.spec(
            name, protos.shape(found[name].tensor_shape), protos.dtype(found[name].dtype), notes
        )
        for name in sorted(found)
    )


def tensorflow(meta: Any) -> str:
    """The version of TensorFlow that wrote a MetaGraphDef, "" where it does not say."""
    return str(meta.meta_info_def.tensorflow_version)
