"""From plain data to the model: what pydantic objects to, in our words."""

from __future__ import annotations

import types
import typing
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tfmigrate.errors import nearest, shown
from tfmigrate.recipe.model import RecipeFile
from tfmigrate.recipe.parameters import unresolved
from tfmigrate.recipe.parts import Part
from tfmigrate.recipe.reporter import Path, Reporter

# What pydantic calls an objection, and what was expected instead.
_EXPECTED = {
    "string_type": "a text", "string_too_short": "a text", "int_type": "a whole number",
    "float_type": "a number", "finite_number": "a finite number", "dict_type": "a mapping",
    "model_type": "a mapping", "tuple_type": "a list", "bool_type": "true or false",
    "model_attributes_type": "a mapping",
}  # fmt: skip


def validated(data: dict[str, Any], report: Reporter) -> RecipeFile | None:
    """The recipe, or None and every objection in ``report``."""
    try:
        return RecipeFile.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _objection(detail, report)
    return None


def _objection(detail: ErrorDetails, report: Reporter) -> None:
    path: Path = detail["loc"]
    kind, given, facts = detail["type"], detail["input"], detail.get("ctx", {})
    if unresolved(given) or (kind == "too_short" and given):
        return  # reported already; pydantic counts only the items that are right
    if kind == "extra_forbidden":
        _unknown_key(path, report)
    elif kind == "missing":
        report.add(path, f"the key {path[-1]} is missing")
    elif kind == "recipe":
        report.add(
            path,
            facts["what"],
            found=facts["found"],
            expected=facts["expected"],
            nearest=facts["nearest"],
        )
    elif kind == "literal_error":
        what = f"{_label(path)} has a value that this version does not read"
        report.add(path, what, found=_described(given), expected=facts["expected"])
    else:
        expected = _EXPECTED.get(kind) or _limit(kind, facts) or detail["msg"]
        help = f'put it in quotes: "{given}"' if _unquoted(kind, given) else ""
        what = f"{_label(path)} must be {expected}"
        report.add(path, what, found=_described(given), expected=expected, help=help)


def _label(path: Path) -> str:
    last = path[-1] if path else "the recipe"
    return f"item {last + 1}" if isinstance(last, int) else shown(last, 60)


def _unquoted(kind: str, given: Any) -> bool:
    return kind == "string_type" and isinstance(given, int | float)


def _limit(kind: str, facts: dict[str, Any]) -> str:
    """The expectation behind a limit (``ge``, ``min_length``)."""
    if kind == "greater_than_equal":
        return f"at least {facts['ge']}"
    return "not empty" if kind == "too_short" else ""


def _described(value: Any) -> str:
    if value is None:
        return "nothing"
    names = {dict: "a mapping", list: "a list", str: "the text", bool: "the truth value"}
    name = names.get(type(value), "the number")
    return name if isinstance(value, dict | list) else f"{name} {shown(value, 60)}"


def _unknown_key(path: Path, report: Reporter) -> None:
    key = str(path[-1])
    part = _part_at(RecipeFile, path[:-1])
    if key in part.to_come:
        report.add(path, f"{key} is not supported yet in this version")
        return
    known = [field.alias or name for name, field in part.model_fields.items()]
    report.add(
        path,
        f"unknown key {shown(key, 60)}",
        expected=f"one of {', '.join(known)}",
        nearest=nearest(key, known),
    )


def _part_at(part: type[Part], path: Path) -> type[Part]:
    """The model that describes a place of the recipe."""
    kind: Any = part
    for step in path:
        kind = _inside(kind, step)
    return typing.cast("type[Part]", kind)


def _inside(kind: Any, step: str | int) -> Any:
    """The type of an item or a key of ``kind``, unions and annotations unpacked."""
    # In Python 3.10 tuple[X, ...] counts as a type as well.
    if typing.get_origin(kind) is None and issubclass(kind, BaseModel):
        fields = {f.alias or n: f for n, f in kind.model_fields.items()}
        found: Any = fields[str(step)].annotation
    else:
        arguments = typing.get_args(kind)
        found = arguments[1] if typing.get_origin(kind) is dict else arguments[0]
    while typing.get_origin(found) in (typing.Union, types.UnionType, typing.Annotated):
        found = typing.get_args(found)[0]
    return found
