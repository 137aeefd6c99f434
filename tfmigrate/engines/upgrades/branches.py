"""Keras 0 and 1: a Sequential that starts with a Merge, as the functional model it stood for.

The weights of such a model are filed as if its branches were laid out flat
(``Sequential.flattened_layers``), so that is how they are laid out here.
"""

from __future__ import annotations

import copy
from typing import Any

from tfmigrate.engines.upgrades.keras_1 import input_of
from tfmigrate.engines.upgrades.walk import LayerConfig
from tfmigrate.errors import NotSupported

Reference = list[Any]  # [layer, node, tensor]


def branches_to_model(layer: LayerConfig) -> None:
    """Keras 0 and 1: ``Sequential([Merge([left, right]), ...])`` becomes a functional model."""
    if layer["class_name"] != "Sequential" or not _starts_with_merge(layer["config"]):
        return
    flat = _Flat()
    output = flat.sequential(layer["config"]["layers"])
    layer["class_name"] = "Model"
    layer["config"] = {
        "name": layer["config"]["name"],
        "layers": flat.layers,
        "input_layers": flat.inputs,
        "output_layers": [output],
    }


def _starts_with_merge(config: dict[str, Any]) -> bool:
    layers = config.get("layers") or [{}]
    return layers[0].get("class_name") == "Merge" and "layers" in layers[0]["config"]


class _Flat:
    """The layers of a functional model that grows branch by branch."""

    def __init__(self) -> None:
        self.layers: list[LayerConfig] = []
        self.inputs: list[Reference] = []
        self._counts: dict[str, int] = {}

    def sequential(self, entries: list[LayerConfig]) -> Reference:
        first, *rest = entries
        output = self._merge(first) if first["class_name"] == "Merge" else self._fed(first)
        for entry in rest:
            output = self._applied(entry, [output])
        return output

    def _merge(self, entry: LayerConfig) -> Reference:
        branches = [self._branch(b) for b in entry["config"].pop("layers")]
        return self._applied(entry, branches)

    def _branch(self, entry: LayerConfig) -> Reference:
        config = entry["config"]
        if entry["class_name"] == "Sequential":
            return self.sequential(config if isinstance(config, list) else config["layers"])
        if entry["class_name"] in ("Model", "Functional"):
            return self._functional(config)
        return self._fed(entry)

    def _functional(self, config: dict[str, Any]) -> Reference:
        if len(config["output_layers"]) != 1:
            raise NotSupported("a merged branch is a model with several outputs",
                               where=str(config.get("name")))  # fmt: skip
        known = {layer["name"] for layer in self.layers}
        self.layers += [x for x in copy.deepcopy(config["layers"]) if x["name"] not in known]
        self.inputs += [i for i in config["input_layers"] if i not in self.inputs]
        found: Reference = config["output_layers"][0]
        return found

    def _fed(self, entry: LayerConfig) -> Reference:
        """A first layer and the input that its own config declares."""
        name = entry["class_name"].lower()
        given = input_of(entry, self._counts.get(name, 0) + 1)
        if given is None:
            return self._applied(entry, [])
        self._counts[name] = self._counts.get(name, 0) + 1
        source = self._applied({"class_name": "InputLayer", "config": given}, [])
        return self._applied(entry, [source])

    def _applied(self, entry: LayerConfig, sources: list[Reference]) -> Reference:
        name = entry["config"]["name"] if isinstance(entry["config"], dict) else entry.get("name")
        node = [[*source, {}] for source in sources]
        if entry["class_name"] == "InputLayer" and [name, 0, 0] not in self.inputs:
            self.inputs.append([name, 0, 0])
        for layer in self.layers:  # a layer that two branches share is applied once more
            if layer["name"] == name:
                if node and node not in layer["inbound_nodes"]:
                    layer["inbound_nodes"].append(node)
                return [name, layer["inbound_nodes"].index(node) if node else 0, 0]
        nodes = [node] if node else []
        self.layers.append({**entry, "name": name, "inbound_nodes": nodes})
        return [name, 0, 0]
