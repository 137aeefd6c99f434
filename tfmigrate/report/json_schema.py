"""The JSON Schema (draft 2020-12) of every document that ``as_json`` writes.

Made from the frozen results, so it knows every key they know; ``schema.json`` beside this file is
what is published. Within one version keys are only added.
"""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from tfmigrate.errors import Problem
from tfmigrate.export.certificate import FORMAT
from tfmigrate.parity.stored import Stored
from tfmigrate.proof import LEVELS
from tfmigrate.recipe.json_schema import DIALECT, Schema, describe
from tfmigrate.report.as_json import KINDS, SCHEMA
from tfmigrate.report.certificate_schema import certificate
from tfmigrate.results import Migration, Source, Verification

NUMBER = "Number"
# Becomes a reference once pydantic, which knows only its own, is done.
_MARK: Schema = {"x-number": True}
_ABOUT = (
    "What tfmigrate prints with --format json. Every document says the version of this schema "
    'under "tfmigrate" and what it is under "kind". Within one version keys are only added: '
    "readers ignore what they do not know. $defs/certificate is the certificate.json of a "
    "SavedModel."
)


def text() -> str:
    """The schema as its file has it."""
    return json.dumps(schema(), indent=1) + "\n"


def schema() -> Schema:
    """The schema of all documents, and of the certificate."""
    made = _parts([*KINDS, Problem, Stored])
    made[NUMBER] = {
        "anyOf": [{"type": "number"}, {"enum": ["inf", "-inf", "nan"]}],
        "description": "A number; where JSON has none for it, a text.",
    }
    made["Parity"]["properties"]["level"]["enum"] = list(LEVELS)
    kinds = {kind: _document(kind, result, made) for result, kind in KINDS.items()}
    kinds["error"] = _error()
    return {
        "$schema": DIALECT,
        "$id": f"urn:tfmigrate:json:{SCHEMA}",
        "title": "tfmigrate documents",
        "description": _ABOUT,
        "type": "object",
        "properties": {"tfmigrate": {"const": SCHEMA}, "kind": {"enum": sorted(kinds)}},
        "required": ["tfmigrate", "kind"],
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"$ref": f"#/$defs/{kind}"},
            }
            for kind in sorted(kinds)
        ],
        "$defs": dict(sorted({**made, **kinds, "certificate": certificate(FORMAT)}.items())),
    }


def _parts(results: Iterable[type]) -> dict[str, Schema]:
    """The schema of each dataclass and of every one inside it, by its name."""
    asked: list[Any] = [(result, "serialization", TypeAdapter(result)) for result in results]
    _, made = TypeAdapter.json_schemas(
        asked,
        ref_template="#/$defs/{model}",
        schema_generator=_AsWritten,
    )
    parts: dict[str, Schema] = made["$defs"]
    for kind in _classes(results):
        describe(parts[kind.__name__], kind)
    finished: dict[str, Schema] = _finished(parts)
    return finished


class _AsWritten(GenerateJsonSchema):
    """Every field is always written, and a number that JSON has not is a text."""

    def float_schema(self, schema: core_schema.FloatSchema) -> Schema:
        return dict(_MARK)

    def field_is_required(self, field: Any, total: bool) -> bool:
        return True

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Schema:
        return self.generate_inner(schema["schema"])  # a default is of no use to a reader


def _document(kind: str, result: type, parts: dict[str, Schema]) -> Schema:
    own: Schema = dict(parts[result.__name__])
    if result is Source:  # has a `kind` of its own
        own = {"type": "object", "properties": {"source": _ref(result)}, "required": ["source"]}
        own["description"] = parts[result.__name__]["description"]
    head: Schema = {"tfmigrate": {"const": SCHEMA}, "kind": {"const": kind}}
    if result in (Migration, Verification):
        said = "Whether what was checked holds; null where nothing was compared."
        head["passed"] = {"type": ["boolean", "null"], "description": said}
    own["properties"] = {**head, **own["properties"]}
    own["required"] = [*head, *own.get("required", [])]
    return own


def _error() -> Schema:
    texts = {key: {"type": "string"} for key in ("error", "what", "where", "help", "report")}
    head: Schema = {"tfmigrate": {"const": SCHEMA}, "kind": {"const": "error"}}
    return {
        "type": "object",
        "description": "Why a command ended without a result; `report` only for a bug.",
        "properties": {
            **head,
            **texts,
            "exit_code": {"type": "integer"},
            "problems": {"type": "array", "items": _ref(Problem)},
        },
        "required": [*head, "error", "exit_code", "what", "where", "help"],
    }


def _ref(kind: type) -> Schema:
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _classes(results: Iterable[type]) -> Iterable[type]:
    """The dataclasses of the results, and those of their fields."""
    queue: list[Any] = list(results)
    seen: set[type] = set()
    while queue:
        kind = queue.pop()
        queue += typing.get_args(kind)
        if dataclasses.is_dataclass(kind) and isinstance(kind, type) and kind not in seen:
            seen.add(kind)
            queue += typing.get_type_hints(kind).values()
    return seen


def _finished(value: Any) -> Any:
    """With its references, and without the titles that only repeat the keys."""
    if isinstance(value, list):
        return [_finished(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _MARK.items() <= value.items():  # by now it may have a description
        value = {"$ref": f"#/$defs/{NUMBER}", **{k: v for k, v in value.items() if k not in _MARK}}
    kept = {k: v for k, v in value.items() if k != "title" or isinstance(v, dict)}
    return {k: _finished(v) for k, v in kept.items()}
