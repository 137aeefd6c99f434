"""What a MetaGraphDef declares, in a ``.meta`` or a SavedModel: signatures, and who wrote it."""

from __future__ import annotations

from typing import Any

from tfmigrate.sources import graph_ops, protos
from tfmigrate.tensors import Signature, TensorSpec

_INTERNAL = "__saved_model_"  # init and train ops, which TensorFlow files as signatures


def signatures(meta: Any, notes: list[str]) -> tuple[Signature, ...]:
    """The signatures of a MetaGraphDef, sorted by key; names are the public ones.

    Args:
        meta: The message.
        notes: Where tensors without a stated rank are noted.
    """
    found = protos.entries(meta.signature_def)
    return tuple(
        Signature(key, _specs(found[key].inputs, notes), _specs(found[key].outputs, notes))
        for key in sorted(found)
        if not key.startswith(_INTERNAL)
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
