"""Config upgrades: from what a Keras of the day wrote to what today's library builds.

Each upgrade is a small function on one layer's config, for the versions in its docstring, with its
source there; the order of the tables is the order of application.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

from tfmigrate.results import Writer

LayerConfig = dict[str, Any]
Upgrade = Callable[[LayerConfig], None]

# A layer's config holds these for training only; custom ones must never be a reason to fail.
_TRAINING_ONLY = re.compile(r"(_|^)(regularizer|constraint)$")
_INITIALIZER = re.compile(r"_initializer$")


def layers(node: Any) -> Iterator[LayerConfig]:
    """Every ``{"class_name", "config"}`` below a config, wrapped and nested ones too."""
    if isinstance(node, dict):
        if isinstance(node.get("class_name"), str) and isinstance(node.get("config"), dict | list):
            yield node
        for value in node.values():
            yield from layers(value)
    elif isinstance(node, list):
        for value in node:
            yield from layers(value)


def upgraded(config: dict[str, Any], table: tuple[Upgrade, ...]) -> dict[str, Any]:
    """A copy of a model config with every upgrade of a table applied to every layer."""
    result = copy.deepcopy(config)
    for upgrade in table:
        for layer in list(layers(result)):
            if isinstance(layer["config"], dict) or upgrade is name_sequential:
                upgrade(layer)
    return result


def name_sequential(layer: LayerConfig) -> None:
    """Keras before 2.2.3: a Sequential's config was a bare list of layers (keras 2.2.3 notes)."""
    if layer["class_name"] == "Sequential" and isinstance(layer["config"], list):
        layer["config"] = {"name": layer.get("name", "sequential"), "layers": layer["config"]}


def drop_training_parts(layer: LayerConfig) -> None:
    """All versions: what a model was trained with changes no output, and is often custom."""
    layer.pop("compile_config", None)
    layer.pop("training_config", None)
    config = layer["config"]
    for key in config:
        if _TRAINING_ONLY.search(key):
            config[key] = None


def zero_initializers(layer: LayerConfig) -> None:
    """All versions: every value will be overwritten, and random ones cost most of a load."""
    config = layer["config"]
    for key in config:
        if _INITIALIZER.search(key):
            config[key] = "zeros"


def plain_dtype(layer: LayerConfig) -> None:
    """tf.keras 2.0 to 2.15: a dtype policy object stands for its name (``PolicyV1`` up to 2.3)."""
    dtype = layer["config"].get("dtype")
    if isinstance(dtype, dict) and dtype.get("class_name") in ("Policy", "PolicyV1", "DTypePolicy"):
        layer["config"]["dtype"] = dtype["config"]["name"]


def gru_of_its_day(layer: LayerConfig) -> None:
    """Keras before 2.1.3 had no ``reset_after``; absent means False, today's default is True."""
    if layer["class_name"] == "GRU":
        layer["config"].setdefault("reset_after", False)


def forget_state(layer: LayerConfig) -> None:
    """All versions: a server's answer must not depend on the request before it."""
    if layer["config"].get("stateful"):
        layer["config"]["stateful"] = False


def input_of_deferred(layer: LayerConfig) -> None:
    """Standalone Keras 2.2.3 to 2.3: a Sequential built late named its input after itself."""
    config = layer["config"]
    if layer["class_name"] != "Sequential" or not config.get("build_input_shape"):
        return
    if config["layers"] and "batch_input_shape" not in config["layers"][0]["config"]:
        config["layers"].insert(
            0,
            {
                "class_name": "InputLayer",
                "config": {
                    "batch_input_shape": config["build_input_shape"],
                    "dtype": "float32",
                    "name": f"{config['name']}_input",
                },
            },
        )


def bilinear_of_tf1(layer: LayerConfig) -> None:
    """Standalone Keras 2.2.3 to 2.3: bilinear upsampling without half-pixel centres.

    Source: keras 2.3.1 ``tensorflow_backend.resize_images`` calls the op of TensorFlow 1.
    """
    if layer["class_name"] == "UpSampling2D" and layer["config"].get("interpolation") == "bilinear":
        layer["class_name"] = "LegacyBilinearUpSampling2D"


def separate_normalization(layer: LayerConfig) -> None:
    """All tf.keras: TensorFlow with oneDNN fuses a LayerNormalization over two axes wrongly."""
    axis = layer["config"].get("axis")
    if layer["class_name"] == "LayerNormalization" and isinstance(axis, list) and len(axis) > 1:
        layer["class_name"] = "SeparateLayerNormalization"
        layer.pop("module", None)
        layer.pop("registered_name", None)


KERAS_2: tuple[Upgrade, ...] = (
    name_sequential,
    drop_training_parts,
    zero_initializers,
    plain_dtype,
    gru_of_its_day,
    forget_state,
    separate_normalization,
)

# What only standalone Keras did, until its last release, 2.3.1.
STANDALONE: tuple[Upgrade, ...] = (*KERAS_2, input_of_deferred, bilinear_of_tf1)

KERAS_3: tuple[Upgrade, ...] = (drop_training_parts, zero_initializers, forget_state)


def table_for(writer: Writer) -> tuple[Upgrade, ...]:
    """The upgrades for a file of this writer."""
    version = writer.version
    if version.startswith("3."):
        return KERAS_3
    standalone = re.match(r"[12]\.[0-3]\.\d+$", version)
    return STANDALONE if standalone else KERAS_2


# Upgrades that give a layer another meaning than today's library reads into the same file.
_MEANINGS: tuple[Upgrade, ...] = (
    gru_of_its_day,
    forget_state,
    bilinear_of_tf1,
    separate_normalization,
)


def misread_today(config: dict[str, Any], writer: Writer) -> tuple[str, ...]:
    """Names of the upgrades without which today's library reads the config wrongly."""
    table = table_for(writer)
    plain = upgraded(config, tuple(u for u in table if u not in _MEANINGS))
    return tuple(u.__name__ for u in _MEANINGS if u in table and upgraded(plain, (u,)) != plain)


def untrained(config: dict[str, Any]) -> dict[str, Any]:
    """A copy of a config without what only training needs: that may be somebody's own code."""
    return upgraded(config, (drop_training_parts, zero_initializers))
