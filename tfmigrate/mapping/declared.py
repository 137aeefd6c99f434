"""Weights of declared layers: authors called them after the layer too, ``att_W`` and ``att/att_W``.

Source: Keras 1's own layers did so (``'{}_W'.format(self.name)``), and code written after them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from tfmigrate.tensors import TensorInfo, VariableInfo


def called_plainly(
    tensors: Sequence[TensorInfo], variables: Sequence[VariableInfo], leaves: Collection[str]
) -> tuple[TensorInfo, ...]:
    """The tensors, those of declared layers with the weight's declared name as last part.

    Args:
        tensors: The file's tensors.
        variables: The rebuilt model's variables.
        leaves: The names of the weights of all declared layers.
    """
    wanted = {
        (v.owners[0], f"{v.owners[-1]}_{v.leaf}"): v.leaf
        for v in variables
        if v.owners and v.leaf in leaves
    }
    return tuple(_plainly(t, wanted) for t in tensors)


def _plainly(tensor: TensorInfo, wanted: dict[tuple[str, str], str]) -> TensorInfo:
    path, slash, leaf = tensor.key.split(":")[0].rpartition("/")
    # TensorFlow numbers a name that occurs again.
    for name in (leaf, re.sub(r"_\d+$", "", leaf)):
        found = wanted.get((tensor.group, name))
        if found:
            return replace(tensor, key=f"{path}{slash}{found}")
    return tensor
