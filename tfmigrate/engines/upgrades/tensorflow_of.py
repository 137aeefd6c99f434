"""Which TensorFlow wrote a file of tf.keras: its version of Keras does not say it exactly."""

from __future__ import annotations

import re
from typing import Any

from tfmigrate.engines.upgrades.walk import LayerConfig, layers
from tfmigrate.results import Writer

Range = tuple[tuple[int, int], tuple[int, int]]

ANY: Range = ((1, 4), (2, 15))
# What a person writes into a model.json who knows more than the file says.
HELP = (
    "if you know it, give the config as a model.json with --recipe, its keras_version the file's"
    ' own and then that of TensorFlow: "2.2.4-tf1.15", "2.2.4-tf2.0", "2.4.0-tf2.3"'
)


def tensorflow_of(writer: Writer, config: dict[str, Any] | None = None) -> Range:
    """The oldest and the newest TensorFlow that may have written the file.

    Source: ``tf.keras.__version__``: 2.2.4-tf in TensorFlow 1.13 to 2.1, 2.3.0-tf in 2.2, 2.4.0 in
    2.3 and 2.4, and TensorFlow's own since.

    Args:
        writer: Who wrote it.
        config: The config, which may show more.
    """
    said = re.fullmatch(r"(\d+)\.(\d+).*-tf(?:(\d)\.(\d{1,2}))?", writer.version)
    if said and said[3]:
        exact = (int(said[3]), int(said[4]))
        return exact, exact
    found = re.match(r"(\d{1,4})\.(\d{1,4})", writer.version)
    if found is None:
        return ANY
    version = (int(found[1]), int(found[2]))
    if version < (2, 2):
        return (1, 4), (1, 12)
    if version == (2, 2):
        return _shown(config) if config is not None else ((1, 13), (2, 1))
    if version < (2, 5):
        return {3: ((2, 2), (2, 2))}.get(version[1], ((2, 3), (2, 4)))
    return version, version


def _shown(config: dict[str, Any]) -> Range:
    """What the config says about the TensorFlow, 1.13 to 2.1, that wrote it."""
    oldest, newest = (1, 13), (2, 1)
    for layer in layers(config):
        name = layer["class_name"]
        if name in ("BatchNormalizationV1", "BatchNormalizationV2", "UnifiedLSTM", "UnifiedGRU"):
            newest = (1, 13)  # called so in this version alone
        elif name == "BatchNormalization" or (name in ("LSTM", "GRU") and of_tensorflow_2(layer)):
            oldest = max(oldest, (1, 14))  # 1.13 had other classes with the behaviour of 2.x
        elif name == "InputLayer" and "ragged" in layer["config"]:
            oldest = max(oldest, (1, 15))  # ragged inputs are new there; 2.0 did not store them
    return (oldest, newest) if oldest <= newest else ((1, 13), (2, 1))


def of_tensorflow_2(layer: LayerConfig) -> bool:
    """Whether initialisers are those of TensorFlow 2, which have no type of their own."""
    found = layer["config"].get("kernel_initializer")
    return isinstance(found, dict) and "dtype" not in found.get("config", {"dtype": ""})
