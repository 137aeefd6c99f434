"""Stacked cells of Keras 2: TensorFlow numbered the weights that would have had the same name.

Source: ``StackedRNNCells.build`` of Keras 2.0.9 to 2.3 and tf.keras up to 1.12 builds the cells in
their order, in one name scope: ``kernel`` is the first cell's, ``kernel_1`` the second's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tfmigrate.mapping.legacy.layers import Layer, Restated, layers, owner

_CELLS = ("SimpleRNNCell", "GRUCell", "LSTMCell")


def restate(weights: Sequence[Restated], config: dict[str, Any]) -> list[Restated]:
    """The weights, those of stacked cells under the names of their cells."""
    known = layers(config)
    stacks = {(layer.top, layer.name): cells for layer in known if (cells := _cells(layer))}
    families: dict[tuple[str, str, str], list[Restated]] = defaultdict(list)
    for weight in weights:
        layer = owner(weight.info, known) if stacks else None
        path, _, leaf = weight.info.key.split(":")[0].rpartition("/")
        if layer is not None and (layer.top, layer.name) in stacks:
            families[weight.info.group, path, re.sub(r"_\d+$", "", leaf)].append(weight)
    renamed: dict[str, Restated] = {}
    for (group, path, leaf), family in families.items():
        first = owner(family[0].info, known)
        assert first is not None
        names = _with(stacks[group, first.name], leaf)
        if len(names) == len(family) > 1:
            for weight, name in zip(sorted(family, key=_number), names, strict=True):
                info = replace(weight.info, key=f"{path}/{name}/{leaf}")
                renamed[weight.info.name] = replace(weight, info=info, rule="cells in their order")
    return [renamed.get(w.info.name, w) for w in weights]


def _cells(layer: Layer) -> list[dict[str, Any]]:
    """The configs of a layer's stacked cells, none where one of them is not Keras's own."""
    cell = layer.config.get("cell")
    if not isinstance(cell, dict) or cell.get("class_name") != "StackedRNNCells":
        return []
    cells = cell["config"].get("cells") or []
    return cells if all(c["class_name"] in _CELLS for c in cells) else []


def _with(cells: Sequence[dict[str, Any]], leaf: str) -> list[str]:
    """The names of the cells that have such a weight."""
    return [c["config"]["name"] for c in cells
            if leaf != "bias" or c["config"].get("use_bias", True)]  # fmt: skip


def _number(weight: Restated) -> int:
    found = re.search(r"_(\d+)$", weight.info.key.split(":")[0].rpartition("/")[2])
    return int(found[1]) if found else 0
