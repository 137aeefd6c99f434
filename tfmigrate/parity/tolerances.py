"""``--rtol`` and ``--atol``, for all outputs or per output, and what they come to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from tfmigrate.errors import Problem, UsageProblem, nearest, shown
from tfmigrate.parity.compare import default_tolerance
from tfmigrate.tensors import TensorSpec, Tolerance

Parsed = tuple[float | None, dict[str, float]]


def parse_tolerances(values: Sequence[str], option: str = "tolerance") -> Parsed:
    """``["1e-5", "probs:1e-4"]``, or ``["1e-5 probs:1e-4"]``: for all outputs, and by name.

    Raises:
        UsageProblem: Something is no number of 0 or more, or is said twice; all of it is listed.
    """
    everywhere: float | None = None
    by_name: dict[str, float] = {}
    problems: list[Problem] = []
    for item in (i for value in values for i in _items(value)):
        name, colon, number = item.rpartition(":")
        tolerance = _number(number)
        if tolerance is None or (colon and not name):
            problems.append(
                Problem("not a tolerance", shown(item), expected="1e-5, or OUTPUT:1e-5")
            )
        elif name in by_name or (not colon and everywhere is not None):
            problems.append(Problem("given twice", shown(name or "for all outputs")))
        elif colon:
            by_name[name] = tolerance
        else:
            everywhere = tolerance
    if problems:
        raise UsageProblem(f"--{option} makes no sense", problems)
    return everywhere, by_name


def tolerances(
    outputs: Sequence[TensorSpec],
    rtol: Sequence[str] = (),
    atol: Sequence[str] = (),
    recipe: Mapping[str, Tolerance] | None = None,
) -> dict[str, Tolerance]:
    """The tolerance of every output that is not compared exactly.

    The option for the output wins, then the option for all, then the recipe, then the default
    of the output's type.

    Raises:
        UsageProblem: An option makes no sense, or names no output, or one that is compared
            exactly.
    """
    relative, absolute = parse_tolerances(rtol, "rtol"), parse_tolerances(atol, "atol")
    said = recipe or {}
    _refuse_names(outputs, [*relative[1], *absolute[1], *said])
    found: dict[str, Tolerance] = {}
    for spec in outputs:
        default = default_tolerance(spec.dtype)
        if default is not None:
            base = said.get(spec.name, default)
            found[spec.name] = Tolerance(
                _chosen(relative, spec.name, base.rtol), _chosen(absolute, spec.name, base.atol)
            )
    return found


def _chosen(parsed: Parsed, name: str, otherwise: float) -> float:
    everywhere, by_name = parsed
    return by_name.get(name, otherwise if everywhere is None else everywhere)


def _refuse_names(outputs: Sequence[TensorSpec], names: Iterable[str]) -> None:
    types = {s.name: s.dtype for s in outputs}
    problems = []
    for name in dict.fromkeys(names):
        if name not in types:
            near = nearest(name, types)
            problems.append(Problem("there is no output of that name", shown(name), nearest=near))
        elif default_tolerance(types[name]) is None:
            problems.append(Problem(f"{types[name]} outputs are compared exactly", shown(name)))
    if problems:
        raise UsageProblem(
            "a tolerance does not fit the outputs",
            problems,
            help=f"the outputs are {', '.join(shown(n) for n in types)}",
        )


def _items(value: str) -> list[str]:
    """The tolerances in one option; an output's name may hold spaces, then it stands alone."""
    pieces = value.split()
    if len(pieces) > 1 and all(_number(p.rpartition(":")[2]) is not None for p in pieces):
        return pieces
    return [value.strip()]


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
