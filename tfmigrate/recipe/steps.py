"""Processing steps as recipes write them, read into their long form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import nearest, shown
from tfmigrate.recipe.step_table import REQUIRED, STEPS, Argument, Form


@dataclass(frozen=True)
class Mistake:
    """Something wrong in a step; ``path`` leads from the step to it."""

    path: tuple[str, ...]
    what: str
    found: str = ""
    expected: str = ""
    nearest: tuple[str, ...] = ()


class StepMistakes(ValueError):
    """Everything that is wrong with a step."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("; ".join(m.what for m in mistakes))
        self.mistakes = mistakes


def read(value: Any, side: str) -> tuple[str, dict[str, Any]]:
    """A step as its name and the arguments that are given, from the short form or the long one.

    ``softmax`` is short for ``{softmax: {}}`` and ``{cast: float32}`` for ``{cast: {dtype:
    float32}}``.

    Args:
        value: The step, as plain data.
        side: Where it stands: ``input`` or ``output``.

    Raises:
        StepMistakes: An unknown step, or one of the other side; wrong arguments.
    """
    name, given = _named(value)
    form = _form(name, side)
    if given is None and form.bare:
        given = {}
    if not isinstance(given, dict) and form.arguments:
        given = {next(iter(form.arguments)): given}
    if not isinstance(given, dict):
        raise StepMistakes([Mistake((name,), f"{name} takes no arguments", shown(given))])
    mistakes = [*_unknown(name, form, given), *_missing(name, form, given)]
    found: dict[str, Any] = {}
    for key, argument in form.arguments.items():
        value = given.get(key)
        # What is missing has been told; null stands for nothing where that is the default.
        silent = argument.default is REQUIRED or argument.default is None
        if key in given and not (value is None and silent):
            found[key] = _value(name, key, argument, value, mistakes)
    wrong = None if mistakes else form.check(found)
    if wrong:
        mistakes.append(Mistake((name,), f"{name}: {wrong}"))
    if mistakes:
        raise StepMistakes(mistakes)
    return name, found


def filled(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a step with every default in its place; None where there is none."""
    return {k: given.get(k, a.default) for k, a in STEPS[name].arguments.items()}


def _named(value: Any) -> tuple[str, Any]:
    if isinstance(value, str):
        return value, None
    if isinstance(value, dict) and len(value) == 1:
        ((name, given),) = value.items()
        return str(name), given
    what = "a step is a name, or one name and its arguments"
    raise StepMistakes([Mistake((), what, shown(value), "softmax, or {cast: float32}")])


def _form(name: str, side: str) -> Form:
    known = [n for n, form in STEPS.items() if side in form.sides]
    if name in known:
        return STEPS[name]
    what = f"there is no step {shown(name, 60)}"
    if name in STEPS:
        what += f" for {side}s"
    expected = f"one of {', '.join(known)}"
    raise StepMistakes([Mistake((name,), what, "", expected, nearest(name, known))])


def _unknown(name: str, form: Form, given: dict[str, Any]) -> list[Mistake]:
    known = list(form.arguments)
    expected = f"one of {', '.join(known)}" if known else "its name alone"
    return [
        Mistake((name, str(key)), f"{name} has no argument {shown(key, 60)}", "", expected,
                nearest(str(key), known))
        for key in given
        if key not in form.arguments
    ]  # fmt: skip


def _missing(name: str, form: Form, given: dict[str, Any]) -> list[Mistake]:
    found = [
        Mistake((name,), f"{name} needs {key}", "", argument.kind.said)
        for key, argument in form.arguments.items()
        if argument.default is REQUIRED and given.get(key) is None
    ]
    chosen = [key for key in form.one_of if given.get(key) is not None]
    if form.one_of and len(chosen) != 1:
        either = " and ".join(form.one_of)
        what = f"{name} needs exactly one of {either}"
        found.append(Mistake((name,), what, " and ".join(chosen) or "neither"))
    return found


def _value(name: str, key: str, argument: Argument, value: Any, mistakes: list[Mistake]) -> Any:
    kind = argument.kind
    read = kind.read(value)
    if read is None:
        near = nearest(str(value), kind.choices)
        what = f"{key} of {name} must be {kind.said}"
        mistakes.append(Mistake((name, key), what, shown(value), kind.said, near))
    return read
