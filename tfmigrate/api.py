"""The public functions; the command line does nothing that they cannot."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfmigrate import pipeline
from tfmigrate.options import Options
from tfmigrate.results import Migration, Source, Verification

if TYPE_CHECKING:
    from tfmigrate.recipe import Recipe

Name = str | os.PathLike[str]


def migrate(source: Name, output: Name, *, command: str | None = None, **options: Any) -> Migration:
    """Migrate a source to a verified SavedModel.

    Args:
        source: A model file, a checkpoint's prefix, or a directory.
        output: The directory that becomes the SavedModel.
        command: ``h5-to-savedmodel`` or ``ckpt-to-savedmodel``; by default the one for the source.
        options: Fields of :class:`tfmigrate.Options`.

    Raises:
        TfmigrateError: Anything a user can cause; see :mod:`tfmigrate.errors`.
        TypeError: An option that does not exist.
    """
    asked = Options(**options)
    chosen = command or _command(Path(source))
    return pipeline.migrate(chosen, Path(source), Path(output), asked)


def inspect(path: Name) -> Source:
    """Say what a file is, without executing anything in it.

    Raises:
        SourceProblem: None of the formats we know, or damaged.
    """
    return pipeline.inspect(Path(path))


def verify(path: Name) -> Verification:
    """Check a migrated SavedModel again, from what it carries.

    Raises:
        SourceProblem: No SavedModel that tfmigrate wrote.
    """
    return pipeline.verify(Path(path))


def load_recipe(ref: Name, set: Mapping[str, str] | None = None) -> Recipe:
    """A recipe file, or the recipe of that name in the library.

    Args:
        ref: A path or a name.
        set: Values for its parameters.

    Raises:
        RecipeProblem: Every mistake in it, all at once.
    """
    from tfmigrate import recipe

    return recipe.load_recipe(os.fspath(ref), dict(set or {}))


def _command(source: Path) -> str:
    kind = pipeline.inspect(source).kind
    # Where no command takes this kind, the first one refuses it, with the reason.
    fitting = (name for name, kinds in pipeline.COMMANDS.items() if kind in kinds)
    return next(fitting, next(iter(pipeline.COMMANDS)))
