"""The JSON Schema of processing steps, as recipes write them."""

from __future__ import annotations

from typing import Any

from tfmigrate.recipe.step_table import REQUIRED, STEPS, Argument, Form

Schema = dict[str, Any]


def step_schema(computed: Schema, side: str) -> Schema:
    """What may be written as one step.

    Args:
        computed: The schema of what stands for a number, such as a parameter.
        side: ``input`` or ``output``.
    """
    chosen = {n: form for n, form in STEPS.items() if side in form.sides}
    bare = [n for n, form in chosen.items() if form.bare]
    return {"anyOf": [{"enum": bare}, *(_step(n, f, computed) for n, f in chosen.items())]}


def _step(name: str, form: Form, computed: Schema) -> Schema:
    return {
        "type": "object",
        "description": form.what,
        "properties": {name: _arguments(form, computed)},
        "required": [name],
        "additionalProperties": False,
    }


def _arguments(form: Form, computed: Schema) -> Schema:
    needed = [key for key, a in form.arguments.items() if a.default is REQUIRED]
    long: Schema = {
        "type": "object",
        "properties": {key: _argument(a, computed) for key, a in form.arguments.items()},
        "additionalProperties": False,
    }
    long |= {"required": needed} if needed else {}
    if form.one_of:
        long["oneOf"] = [{"required": [key]} for key in form.one_of]
    short = [_argument(a, computed) for a in list(form.arguments.values())[:1]]
    empty = [{"type": "null"}] if form.bare else []
    # The short form gives one argument, so it stands only where no other is needed.
    return {"anyOf": [long, *(short if len(needed) <= 1 else []), *empty]}


def _argument(argument: Argument, computed: Schema) -> Schema:
    default = argument.default
    found = _or_computed(argument.kind.schema, computed)
    return found if default is REQUIRED or default is None else {**found, "default": default}


def _or_computed(schema: Schema, computed: Schema) -> Schema:
    """The schema with parameters in place of its values, also inside of lists."""
    if "anyOf" in schema:
        return {"anyOf": [_or_computed(s, computed) for s in schema["anyOf"]]}
    if "items" in schema:
        schema = {**schema, "items": _or_computed(schema["items"], computed)}
    return {"anyOf": [schema, computed]}
