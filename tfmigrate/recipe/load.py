"""A recipe from a file, the library, or a Keras model.json or model.yaml; all mistakes at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tfmigrate.errors import RecipeProblem, shown
from tfmigrate.recipe import keras_text, library
from tfmigrate.recipe.checks import check
from tfmigrate.recipe.model import Recipe
from tfmigrate.recipe.parameters import declared, substituted, with_settings
from tfmigrate.recipe.reporter import Reporter
from tfmigrate.recipe.schema import validated
from tfmigrate.recipe.spots import Spots
from tfmigrate.recipe.yaml_nodes import parse

MAX_RECIPE = 1 << 20
MAX_KERAS_YAML = 16 << 20
MAX_KERAS_JSON = 64 << 20


def load_recipe(ref: str, set: Mapping[str, str] | None = None) -> Recipe:
    """The recipe that ``ref`` names, its parameters set and filled in.

    Args:
        ref: A path to a recipe, the name of one in the library (``keras/mymodel``), or a path to
            a Keras ``model.json`` or ``model.yaml``.
        set: Parameters by name, as texts; each is read by the type of its default.

    Raises:
        RecipeProblem: The file cannot be read, or has mistakes; the error lists them all.
    """
    path = Path(ref) if Path(ref).exists() else library.find(ref)
    content = _content(path, ref)
    text = _decoded(content, ref)
    origin = {"path": ref, "source_text": text, "sha256": hashlib.sha256(content).hexdigest()}
    if keras_text.is_json_model(text):
        return _keras(keras_text.read_json(text, ref), origin, set)
    if keras_text.is_yaml_model(text):
        _limit(content, MAX_KERAS_YAML, ref)
        return _keras(keras_text.read_yaml(text, ref), origin, set)
    _limit(content, MAX_RECIPE, ref)
    return _recipe(text, origin, set or {})


def _content(path: Path, ref: str) -> bytes:
    try:
        if path.stat().st_size > MAX_KERAS_JSON:
            raise RecipeProblem(f"larger than {MAX_KERAS_JSON >> 20} MiB", where=shown(ref))
        return path.read_bytes()
    except OSError as error:
        what = f"the recipe cannot be read: {error.strerror}"
        raise RecipeProblem(what, where=shown(ref)) from error


def _decoded(content: bytes, ref: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"the recipe is not UTF-8 text (byte {error.start})"
        raise RecipeProblem(what, where=shown(ref)) from error


def _limit(content: bytes, limit: int, ref: str) -> None:
    if len(content) > limit:
        raise RecipeProblem(f"the recipe is larger than {limit >> 20} MiB", where=shown(ref))


def _keras(
    data: dict[str, Any], origin: dict[str, str], settings: Mapping[str, str] | None
) -> Recipe:
    report = Reporter(origin["path"])
    with_settings({}, settings or {}, report)
    report.finish()
    return keras_text.as_recipe(data, origin)


def _recipe(text: str, origin: dict[str, str], settings: Mapping[str, str]) -> Recipe:
    document = parse(text, file=origin["path"])
    report = Reporter(origin["path"], document.lines, document.broken)
    report.problems += document.problems
    if document.whole and not isinstance(document.data, dict):
        what = "the recipe is empty" if document.data is None else "a recipe must be a mapping"
        report.add((), what, expected="tfmigrate: 1, name, architecture, weights ...")
    if not document.whole or not isinstance(document.data, dict):
        report.finish()
    values = with_settings(declared(document.data, report), settings, report)
    data = substituted(document.data, values, report)
    read = (tuple(text.splitlines()), document.texts, document.data, values, document.lines)
    spots = Spots(origin["path"], *read)
    check(data, spots, report)
    file = validated(data, report)
    report.finish()
    if file is None:  # a mistake inside a place that could not be read: already reported
        raise RecipeProblem("the recipe has mistakes", where=origin["path"])
    name = file.name or Path(origin["path"]).stem
    recipe = Recipe.model_validate({**data, **origin, "name": name, "parameters": values})
    rules = range(len(recipe.weights.rules))
    return recipe.at_spots(spots).at_lines(
        [report.line(("weights", "rules", i)) or 0 for i in rules]
    )
