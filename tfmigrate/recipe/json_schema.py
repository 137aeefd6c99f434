"""The JSON Schema of recipes (draft 2020-12), for editors: as recipes are written, not as read.

Made from the models, so it knows every key they know. What their validators accept besides the long
form is said in :data:`_SHORT`.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from tfmigrate.recipe import forms, processing, weight_ops
from tfmigrate.recipe.model import RecipeFile
from tfmigrate.recipe.semantics import SEMANTICS
from tfmigrate.recipe.step_schema import step_schema
from tfmigrate.recipe.step_table import INPUT, OUTPUT

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

# `$units`, `2 * $units`, `$(...)`: computed when the recipe is read.
_COMPUTED: Schema = {
    "type": "string",
    "pattern": r"\$",
    "description": "A parameter ($name), or arithmetic with parameters.",
}
# Becomes a reference once pydantic, which knows only its own, is done.
_MARK: Schema = {"computed": True}
_TEXT: Schema = {"type": "string", "minLength": 1}
_WHOLE: Schema = {"anyOf": [{"type": "integer"}, _MARK]}
_WHOLES: Schema = {"anyOf": [_WHOLE, {"type": "array", "items": _WHOLE}]}
_NAMES: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}
_NAMES_WITH_DEFAULTS: Schema = {
    "anyOf": [
        {"type": "object"},
        {"type": "array", "items": {"anyOf": [_TEXT, {"type": "object"}]}},
        {"type": "null"},
    ]
}


def _or_text(long: Schema) -> Schema:
    return {"anyOf": [_TEXT, long]}


def _or_texts(long: Schema) -> Schema:
    """A mapping whose values may be texts."""
    return {**long, "additionalProperties": _or_text(long["additionalProperties"])}


def _ops(long: Schema) -> Schema:
    return {"anyOf": [_op(name, spec) for name, spec in weight_ops.OPS.items()]}


# Validator -> what may be written where it stands, given the schema of the long form.
_SHORT: dict[Callable[..., Any], Callable[[Schema], Schema]] = {
    forms.names: lambda long: _NAMES,
    forms.patterns: lambda long: _NAMES,
    forms.outputs: lambda long: {"anyOf": [*_NAMES["anyOf"], long, {"type": "null"}]},
    forms.signature_outputs: lambda long: {
        "anyOf": [*_NAMES["anyOf"], _or_texts(long), {"type": "null"}]
    },
    forms.arguments: lambda long: _NAMES_WITH_DEFAULTS,
    forms.block_inputs: lambda long: {"anyOf": [*_NAMES["anyOf"], long]},
    forms.graph_input: _or_text,
    forms.entry_weight: _or_text,
    forms.size: lambda long: {"anyOf": [{"type": "integer", "minimum": 1}, _TEXT]},
    forms.op: _ops,
    forms.dtype: lambda long: {"anyOf": [{"enum": list(forms.DTYPES)}, _MARK]},
    forms.semantics: lambda long: {"anyOf": [{"enum": sorted(SEMANTICS)}, _MARK]},
}
# The definition of a step, by the validator that stands for it; references like the mark above.
_STEPS = {
    processing.input_step: ("InputStep", INPUT),
    processing.output_step: ("OutputStep", OUTPUT),
}
# Kinds of arguments of an op.
_KINDS: dict[str, Schema] = {
    weight_ops.WHOLE: _WHOLE,
    weight_ops.WHOLES: _WHOLES,
    weight_ops.COUNT: {"anyOf": [{"type": "integer", "minimum": 1}, _MARK]},
    weight_ops.NUMBER: {"anyOf": [{"type": "number"}, _MARK]},
    weight_ops.DTYPE: _TEXT,
    weight_ops.GATES: _TEXT,
    weight_ops.GATE: _TEXT,
}


def schema() -> Schema:
    """The schema of a recipe file."""
    made = RecipeFile.model_json_schema(by_alias=True, schema_generator=_AsWritten)
    steps = {name: step_schema(_MARK, side) for name, side in _STEPS.values()}
    made["$defs"] = {**made.get("$defs", {}), "Computed": _COMPUTED, **steps}
    for name, model in _models(RecipeFile).items():
        part = made if model is RecipeFile else made["$defs"][name]
        describe(part, model)
    # Entries inside blocks and groups are read later; to a person they are entries like others.
    for name in ("Layer", "Block"):
        inner = made["$defs"][name]["properties"]["layers"]
        made["$defs"][name]["properties"]["layers"] = {
            "type": "array",
            "items": {"$ref": "#/$defs/Layer"},
            **{k: inner[k] for k in ("description", "minItems") if k in inner},
        }
    return {"$schema": DIALECT, "title": "tfmigrate recipe", **_finished(made)}


class _AsWritten(GenerateJsonSchema):
    """Numbers and truth values may be computed; validators accept short forms."""

    def int_schema(self, schema: core_schema.IntSchema) -> Schema:
        return _computed(super().int_schema(schema))

    def float_schema(self, schema: core_schema.FloatSchema) -> Schema:
        return _computed(super().float_schema(schema))

    def bool_schema(self, schema: core_schema.BoolSchema) -> Schema:
        return _computed(super().bool_schema(schema))

    def tuple_schema(self, schema: core_schema.TupleSchema) -> Schema:
        return _computed(super().tuple_schema(schema))

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> Schema:
        return self._short(schema, super().function_before_schema(schema))

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> Schema:
        return self._short(schema, super().function_after_schema(schema))

    def _short(self, schema: Any, long: Schema) -> Schema:
        function = schema["function"]["function"]
        if function in _STEPS:
            return {"step": _STEPS[function][0]}
        written = _SHORT.get(function)
        return written(long) if written else long


def _computed(plain: Schema) -> Schema:
    return {"anyOf": [plain, _MARK]}


def _op(name: str, spec: weight_ops.Spec) -> Schema:
    kinds = {**spec.needed, **spec.optional}
    long: Schema = {
        "type": "object",
        "properties": {key: _KINDS[kind] for key, kind in kinds.items()},
        "required": list(spec.needed),
        "additionalProperties": False,
    }
    short = [_KINDS[kind] for kind in spec.needed.values()]
    if len(short) == 1 and not spec.one_of:
        long = {"anyOf": [*short, long]}
    return {
        "type": "object",
        "properties": {name: long},
        "required": [name],
        "additionalProperties": False,
    }


def _models(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """A model and every one inside it, by name."""
    found = {model.__name__: model}
    queue: list[Any] = [f.annotation for f in model.model_fields.values()]
    while queue:
        kind = queue.pop()
        inside = typing.get_args(kind)
        queue += inside
        # tuple[X, ...] counts as a type in Python 3.10, and is no class.
        part = not inside and isinstance(kind, type) and issubclass(kind, BaseModel)
        if part and kind.__name__ not in found:
            found[kind.__name__] = kind
            queue += [f.annotation for f in kind.model_fields.values()]
    return found


def describe(part: Schema, model: type) -> None:
    """Put the docstring of a class into its schema: the text above, each attribute at its key."""
    text, _, attributes = (model.__doc__ or "").partition("Attributes:")
    part["description"] = _plain(text)
    entry = re.compile(r"^\s*(\w+): (.+?)(?=^\s*\w+: |\Z)", re.MULTILINE | re.DOTALL)
    for key, said in entry.findall(attributes):
        if key in part.get("properties", {}):
            part["properties"][key]["description"] = _plain(said)


def _plain(text: str) -> str:
    return re.sub(r":\w+:`[^`]*?\.?(\w+)`", r"\1", " ".join(text.split()).replace("``", "`"))


def _finished(value: Any) -> Any:
    """A schema with its references, without the titles that only repeat the keys."""
    if isinstance(value, list):
        return [_finished(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value == _MARK:
        return {"$ref": "#/$defs/Computed"}
    if value.keys() == {"step"}:
        return {"$ref": f"#/$defs/{value['step']}"}
    kept = {k: v for k, v in value.items() if k != "title" or isinstance(v, dict)}
    return {k: _finished(v) for k, v in kept.items()}
