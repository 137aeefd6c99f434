"""Writes tfmigrate/recipe/layers.json: the layers of tf_keras 2.21 and keras 3.15.

Usage: TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES=-1 python make_layers.py OUT
"""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path
from typing import Any

import keras
import tf_keras

# They run code, load files, or are no layers to build.
LEFT_OUT = {
    "AbstractRNNCell", "DenseFeatures", "FlaxLayer", "InputLayer", "JaxLayer", "Lambda", "Layer",
    "Pipeline", "TFSMLayer", "TorchModuleWrapper", "Wrapper",
}  # fmt: skip
# A recipe says them elsewhere, or they carry arrays.
NOT_ARGUMENTS = {
    "self", "name", "weights", "trainable", "dtype", "conv_op", "force_generator", "rng_type",
}  # fmt: skip


# Enough to construct any layer with required arguments.
SAMPLES = {
    "units": 2, "filters": 2, "kernel_size": 1, "rate": 0.5, "input_dim": 3, "output_dim": 2,
    "n": 2, "dims": (1,), "target_shape": (-1,), "num_heads": 1, "key_dim": 2, "axes": 1,
    "activation": "relu", "stddev": 0.1, "scale": 1.0, "alpha": 0.3, "height": 2, "width": 2,
    "num_bins": 2, "factor": 0.1, "height_factor": 0.1, "equation": "ab,bc->ac", "cropping": 1,
    "output_shape": 2, "head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1,
}  # fmt: skip


def parameters(base: type) -> list[inspect.Parameter]:
    found = inspect.signature(base.__init__).parameters.values()
    named = [p for p in found if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    return [p for p in named if p.name not in NOT_ARGUMENTS]


def constructor(cls: type) -> tuple[list[str], list[str]]:
    """Names of the required and of the optional arguments.

    Arguments that only reach a base class through **kwargs are tried out.
    """
    chain = [b for b in cls.__mro__ if "__init__" in vars(b)]
    chain = chain[: next(i for i, b in enumerate(chain) if b.__name__ in ("Layer", "Operation"))]
    if not chain:
        return [], []
    own = parameters(chain[0])
    required = [p.name for p in own if p.default is p.empty]
    optional = [p.name for p in own if p.default is not p.empty]
    inherited = [p for b in chain[1:] for p in parameters(b) if p.default is not p.empty]
    for p in inherited:
        if p.name not in required + optional and accepts(cls, required, p):
            optional.append(p.name)
    return required, optional


def accepts(cls: type, required: list[str], p: inspect.Parameter) -> bool:
    if not set(required) <= set(SAMPLES):
        return False
    try:
        cls(**{name: SAMPLES[name] for name in required}, **{p.name: p.default})
    except (TypeError, ValueError):
        return False
    return True


def call(cls: type) -> list[str]:
    parameters = list(inspect.signature(cls.call).parameters.values())
    if any(p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in parameters):
        return []
    return [p.name for p in parameters if p.name != "self"]


def described(module: Any) -> dict[str, Any]:
    layers: dict[str, Any] = {}
    aliases: dict[str, str] = {}
    for name in sorted(dir(module)):
        cls = getattr(module, name)
        if not (inspect.isclass(cls) and issubclass(cls, module.Layer)) or name in LEFT_OUT:
            continue
        if name != cls.__name__ and getattr(module, cls.__name__, None) is cls:
            aliases[name] = cls.__name__
            continue
        required, optional = constructor(cls)
        keys = {"required": required, "optional": optional, "call": call(cls)}
        layers[name] = {key: " ".join(names) for key, names in keys.items()}
    return {"aliases": aliases, "layers": layers}


if __name__ == "__main__":
    both = {"keras2": described(tf_keras.layers), "keras3": described(keras.layers)}
    Path(sys.argv[1]).write_text(json.dumps(both, indent=1) + "\n", encoding="utf-8")
