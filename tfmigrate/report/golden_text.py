"""A golden file that was made, as text."""

from __future__ import annotations

import shlex
from pathlib import Path

from tfmigrate.errors import shown
from tfmigrate.golden.results import Recorded
from tfmigrate.report import Style
from tfmigrate.report.words import counted, spec, table

_SHOWN = (
    "python",
    "keras",
    "tf.keras",
    "tf_keras",
    "tensorflow",
    "theano",
    "backend",
    "numpy",
    "h5py",
)


def render(result: Recorded, style: Style) -> list[str]:
    """What ran, what was asked and answered, and how to use it."""
    held = result.recorded
    names = list(held) if style.verbosity else [n for n in _SHOWN if n in held]
    lines = [style.paint(shown(result.source), "bold")]
    if result.chosen:
        lines.append(f"  runtime    {shown(result.chosen)}")
    lines.append(f"  run by     {', '.join(f'{n} {held[n]}' for n in names)}")
    lines.append(f"  inputs     {held.get('inputs', 'unknown')}")
    asked = [("in", *spec(t)) for t in result.inputs]
    lines += table([*asked, *(("out", *spec(t)) for t in result.outputs)], "    ")
    lines += [f"  note       {shown(note, 400)}" for note in result.notes]
    there = [counted(result.probes, "probe")]
    if result.activations:
        there.append(f"the outputs of {counted(result.activations, 'layer')}")
    name = shlex.quote(shown(result.output, 1000))
    use = f"Use it with --golden {name} --require-evidence recorded."
    return [*lines, "", f"Wrote {shown(Path(result.output))}: {' and '.join(there)}. {use}"]
