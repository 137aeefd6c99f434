"""Where a migration that failed goes wrong, and what would put it right."""

from __future__ import annotations

from collections.abc import Mapping

from tfmigrate.errors import shown
from tfmigrate.proof import Diagnosis, Divergence, LayerDifference
from tfmigrate.report import Style
from tfmigrate.report.words import counted, lines

_MOST = 3  # diagnoses, and layers, that fit a screen


def divergence(found: Divergence, style: Style) -> list[str]:
    """The first layers that go wrong, then what explains it and how to apply that."""
    text = [f"  diverges   {line}" for line in lines(found.how)[:1]]
    by_name = {layer.layer: layer for layer in found.layers}
    most = len(found.first) if style.verbosity else _MOST
    for name in found.first[:most]:
        text.append(style.paint(f"    first    {_layer(name, by_name)}", "red"))
    if len(found.first) > most:
        text.append(f"             and {len(found.first) - most} more")
    for diagnosis in found.diagnoses[: len(found.diagnoses) if style.verbosity else _MOST]:
        text += _diagnosis(diagnosis, style)
    if found.tried and not found.diagnoses:
        tried = counted(found.tried, "known fault")
        text.append(f"    cause    none of {tried} that were tried explains it")
    return text + [f"    note: {line}" for note in found.notes for line in lines(note)]


def _layer(name: str, by_name: Mapping[str, LayerDifference]) -> str:
    known = by_name.get(name)
    if known is None:
        return shown(name)
    said = f"{shown(name)} ({shown(known.class_name)}): off by {known.max_abs:.2g}"
    if known.own is not None:
        said += f", by {known.own:.2g} on the reference's own inputs"
    agreeing = [n for n in known.inputs if n not in by_name or _known(by_name[n])]
    inputs = ", ".join(shown(n) for n in known.inputs)
    return f"{said}; what feeds it agrees ({inputs})" if agreeing == [*known.inputs] else said


def _known(layer: LayerDifference) -> bool:
    return layer.agrees is True


def _left(found: Diagnosis) -> str:
    """What is left of the difference; trials of the outputs say only that it is small enough."""
    return f"{found.after:.2g}" if found.after else "within the tolerance"


def _diagnosis(found: Diagnosis, style: Style) -> list[str]:
    sure = "cause" if found.certain else "maybe"
    text = [
        style.paint(f"    {sure}    {shown(found.layer)}: {shown(found.what, 300)}", "bold"),
        f"             with that the difference is {_left(found)} instead of {found.before:.2g}",
    ]
    first, *rest = lines(found.apply) if found.apply else [""]
    text += [f"    apply    {first}"] if first else []
    return text + [f"             {line}" for line in rest]
