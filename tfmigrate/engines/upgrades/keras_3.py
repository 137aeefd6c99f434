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
