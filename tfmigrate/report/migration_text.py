"""What a migration did, in one screen."""

from __future__ import annotations

import math
from collections.abc import Iterable

from tfmigrate.errors import shown
from tfmigrate.proof import Portability
from tfmigrate.report import Style, parity_text, plan_text
from tfmigrate.report.inspection_text import signature_lines, writer
from tfmigrate.report.words import counted, lines, size
from tfmigrate.results import Migration, Walls
from tfmigrate.tensors import WIDTHS, VariableInfo


def render(migration: Migration, style: Style) -> list[str]:
    """The lines of the report; the last one sums up what was proved and written."""
    source, fates = migration.source, plan_text.fates(migration)
    unwritten = "(dry run)" if migration.parity is None else "(nothing written)"
    target = shown(migration.output) if migration.output else unwritten
    text = [
        style.paint(f"{shown(source.path)} -> {target}", "bold"),
        f"  source     {shown(source.title)}, {size(source.size)}, {writer(source.writer)}",
        f"  rebuilt    with {shown(migration.engine)}: {_model(migration.variables)}",
        *(f"  code run   {shown(n)}, sha256 {d}" for n, d in migration.trusted.items()),
        *(f"  declared   {shown(n)}: {shown(text)}" for n, text in migration.declared.items()),
        *plan_text.weights(migration, style),
        *signature_lines(migration.signatures, migration.processing),
        *(f"    renamed  {shown(old)} -> {shown(new)}" for old, new in migration.renamed.items()),
    ]
    if migration.parity is not None:
        text += parity_text.render(migration.parity, style)
    if migration.portability is not None and migration.output:
        text.append(f"  serves on  {serving(migration.portability)}")
    text += walls(migration.walls)
    text += [f"  note: {line}" for note in migration.notes for line in lines(note)]
    if style.verbosity and migration.seconds:
        steps = ", ".join(f"{shown(k)} {v:.1f} s" for k, v in migration.seconds.items())
        text.append(f"  time       {steps}")
    return [*text, "", _last(migration, fates.summary())]


def serving(found: Portability) -> str:
    """On which TensorFlow it runs, and what that is read from."""
    names = found.because
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    brought = ", ".join(map(shown, names[:2])) + more
    why = f"which brought {brought}" if brought else "the oldest looked at"
    return f"TensorFlow >= {found.oldest}, {why} (by the ops and kernels of its releases)"


def walls(found: dict[str, Walls]) -> list[str]:
    """One line: which walls a probe found up in every worker, and which in only some or none."""
    names = list(dict.fromkeys(name for w in found.values() for name in w.found))
    up = [n for n in names if all(w.found.get(n, False) for w in found.values())]
    down = [n for n in names if n not in up]
    if not names:
        return []
    parts = [f"up in every worker: {', '.join(map(shown, up)) or 'none'}"]
    for name in down:
        where = [shown(worker) for worker, w in found.items() if not w.found.get(name, False)]
        parts.append(f"NOT up: {shown(name)} ({', '.join(where)})")
    return [f"  walls      {'; '.join(parts)}"]


def _model(variables: Iterable[VariableInfo]) -> str:
    known = list(variables)
    parameters = sum(math.prod(v.shape) for v in known)
    return f"{counted(len(known), 'variable')}, {counted(parameters, 'parameter')}"


def _last(migration: Migration, weights: str) -> str:
    if migration.parity is None:
        return f"{weights}. This was a dry run: nothing was written."
    said = parity_text.summary(migration.parity)
    if not migration.output:
        return f"{said}, {weights}. Nothing was written."
    total = size(sum(math.prod(v.shape) * WIDTHS.get(v.dtype, 0) for v in migration.variables))
    return f"{said}, {weights}. Wrote {shown(migration.output)} ({total} of weights)."
