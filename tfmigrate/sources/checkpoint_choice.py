"""The checkpoint of a given step, among those that lie beside each other."""

from __future__ import annotations

from pathlib import Path

from tfmigrate.errors import NotSupported, Problem, UsageProblem, shown
from tfmigrate.sources.checkpoint_files import folder_and_base, prefixes
from tfmigrate.sources.checkpoint_steps import base_of, step_of

_LISTED = 30


def at_step(path: Path, step: int) -> Path:
    """The prefix of the checkpoint of a step, of those that ``path`` means.

    Args:
        path: A folder, its state file, or a prefix or a file of one of the checkpoints in it; then
            only checkpoints of the same base name count.
        step: The step.

    Raises:
        UsageProblem: There is none of that step; the message lists those that exist.
        NotSupported: Several checkpoints of different names have that step.
    """
    folder, base = folder_and_base(path)
    there = prefixes(folder) if folder.is_dir() else {}
    mine = [name for name in there if base in (None, base_of(name)) and step_of(name) is not None]
    found = [name for name in mine if step_of(name) == step]
    if len(found) > 1:
        raise NotSupported(
            f"several checkpoints of step {step}, and nothing says which is meant",
            [Problem("a checkpoint", where=shown(name)) for name in sorted(found)],
            where=str(path),
            help="give the prefix of one of them",
        )
    if not found:
        steps = sorted({step_of(name) or 0 for name in mine})
        listed = ", ".join(map(str, steps[-_LISTED:])) or "none"
        raise UsageProblem(
            f"there is no checkpoint of step {step}",
            where=str(path),
            help=f"the steps that are there: {'... ' if len(steps) > _LISTED else ''}{listed}",
        )
    return folder / found[0]
