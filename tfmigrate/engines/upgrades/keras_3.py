"""Config upgrades for files of Keras 3."""

from __future__ import annotations

from tfmigrate.engines.upgrades.walk import LayerConfig


def without_lora(layer: LayerConfig) -> None:
    """Keras 3.0 to 3.15: a layer with LoRA becomes the plain one, whose kernel is the sum.

    Source: ``save_own_variables`` of Dense, EinsumDense, Embedding and BaseConv stores the merged
    kernel in ``.keras`` and ``.weights.h5``; H5 files hold the parts, which mapping/lora.py merges.
    """
    for key in ("lora_rank", "lora_alpha"):
        layer["config"].pop(key, None)


def rotation_without_range(layer: LayerConfig) -> None:
    """Keras 3.0 to 3.7: RandomRotation stored a ``value_range``, which moved no pixel.

    Source: ``random_rotation.py`` of 3.0.5 to 3.7.0; 3.8 and later refuse the argument.
    """
    if layer["class_name"] == "RandomRotation":
        layer["config"].pop("value_range", None)


def single_inside(layer: LayerConfig) -> None:
    """Keras 3.0 to 3.10: a model of one tensor says ``[["d", 0, 0]]``; a wrapper wants it plain.

    Source: ``functional_from_config`` of 3.5 to 3.10 unwraps it; since 3.11 it stays a list, and
    TimeDistributed takes that list for a shape.
    """
    inner = layer["config"].get("layer")
    inner = inner.get("config") if isinstance(inner, dict) else None
    for key in ("input_layers", "output_layers"):
        tensors = inner.get(key) if isinstance(inner, dict) else None
        if isinstance(tensors, list) and len(tensors) == 1 and isinstance(tensors[0], list):
            inner[key] = tensors[0]
