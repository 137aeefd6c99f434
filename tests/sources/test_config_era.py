from __future__ import annotations

from typing import Any

import pytest

from tfmigrate.results import Writer
from tfmigrate.sources.config_era import dated


def model(*inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    layers = [{"class_name": "InputLayer", "config": {"name": "x", **i}} for i in inputs]
    return {"class_name": "Functional", "config": {"layers": layers}, **more}


@pytest.mark.parametrize(
    ("writer", "config", "version"),
    [
        (Writer("Keras"), model({"batch_shape": [None, 3]}), "3.0"),
        (Writer("Keras"), model({"batch_input_shape": [None, 3]}), ""),
        (Writer("Keras"), model({"batch_shape": [None]}, {"batch_input_shape": [None]}), ""),
        (Writer("Keras"), model(), ""),
        (Writer("Keras"), model({"batch_shape": [None]}, keras_version="2.15.0"), ""),
        (Writer("Keras", "3.8.0"), model({"batch_shape": [None, 3]}), "3.8.0"),
    ],
)
def test_only_keras_3_writes_batch_shape(
    writer: Writer, config: dict[str, Any], version: str
) -> None:
    assert dated(writer, config).version == version
