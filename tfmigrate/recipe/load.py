"""A recipe from a file, the library, or a Keras model.json or model.yaml; all mistakes at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tfmigrate.errors import RecipeProblem, shown
from tfmigrate.recipe import keras_text, library
from tfmigrate.recipe.checks import check
from tfmigrate.recipe.expand import expanded
from tfmigrate.recipe.extends import inherited
from tfmigrate.recipe.model import Recipe
from tfmigrate.recipe.parameters import Filler, declared, with_settings
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
    model = _model(text, content, ref)
    if model is not None:
        return _keras(model, origin, set)
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


def _model(text: str, content: bytes, ref: str) -> dict[str, Any] | None:
    """The model in a ``model.json`` or ``model.yaml``; None where a text is neither."""
    if keras_text.is_json_model(text):
        return keras_text.read_json(text, ref)
    if keras_text.is_yaml_model(text):
        _limit(content, MAX_KERAS_YAML, ref)
        return keras_text.read_yaml(text, ref)
    return None


def _keras(
    data: dict[str, Any], origin: dict[str, str], settings: Mapping[str, str] | None
) -> Recipe:
    report = Reporter(origin["path"])
    with_settings({}, settings or {}, report)
    report.finish()
    return keras_text.as_recipe(data, origin)


def _stored_model(name: str, recipe: str) -> dict[str, Any]:
    """The model of a ``model.json`` or ``model.yaml`` beside a recipe, in place of its entries."""
    ref = str(Path(recipe).parent / name)
    content = _content(Path(ref), ref)
    text = _decoded(content, ref)
    data = _model(text, content, ref)
    if data is None:
        raise RecipeProblem("this is no model.json or model.yaml of Keras", where=shown(ref))
    return {**keras_text.model_of(data), "architecture": None}


def _recipe(text: str, origin: dict[str, str], settings: Mapping[str, str]) -> Recipe:
    document = parse(text, file=origin["path"])
    report = Reporter(origin["path"], document.lines, document.broken)
    report.problems += document.problems
    if document.whole and not isinstance(document.data, dict):
        what = "the recipe is empty" if document.data is None else "a recipe must be a mapping"
        report.add((), what, expected="tfmigrate: 1, name, architecture, weights ...")
    if not document.whole or not isinstance(document.data, dict):
        report.finish()
    whole = inherited(document.data, origin["path"], report)
    values = with_settings(declared(whole.data, report), settings, report)
    filler = Filler(values, report)
    data = expanded(filler.substituted(whole.data), filler, report)
    if "architecture" in data or "blocks" not in data:  # else it is there to be extended
        filler.report_unused()
    read = (tuple(text.splitlines()), document.texts, whole.data, values, document.lines)
    spots = Spots(origin["path"], *read, origins=report.origins, elsewhere=whole.spots)
    check(data, spots, report)
    file = validated(data, report)
    report.finish()
    if file is None:  # a mistake inside a place that could not be read: already reported
        raise RecipeProblem("the recipe has mistakes", where=origin["path"])
    name = file.name or Path(origin["path"]).stem
    kept = {k: v for k, v in data.items() if k not in ("blocks", "extends")}
    said = {**origin, "name": name, "parameters": values, "extended": whole.texts}
    if file.architecture is not None and file.architecture.keras is not None:
        said |= _stored_model(file.architecture.keras, origin["path"])
    recipe = Recipe.model_validate({**kept, **said})
    places = [("weights", "rules", i) for i in range(len(recipe.weights.rules))]
    found = [report.spot(place) for place in places]
    return recipe.at_spots(spots).at_spots_of(found, whole.levels)
