"""Which Keras a config is from, where the file around it does not say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tfmigrate.results import Writer
from tfmigrate.sources import config


def dated(writer: Writer, architecture: dict[str, Any]) -> Writer:
    """The writer, with the version 3.0 where the config can only be of Keras 3.

    Source: ``to_json()`` of Keras 3 leaves its version out, which that of Keras 1 and 2 states; an
    InputLayer has ``batch_shape`` since Keras 3, and had ``batch_input_shape`` before.
    """
    if writer.version or architecture.get("keras_version"):
        return writer
    inputs = [x for x in config.layers(architecture) if x.class_name == "InputLayer"]
    shown = [x for x in inputs if "batch_shape" in x.config]
    return replace(writer, version="3.0") if shown and shown == inputs else writer
