"""Keras 0: what ``to_json()`` and ``to_yaml()`` of 0.1 to 0.3 wrote, in the terms of Keras 1.

Source: ``container_from_config`` of ``keras/utils/layer_utils.py`` and ``layers/containers.py`` of
Keras 0.3.3. A layer's ``name`` was its class, ``custom_name`` its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tfmigrate.errors import NotSupported

_MODELS = ("Sequential", "Graph")


def looks_like_json(text: str) -> bool:
    """Whether a JSON text has the keys of a Keras 0 model."""
    return re.search(r'"name"\s*:\s*"(Sequential|Graph)"', text) is not None


def looks_like_yaml(text: str) -> bool:
    """Whether a YAML text has the keys of a Keras 0 model at its top."""
    return re.search(r"^name: (Sequential|Graph)\s*$", text, re.MULTILINE) is not None


def is_model(data: Any) -> bool:
    """Whether it is a Keras 0 model."""
    return isinstance(data, dict) and "class_name" not in data and data.get("name") in _MODELS


def as_keras_1(data: dict[str, Any]) -> dict[str, Any]:
    """The model as Keras 1 would have written it, every layer with a name of its own.

    The inputs and the output of a Sequential had no names; they are ``input_0``, ... and ``out``.
    """
    names = _Names()
    model = names.model(data)
    if model["class_name"] == "Sequential":
        for number, first in enumerate(_first(model)):
            first["config"]["input_name"] = f"input_{number}"
        model["config"].append(names.layer({"name": "Activation", "activation": "linear"}, "out"))
    return {**model, "keras_version": "0.3"}


def _first(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The layers that the inputs go to."""
    config = entry["config"]
    if entry["class_name"] == "Sequential":
        yield from _first(config[0])
    elif "layers" in config:
        for branch in config["layers"]:
            yield from _first(branch)
    else:
        yield entry


class _Names:
    """Gives layers names; Keras 0 called all Dense layers of a model ``dense``."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        # A model that knows its input has a node of its own: others refer to its second one.
        self._models: set[str] = set()

    def model(self, data: dict[str, Any]) -> dict[str, Any]:
        if data["name"] == "Graph":
            return self._graph(data)
        entries = [entry for x in data["layers"] for entry in self._inlined(x)]
        return {"class_name": "Sequential", "config": entries}

    def _inlined(self, data: dict[str, Any]) -> list[dict[str, Any]]:
        """A layer of a Sequential; an AutoEncoder is its encoder and its decoder in a row."""
        if data["name"] != "AutoEncoder":
            return [self.layer(data)]
        if not data.get("output_reconstruction", True):
            raise NotSupported(
                "an AutoEncoder that answers with its code, not with the reconstruction, is not"
                " rebuilt", help="give the encoder alone as the architecture, with --recipe",
            )  # fmt: skip
        halves = [data["encoder_config"], data["decoder_config"]]
        parts = [x for half in halves for x in half.get("layers", [half])]
        return [entry for part in parts for entry in self._inlined(part)]

    def layer(self, data: dict[str, Any], name: str = "") -> dict[str, Any]:
        kind = data["name"]
        if kind in _MODELS:
            model = {**self.model(data), "name": self._name(name or kind.lower())}
            if kind == "Graph" or all("batch_input_shape" in x["config"] for x in _first(model)):
                self._models.add(model["name"])
            return model
        config = {
            k: v for k, v in data.items() if k not in ("name", "custom_name", "cache_enabled")
        }
        config["name"] = self._name(name or data.get("custom_name") or kind.lower())
        if kind == "Embedding":  # its input_shape held the number of its rows
            config.pop("input_shape", None)
            config["batch_input_shape"] = [None, config.get("input_length")]
            config["input_dtype"] = "int32"
        if "input_shape" in config:
            config["batch_input_shape"] = [None, *config.pop("input_shape")]
        if kind == "Merge":
            config["layers"] = [self.layer(x) for x in data["layers"]]
        if isinstance(config.get("layer"), dict):
            config["layer"] = self.layer(config["layer"])
        return {"class_name": kind, "config": config}

    def _name(self, wanted: str) -> str:
        name, count = wanted, 1
        while name in self._taken:
            count += 1
            name = f"{wanted}_{count}"
        self._taken.add(name)
        return name

    def _graph(self, data: dict[str, Any]) -> dict[str, Any]:
        layers = [self._input(x) for x in data["input_config"]]
        for node in data["node_config"]:
            if "outputs" in node or data["nodes"][node["name"]]["name"] in (
                "Siamese",
                "SiameseHead",
            ):
                raise NotSupported(
                    "the graph shares a layer (add_shared_node), which is not rebuilt",
                    where=node["name"], help="give the architecture with --recipe",
                )  # fmt: skip
            layers += self._node(node, data["nodes"][node["name"]])
        outputs = []
        for output in data["output_config"]:
            source = self._source(output, layers)
            name = self._name(output["name"])
            layers.append(self._applied({"class_name": "Activation", "config":
                                    {"name": name, "activation": "linear"}}, [source]))  # fmt: skip
            outputs.append([name, 0, 0])
        inputs = [[x["name"], 0, 0] for x in data["input_config"]]
        model = {"layers": layers, "input_layers": inputs, "output_layers": outputs}
        return {"class_name": "Model", "config": {"name": "graph", **model}}

    def _input(self, data: dict[str, Any]) -> dict[str, Any]:
        shape = data.get("batch_input_shape") or [None, *data["input_shape"]]
        dtype = "int32" if data.get("dtype") == "int" else "float32"
        config = {"name": self._name(data["name"]), "batch_input_shape": shape,
                  "input_dtype": dtype}  # fmt: skip
        return self._applied({"class_name": "InputLayer", "config": config}, [])

    def _node(self, node: dict[str, Any], layer: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        source = self._source(node, found)
        entry = self.layer(layer, node["name"])
        entry["config"].pop("batch_input_shape", None) if isinstance(
            entry["config"], dict
        ) else None
        return [*found, self._applied(entry, [source])]

    def _source(self, node: dict[str, Any], layers: list[dict[str, Any]]) -> str:
        """What feeds a node or an output: one name, or several merged by a layer of its own."""
        if node.get("input"):
            return str(node["input"])
        config = {
            "name": self._name(f"{node['name']}_merge"),
            "mode": node["merge_mode"],
            "concat_axis": node["concat_axis"],
            "dot_axes": node["dot_axes"],
        }
        layers.append(self._applied({"class_name": "Merge", "config": config}, node["inputs"]))
        return str(config["name"])

    def _applied(self, entry: dict[str, Any], sources: list[str]) -> dict[str, Any]:
        config = entry["config"]
        name = entry.get("name") or config["name"]
        references = [[source, int(source in self._models), 0] for source in sources]
        return {**entry, "name": name, "inbound_nodes": [references] if sources else []}
