"""What a Keras model says about the values that its inputs take, once its weights are there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tfmigrate.engines.functional import signature
from tfmigrate.engines.hints import layers, names
from tfmigrate.engines.hints.readers import Reader, readers
from tfmigrate.engines.lengths import legal_lengths, of_model
from tfmigrate.tensors import LENGTHS, Hint, TensorSpec


def hints(model: Any) -> dict[str, Hint]:
    """What the layers that read an input say about its values, and the lengths it can have.

    Args:
        model: A functional or sequential model with its weights, and tables, in place.
    """
    specs = signature(model).inputs
    lengths = legal_lengths(specs, of_model(model)) or LENGTHS
    found = {
        spec.name: replace(_hint(spec, list(readers(model, tensor))), lengths=lengths)
        for spec, tensor in zip(specs, model.inputs, strict=True)
    }
    return {name: hint for name, hint in found.items() if hint != Hint()}


def _hint(spec: TensorSpec, found: list[Reader]) -> Hint:
    if any(reader.as_mask for reader in found) and spec.dtype != "string":
        return Hint(kind="mask")
    hint = Hint()
    for reader in found:
        said = layers.hint(reader, spec)
        hint = layers.both(hint, said) if said is not None else hint
    if hint != Hint():
        return hint
    declared = (layers.declared(reader, spec) for reader in found)
    return next((d for d in declared if d is not None), Hint(kind=names.kind(spec)))
