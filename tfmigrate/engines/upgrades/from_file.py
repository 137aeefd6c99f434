"""What a config leaves out and the weights' file beside it says."""

from __future__ import annotations

import copy
from typing import Any

from tfmigrate.engines.upgrades.walk import layers
from tfmigrate.results import LayerInfo
from tfmigrate.tensors import TensorInfo

UNNAMED = "unnamed_"


def named_as_filed(config: dict[str, Any], groups: tuple[LayerInfo, ...]) -> dict[str, Any]:
    """Keras before 2.2.3: a nested Sequential's config has no name, its group of weights has.

    The format files the layers of a model in their order, so the place in the list names it.
    """
    result = copy.deepcopy(config)
    own = [x for x in result["config"]["layers"] if x["class_name"] != "InputLayer"]
    filed = [g.name for g in groups if g.name not in _inputs(result)]
    if len(own) != len(filed) or any(g.name.startswith("layer_") for g in groups[:1]):
        return result
    for layer, name in zip(own, filed, strict=True):
        if isinstance(layer["config"], dict) and layer["config"].get("name", "").startswith(
            UNNAMED
        ):
            _rename(result, layer, name)
    return result


def _inputs(model: dict[str, Any]) -> set[str]:
    return {x["config"].get("name") for x in model["config"]["layers"]
            if x["class_name"] == "InputLayer"}  # fmt: skip


def _rename(model: dict[str, Any], layer: dict[str, Any], name: str) -> None:
    old = layer["config"]["name"]
    layer["config"]["name"] = name
    if "name" in layer:
        layer["name"] = name
    for other in model["config"]["layers"]:
        for node in other.get("inbound_nodes", []):
            for reference in node:
                reference[0] = name if reference[0] == old else reference[0]
    for reference in model["config"].get("output_layers", []):
        reference[0] = name if reference[0] == old else reference[0]


def with_shared_axes(config: dict[str, Any], tensors: tuple[TensorInfo, ...]) -> dict[str, Any]:
    """Keras 1.2: ``PReLU.get_config`` forgot its shared axes; its weight has size 1 along them."""
    result = copy.deepcopy(config)
    stored = {t.key.split(":")[0]: t.shape for t in tensors}
    weights = {"PReLU": "alphas", "ParametricSoftplus": "alphas", "SReLU": "t_left"}
    for layer in layers(result):
        weight = weights.get(layer["class_name"], "")
        shape = weight and stored.get(f"{layer['config'].get('name')}_{weight}")
        if shape:
            layer["config"]["shared_axes"] = [i + 1 for i, n in enumerate(shape) if n == 1]
    return result
