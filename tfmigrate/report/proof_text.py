"""How much the comparison itself is worth: noise, coverage, power; what recorded; what diverges."""

from __future__ import annotations

from collections.abc import Mapping

from tfmigrate.errors import shown
from tfmigrate.proof import Coverage, Noise, Parity, Power
from tfmigrate.report import Style
from tfmigrate.report.divergence_text import divergence
from tfmigrate.report.words import counted, lines, some


def render(parity: Parity, style: Style) -> list[str]:
    """The lines about everything that was found out; none where nothing was."""
    text = recorded(parity.recorded, style)
    text += noise(parity.noise, style) if parity.noise else []
    text += coverage(parity.coverage, style) if parity.coverage else []
    text += power(parity.power, style) if parity.power is not None else []
    return text + (divergence(parity.divergence, style) if parity.divergence is not None else [])


def recorded(said: Mapping[str, str], style: Style) -> list[str]:
    """What recorded the golden file, in one line; hashes and circumstances only in verbose."""
    shorter = {k: v for k, v in said.items() if len(v) <= 24 and not k.startswith("source sha256")}
    kept = said if style.verbosity else shorter
    parts = [f"{shown(k)} {shown(v)}" for k, v in kept.items()]
    return [f"  recorded   by {', '.join(parts)}"] if parts else []


def noise(found: Noise, style: Style) -> list[str]:
    """How far the model is from itself: the largest figure of each kind, or all in verbose."""
    kinds = dict.fromkeys(kind for figures in found.floor.values() for kind in figures)
    many = len(found.floor) > 1
    parts = []
    for kind in kinds:
        name, most = max(
            ((n, f[kind]) for n, f in found.floor.items() if kind in f), key=lambda pair: pair[1]
        )
        parts.append(f"{most:.2g} {kind}{f' ({shown(name)})' if many and most else ''}")
    text = [f"  noise      of this model: {', '.join(parts)}"] if parts else []
    if style.verbosity and many:
        for name, figures in found.floor.items():
            said = ", ".join(f"{value:.2g} {kind}" for kind, value in figures.items())
            text.append(f"    {shown(name)}: {said}")
    return text + [f"  note: {line}" for note in found.notes for line in lines(note)]


def coverage(found: Coverage, style: Style) -> list[str]:
    """What the probes tried, in one line, and a warning for each thing they leave open."""
    parts = []
    if found.inputs:
        parts.append(counted(max(i.samples for i in found.inputs), "sample"))
        lengths = sorted({n for i in found.inputs for n in i.lengths})
        parts += [f"lengths {', '.join(map(str, lengths))}"] if lengths else []
    for entry in found.inputs:
        if entry.rows:
            parts.append(
                f"{entry.touched:,} of {entry.rows:,} rows looked up by {shown(entry.name)}"
            )
    for output in found.outputs:
        if output.dead:
            where = f"{output.dead:,} of {counted(output.positions, 'position')}"
            parts.append(f"{where} of {shown(output.name)} never changed")
    text = [f"  probes     {'; '.join(parts)}"] if parts else []
    warnings = [line for warning in found.warnings for line in lines(warning)]
    return text + [style.paint(f"    weak     {line}", "yellow") for line in warnings]


def power(found: Power, style: Style) -> list[str]:
    """How many planted faults were noticed, and every one that was not."""
    caught, missed, silent = (found.count(o) for o in ("caught", "missed", "silent"))
    said = f"{caught} of {counted(caught + missed, 'planted fault')} noticed"
    said += f"; {silent} more change no answer to further made-up inputs either" if silent else ""
    said += f"; {found.left_out:,} more were left out" if found.left_out else ""
    text = [f"  power      {said}"]
    for mutation in found.mutations:
        if mutation.outcome == "missed":
            line = f"    MISSED   {shown(mutation.kind)} in {shown(mutation.where)}"
            text.append(style.paint(line, "red"))
    gone = [f"{m.kind} in {m.where}" for m in found.mutations if m.outcome == "silent"]
    if gone and style.verbosity:
        text.append(f"    silent   {some(gone, len(gone))}")
    return text
