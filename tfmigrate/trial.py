"""A recipe's model, built and asked what it is; nothing is assigned, exported or compared."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tfmigrate.errors import MappingProblem
from tfmigrate.options import Options, Progress
from tfmigrate.results import Migration, Source
from tfmigrate.run import Run
from tfmigrate.tensors import Signature, VariableInfo

if TYPE_CHECKING:
    from tfmigrate.judge.architecture import Architecture
    from tfmigrate.recipe import Recipe
    from tfmigrate.workers.crew import Crew


@dataclass(frozen=True)
class Trial:
    """What a recipe makes, and whether a source fits it.

    Attributes:
        recipe: The recipe, None where the source has its own architecture.
        variables: The model's variables.
        signature: Its inputs and outputs under their public names.
        architecture: What built it, and of what.
        migration: The dry run; None where the source does not fit.
        misfit: What does not fit; None where everything does.
    """

    recipe: Recipe | None
    variables: tuple[VariableInfo, ...]
    signature: Signature
    architecture: Architecture
    migration: Migration | None
    misfit: MappingProblem | None


def run(source: Source, options: Options, progress: Progress, crew: Crew) -> Trial:
    """Build the model and make the plan for a source, as a dry run does.

    Args:
        source: The source; one without tensors where only the variables are wanted.
        options: The recipe, its parameters, the backend, the author's code.
        progress: Is told of each step.
        crew: The workers.

    Raises:
        TfmigrateError: The model cannot be built, or the recipe has mistakes.
    """
    with _scratch() as scratch:
        asked = Run(source, options, scratch, None, progress)
        migration, misfit = None, None
        try:
            migration = asked.through(crew)
        except MappingProblem as problem:
            if not asked.built:  # it is about something else than the plan
                raise
            misfit = problem
        return Trial(
            asked.recipe,
            asked.variables,
            asked.signatures()[0],
            asked.architecture,
            migration,
            misfit,
        )


def of_recipe(options: Options, progress: Progress, crew: Crew) -> Trial:
    """Build a recipe's model, without a source."""
    return run(Source(options.recipe or "", "", "no source"), options, progress, crew)


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
