"""``model.json`` and ``model.yaml``: what ``to_json()`` and ``to_yaml()`` wrote, as a recipe."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tfmigrate.errors import RecipeProblem
from tfmigrate.recipe import keras_0, numpy_scalars
from tfmigrate.recipe.model import Recipe
from tfmigrate.recipe.reporter import Reporter
from tfmigrate.recipe.yaml_nodes import KERAS, parse

_YAML_MODEL = (re.compile(r"^class_name:", re.MULTILINE), re.compile(r"^config:", re.MULTILINE))


def is_json_model(text: str) -> bool:
    """Whether a text is JSON with a model's keys at its top."""
    plain = text.replace("\\", "")
    known = '"class_name"' in plain or keras_0.looks_like_json(plain)
    return text.lstrip()[:1] in ("{", '"') and known


def is_yaml_model(text: str) -> bool:
    """Whether a text is YAML with a model's keys at its top."""
    return all(key.search(text) for key in _YAML_MODEL) or keras_0.looks_like_yaml(text)


def read_json(text: str, file: str) -> dict[str, Any]:
    """The model in a JSON text; a JSON string that holds the JSON is unpacked once.

    Raises:
        RecipeProblem: It is no JSON, nests too deep, or is no model.
    """
    try:
        data = json.loads(text)
        data = json.loads(data) if isinstance(data, str) else data
    except json.JSONDecodeError as error:
        report = Reporter(file, {(): error.lineno})
        report.add((), f"this is not JSON: {error.msg}")
        report.finish()
        raise
    except RecursionError as error:
        raise RecipeProblem("this JSON nests too deep", where=file) from error
    return _model(data, file)


def read_yaml(text: str, file: str) -> dict[str, Any]:
    """The model in a YAML text; Python's tuples become lists, any other Python tag is refused.

    Raises:
        RecipeProblem: It is no YAML, asks for more than plain data, or is no model.
    """
    document = parse(text, KERAS, file)
    report = Reporter(file, document.lines)
    report.problems += document.problems
    report.finish()
    return _model(numpy_scalars.plain(document.data), file)


def _model(data: Any, file: str) -> dict[str, Any]:
    data = keras_0.as_keras_1(data) if keras_0.is_model(data) else data
    if not isinstance(data, dict) or not {"class_name", "config"} <= data.keys():
        raise RecipeProblem(
            "this is no Keras model: it lacks class_name or config at its top", where=file
        )
    return data


def as_recipe(data: dict[str, Any], origin: Mapping[str, str]) -> Recipe:
    """A Keras model as a recipe that holds nothing else."""
    config = data["config"]
    name = config.get("name") if isinstance(config, dict) else None
    given = name if isinstance(name, str) and name else Path(origin["path"]).stem
    return Recipe.model_validate({**origin, "tfmigrate": 1, "name": given, **model_of(data)})


def model_of(data: dict[str, Any]) -> dict[str, Any]:
    """A Keras model as fields of a recipe."""
    return {
        "keras_config": data,
        "keras_version": str(data.get("keras_version") or ""),
        "backend": str(data.get("backend") or ""),
    }
