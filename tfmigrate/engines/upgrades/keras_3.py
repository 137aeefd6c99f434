"""Config upgrades for files of Keras 3."""

from __future__ import annotations

import re

from tfmigrate.engines.upgrades.walk import LayerConfig, Upgrade
from tfmigrate.errors import NotSupported, shown


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
    wrapped = layer["config"].get("layer")
    inner = wrapped.get("config") if isinstance(wrapped, dict) else None
    if not isinstance(inner, dict):
        return
    for key in ("input_layers", "output_layers"):
        tensors = inner.get(key)
        if isinstance(tensors, list) and len(tensors) == 1 and isinstance(tensors[0], list):
            inner[key] = tensors[0]


def bins_of_whole_numbers(layer: LayerConfig) -> None:
    """Keras 3.0 to 3.11: a Discretization had ``int64``, the type of its answer, as its dtype.

    In a graph, so in ``predict`` and in an export, its inputs were cast to that type and lost what
    is behind the point; a plain call kept it (tried on 3.3.3 and 3.8.0). What was served counts.
    """
    if layer["class_name"] == "Discretization" and "int" in str(layer["config"].get("dtype")):
        layer["config"].pop("dtype")
        layer["class_name"] = "WholeNumberDiscretization"
        if "module" in layer:
            layer |= {"module": None, "registered_name": "WholeNumberDiscretization"}


def resized_crop(layer: LayerConfig) -> None:
    """Keras 3.0 to 3.5: RandomCrop, when it infers, resizes the largest middle part that fits.

    Source: ``random_crop.py`` of 3.0.5 to 3.5.0; since 3.8 it hands its images on as they are.
    """
    if layer["class_name"] == "RandomCrop":
        layer["class_name"] = "Resizing"
        layer["config"].pop("seed", None)
        layer["config"]["crop_to_aspect_ratio"] = True


def refused_crop(layer: LayerConfig) -> None:
    """Keras 3.6 and 3.7, or nobody knows: what RandomCrop does when it infers is not rebuilt.

    Source: ``random_crop.py`` of 3.6.0 and 3.7.0 cuts where a resize would have begun.
    """
    if layer["class_name"] == "RandomCrop":
        raise NotSupported(
            "RandomCrop infers in another way in Keras 3.0 to 3.5, in 3.6 and 3.7, and since; that "
            "of 3.6 and 3.7 is not rebuilt",
            where=shown(layer["config"].get("name")),
            help="replace it by CenterCrop or Resizing in the original, and save it again",
        )  # fmt: skip


def crop_of(version: str) -> tuple[Upgrade, ...]:
    """What becomes of RandomCrop in a file of a Keras 3.

    Args:
        version: The version that wrote it; ``3`` or ``3.0`` where only its era is known.
    """
    found = re.match(r"(\d+)\.(\d+)\.\d", version)
    numbers = (int(found[1]), int(found[2])) if found else (3, 6)
    if (3, 6) <= numbers < (3, 8):
        return (refused_crop,)
    return (resized_crop,) if numbers < (3, 6) else ()
