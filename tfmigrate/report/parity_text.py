"""How much was proved: the level and its sentence, and one line per output."""

from __future__ import annotations

from collections.abc import Sequence

from tfmigrate.errors import shown
from tfmigrate.proof import OutputComparison, Parity
from tfmigrate.report import Style, proof_text
from tfmigrate.report.words import counted, lines, shape, table

# Outputs that a last line names.
_MOST = 3


def render(parity: Parity, style: Style) -> list[str]:
    """The lines of a verdict; an unverified export is shown loudly."""
    said, *rest = lines(parity.said)
    colour = "bold" if parity.outputs else "yellow"
    level = parity.level.upper() if parity.level == "unverified" else parity.level
    said = said.removeprefix(f"{level}: ")
    text = [f"  parity     {style.paint(level, colour)}: {said}", *(f"    {line}" for line in rest)]
    text += outputs(parity.outputs, style)
    failed = [name for name, held in parity.checks.items() if not held]
    if parity.checks:
        held = [name for name, ok in parity.checks.items() if ok]
        text.append(f"  checks     held: {', '.join(held) or 'none'}")
    text += (
        [style.paint(f"  checks     did NOT hold: {', '.join(failed)}", "red")] if failed else []
    )
    text += proof_text.render(parity, style)
    return text + [f"  note: {line}" for note in parity.notes for line in lines(note)]


def summary(parity: Parity) -> str:
    """The verdict in a few words, for the last line of a report."""
    if not parity.outputs:
        return "UNVERIFIED: no output was compared"
    wrong = [o for o in parity.outputs if not o]
    if wrong:
        verb = "does" if len(wrong) == 1 else "do"
        some = f"{len(wrong)} of {counted(len(parity.outputs), 'output')} {verb} NOT match"
        said = [_wrong(output) for output in wrong[:_MOST]]
        said += [f"{len(wrong) - _MOST} more"] if len(wrong) > _MOST else []
        return f"{some} ({'; '.join(said)})"
    verb = "matches" if len(parity.outputs) == 1 else "match"
    match = f"{counted(len(parity.outputs), 'output')} {verb} ({_level(parity)})"
    broken = [name for name, held in parity.checks.items() if not held]
    return f"{match}, but NOT {', '.join(broken)}" if broken else match


def _level(parity: Parity) -> str:
    return "rebuilt; architecture not checked" if parity.level == "rebuilt" else parity.level


def outputs(found: Sequence[OutputComparison], style: Style) -> list[str]:
    """A line for each output, and what is wrong with it."""
    text = []
    for output, line in zip(found, table(map(_row, found), "    "), strict=True):
        mark = _mark(output)
        text.append(line.replace(mark, style.paint(mark, "green" if output else "red"), 1))
        text += [f"            {part}" for part in _failure(output)]
        text += [f"            weak evidence: {shown(output.weak)}"] if output.weak else []
    return text


def _mark(output: OutputComparison) -> str:
    return "PASSED" if output else "FAILED"


def _row(output: OutputComparison) -> tuple[str, str, str, str]:
    cells = (_mark(output), output.name, f"{shape(output.shape)} {output.dtype}")
    return (*cells, ", ".join(_passed(output) if output else _numbers(output)))


def _passed(output: OutputComparison) -> list[str]:
    if output.tolerance is None:
        return [f"all {output.elements:,} equal" if output.elements > 1 else "equal"]
    text = [f"max abs {output.max_abs:.2g}"]
    text[0] += f", {percent(output.used)} of {_tolerance(output)}"
    return text + _decided(output)


def _numbers(output: OutputComparison) -> list[str]:
    place = f" at {list(output.worst[1:])}" if output.max_abs and output.worst else ""
    return [f"max abs {output.max_abs:.2g}{place}, allowed {_tolerance(output)}"]


def _decided(output: OutputComparison) -> list[str]:
    found = output.decisions
    if found is None:
        return []
    if found.agreeing == found.total:
        return [f"{found.kind} {found.total:,} of {found.total:,} the same"]
    tied = f" ({found.near_ties:,} of the others tied within the tolerance)"
    return [
        f"{found.kind} {found.agreeing:,} of {found.total:,} the same"
        + (tied if found.near_ties else "")
    ]


def percent(share: float) -> str:
    """A share in words: ``0 %``, ``0.3 %``, ``48 %``."""
    value = 100 * share
    if 0 < value < 0.01:
        return "under 0.01 %"
    return f"{value:.1g} %" if value < 1 else f"{value:.0f} %"


def _tolerance(output: OutputComparison) -> str:
    if output.tolerance is None:
        return "no difference"
    return f"{output.tolerance.rtol:g} rel + {output.tolerance.atol:g} abs"


def _wrong(output: OutputComparison) -> str:
    """A failed output in a few words: by how much, and what was allowed."""
    name = shown(output.name)
    if not output.differing:
        return f"{name}: {shown(output.why, 160)}"
    if output.tolerance is None:
        return f"{name}: {output.differing:,} of {counted(output.elements, 'element')} differ"
    needed = f", {output.needed:.2g} abs needed" if output.needed else ""
    return f"{name}: max abs {output.max_abs:.2g}{needed}, allowed {_tolerance(output)}"


def _failure(output: OutputComparison) -> list[str]:
    if output:
        return []
    text = lines(output.why) if output.why else []
    if not output.differing:
        return text
    if f"{output.differing} of {output.elements} elements" not in output.why:
        text.append(f"{output.differing:,} of {counted(output.elements, 'element')} differ")
    if output.worst:
        pair = f": {shown(output.found)} instead of {shown(output.expected)}"
        text.append(f"the worst is in probe {output.worst[0]}{pair if output.found else ''}")
    if output.tolerance is not None:
        mean = f"; mean abs {output.mean_abs:.2g}" if output.mean_abs else ""
        text.append(f"{output.needed:.2g} abs would have been needed at this rel{mean}")
    return text + _decided(output)
