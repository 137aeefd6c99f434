"""The layers that read an input of a Keras model as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# Layers that hand values on unchanged, or leave some out.
_PASSING = frozenset({
    "Masking", "Reshape", "Flatten", "Permute", "RepeatVector", "Identity", "Dropout",
    "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianNoise", "GaussianDropout",
    "Cropping1D", "Cropping2D", "Cropping3D", "CenterCrop", "Resizing", "ZeroPadding2D",
    "UpSampling2D",
})  # fmt: skip
_DEPTH = 8


@dataclass(frozen=True)
class Reader:
    """A layer that reads an input.

    Attributes:
        layer: The layer; what a wrapper wraps.
        position: Which of its inputs it is.
        as_mask: It takes it as a mask, and not as values.
    """

    layer: Any
    position: int
    as_mask: bool = False


def readers(model: Any, tensor: Any, depth: int = 0) -> Iterator[Reader]:
    """Every layer that reads a tensor of the model, nested models taken apart."""
    for layer in model.layers:
        for node in layer._inbound_nodes:
            position = _position(node, tensor)
            if position is None:
                continue
            yield from _taken(layer, Reader(layer, position, _is_mask(node, tensor)), depth)
            if _hands_on(layer) and depth < _DEPTH:
                handed = node.outputs[0] if isinstance(node.outputs, list) else node.outputs
                yield from readers(model, handed, depth + 1)


def _hands_on(layer: Any) -> bool:
    """Whether values come out as they went in; those of RandomContrast and its like do, unless
    they train."""
    name = type(layer).__name__
    return name in _PASSING or name.startswith("Random")


def _taken(layer: Any, reader: Reader, depth: int) -> Iterator[Reader]:
    """The layer itself, what it wraps, or the layers of the model that it is."""
    inner = layer.layer if type(layer).__name__ == "TimeDistributed" else layer
    inputs = getattr(inner, "inputs", None) if getattr(inner, "layers", None) else None
    if not inputs or reader.as_mask or reader.position >= len(inputs):
        yield Reader(inner, reader.position, reader.as_mask)
    elif depth < _DEPTH:
        yield from readers(inner, inputs[reader.position], depth + 1)


def _position(node: Any, tensor: Any) -> int | None:
    import tensorflow as tf

    tensors = getattr(node, "keras_inputs", None) or getattr(node, "input_tensors", [])
    for position, candidate in enumerate(tf.nest.flatten(tensors)):
        if candidate is tensor:
            return position
    return None


def _is_mask(node: Any, tensor: Any) -> bool:
    """Whether a call takes the tensor as its ``mask``, ``attention_mask``, ``value_mask``, ..."""
    import tensorflow as tf

    arguments = getattr(node, "arguments", None)
    given = node.call_kwargs if arguments is None else arguments.kwargs
    masks = (value for name, value in (given or {}).items() if "mask" in name)
    return any(one is tensor for value in masks for one in tf.nest.flatten(value))
