"""Keras 0: weights have no names; their place in the list of all weights says what they are.

Source: ``Sequential.save_weights``, ``Graph.save_weights`` and ``trainable_weights +
non_trainable_weights`` of each layer of Keras 0.3.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tfmigrate.errors import MappingProblem, Problem
from tfmigrate.mapping.legacy.layers import Layer, layers
from tfmigrate.tensors import TensorInfo

_KERNEL = ("W", "b")
_ORDER: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("Dense", "TimeDistributedDense", "MaxoutDense", "Convolution1D",
                     "Convolution2D", "Convolution3D"), _KERNEL),
    "Highway": ("W", "b", "W_carry", "b_carry"),
    "Embedding": ("W",),
    "SimpleRNN": ("W", "U", "b"),
    "GRU": tuple(f"{part}_{gate}" for gate in "zrh" for part in "WUb"),
    "LSTM": tuple(f"{part}_{gate}" for gate in "icfo" for part in "WUb"),
    "BatchNormalization": ("gamma", "beta", "running_mean", "running_std"),
    "PReLU": ("alphas",),
    "ParametricSoftplus": ("alphas", "betas"),
    "SReLU": ("t_left", "a_left", "t_right", "a_right"),
}  # fmt: skip


def named(tensors: Sequence[TensorInfo], config: dict[str, Any]) -> list[TensorInfo]:
    """The weights under the names that Keras 1 would have given them.

    Raises:
        MappingProblem: The layers of the config have more or fewer weights than the file.
    """
    wanted = [(layer, suffix) for layer in layers(config)
              for suffix in _ORDER.get(layer.class_name, ())]  # fmt: skip
    if len(wanted) != len(tensors):
        raise MappingProblem(
            "the file and the architecture do not fit each other",
            [Problem("Keras 0 numbers the weights, and the numbers differ",
                     found=f"{len(tensors)} in the file",
                     expected=f"{len(wanted)} for the layers {_shown(layers(config))}")],
        )  # fmt: skip
    return [
        replace(tensor, group=layer.top, key=f"{layer.name}_{suffix}")
        for tensor, (layer, suffix) in zip(tensors, wanted, strict=True)
    ]


def _shown(known: Sequence[Layer]) -> str:
    return ", ".join(layer.name for layer in known if layer.class_name in _ORDER)
