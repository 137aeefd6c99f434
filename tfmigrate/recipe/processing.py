"""Steps of processing in a recipe: before the model for inputs, behind it for outputs."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError
from pydantic_core import InitErrorDetails

from tfmigrate.recipe import forms, steps
from tfmigrate.recipe.parameters import unresolved
from tfmigrate.recipe.step_table import INPUT, OUTPUT

LongForm = dict[str, dict[str, Any]]


def input_step(value: Any) -> LongForm:
    """A step before the model in its long form, ``{name: {argument: value}}``."""
    return _long(value, INPUT)


def output_step(value: Any) -> LongForm:
    """A step behind the model in its long form."""
    return _long(value, OUTPUT)


def _long(value: Any, side: str) -> LongForm:
    if unresolved(value):
        return {}  # already reported
    try:
        name, given = steps.read(value, side)
    except steps.StepMistakes as error:
        told = [m for m in error.mistakes if not _reported(value, m.path)]
        if not told:
            return {}
        raise ValidationError.from_exception_data("step", [_detail(m, value) for m in told]) from (
            error
        )
    return {name: given}


def _reported(value: Any, path: tuple[str, ...]) -> bool:
    """Whether a mistake is about a parameter that has no value."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else value
    return any(unresolved(v) for v in (value if isinstance(value, list) else [value]))


def _detail(mistake: steps.Mistake, value: Any) -> InitErrorDetails:
    found, expected = mistake.found, mistake.expected
    said = forms.mistake(mistake.what, found=found, expected=expected, near=mistake.nearest)
    return InitErrorDetails(type=said, loc=mistake.path, input=value)


InputStep = Annotated[LongForm, BeforeValidator(input_step)]
OutputStep = Annotated[LongForm, BeforeValidator(output_step)]
InputSteps = tuple[InputStep, ...]
OutputSteps = tuple[OutputStep, ...]
