"""How much was proved: the level and its sentence, and one line per output."""

from __future__ import annotations

from tfmigrate.errors import shown
from tfmigrate.proof import OutputComparison, Parity
from tfmigrate.report import Style
from tfmigrate.report.words import counted, lines, shape, table


def render(parity: Parity, style: Style) -> list[str]:
    """The lines of a verdict; an unverified export is shown loudly."""
    said, *rest = lines(parity.said)
    colour = "bold" if parity.outputs else "yellow"
    level = parity.level.upper() if parity.level == "unverified" else parity.level
    said = said.removeprefix(f"{level}: ")
    text = [f"  parity     {style.paint(level, colour)}: {said}", *(f"    {line}" for line in rest)]
    text += _outputs(parity, style)
    failed = [name for name, held in parity.checks.items() if not held]
    if parity.checks:
        held = [name for name, ok in parity.checks.items() if ok]
        text.append(f"  checks     held: {', '.join(held) or 'none'}")
    text += (
        [style.paint(f"  checks     did NOT hold: {', '.join(failed)}", "red")] if failed else []
    )
    return text + [f"  note: {line}" for note in parity.notes for line in lines(note)]


def summary(parity: Parity) -> str:
    """The verdict in a few words, for the last line of a report."""
    if not parity.outputs:
        return "UNVERIFIED: no output was compared"
    wrong = [o for o in parity.outputs if not o]
    if wrong:
        verb = "does" if len(wrong) == 1 else "do"
        return f"{len(wrong)} of {counted(len(parity.outputs), 'output')} {verb} NOT match"
    verb = "matches" if len(parity.outputs) == 1 else "match"
    match = f"{counted(len(parity.outputs), 'output')} {verb} ({_level(parity)})"
    broken = [name for name, held in parity.checks.items() if not held]
    return f"{match}, but NOT {', '.join(broken)}" if broken else match


def _level(parity: Parity) -> str:
    return "rebuilt; architecture not checked" if parity.level == "rebuilt" else parity.level


def _outputs(parity: Parity, style: Style) -> list[str]:
    text = []
    for output, line in zip(parity.outputs, table(map(_row, parity.outputs), "    "), strict=True):
        mark = _mark(output)
        text.append(line.replace(mark, style.paint(mark, "green" if output else "red"), 1))
        text += [f"            {part}" for part in _failure(output)]
        text += [f"            weak evidence: {shown(output.weak)}"] if output.weak else []
    return text


def _mark(output: OutputComparison) -> str:
    return "PASSED" if output else "FAILED"


def _row(output: OutputComparison) -> tuple[str, str, str, str]:
    place = ""
    if output.max_abs and output.worst:
        place = f" at {list(output.worst[1:])}"
    numbers = f"max abs {output.max_abs:.2g}{place}  {_tolerance(output)}"
    return (_mark(output), output.name, f"{shape(output.shape)} {output.dtype}", numbers)


def _tolerance(output: OutputComparison) -> str:
    if output.tolerance is None:
        return "exact equality asked"
    return f"tolerance {output.tolerance.rtol:g} rel + {output.tolerance.atol:g} abs"


def _failure(output: OutputComparison) -> list[str]:
    if output:
        return []
    text = lines(output.why) if output.why else []
    if output.differing and f"{output.differing} of {output.elements} elements" in output.why:
        text += [f"the worst is in probe {output.worst[0]}"] if output.worst else []
    elif output.differing:
        probe = f", the worst in probe {output.worst[0]}" if output.worst else ""
        text.append(f"{output.differing:,} of {counted(output.elements, 'element')} differ{probe}")
    if output.differing and output.tolerance is not None:
        text.append(f"{output.needed:.2g} abs would have been needed at this rel")
    return text
