"""The public functions; the command line does nothing that they cannot."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfmigrate import pipeline
from tfmigrate.options import Asked, Options
from tfmigrate.results import Migration, Source, Verification

if TYPE_CHECKING:
    from typing_extensions import Unpack  # typing has it from Python 3.11 on

    from tfmigrate.contract import Difference
    from tfmigrate.recipe import Recipe
    from tfmigrate.workers.crew import Crew

Name = str | os.PathLike[str]


def migrate(
    source: Name,
    output: Name,
    *,
    command: str | None = None,
    crew: Crew | None = None,
    **options: Unpack[Asked],
) -> Migration:
    """Migrate a source to a verified SavedModel.

    Parity that does not hold is a result, not an exception: look at it before you use the output.

    >>> done = migrate("model.h5", "out/model")     # doctest: +SKIP
    >>> assert done.parity, done.parity.said        # doctest: +SKIP

    Args:
        source: A model file, a checkpoint's prefix, or a directory.
        output: The directory that becomes the SavedModel.
        command: ``h5-to-savedmodel`` or ``ckpt-to-savedmodel``; by default the one for the source.
        crew: Workers to use; many migrations can share one.
        options: Fields of :class:`tfmigrate.Options`.

    Returns:
        What was done. Where parity did not hold, ``parity`` is false, ``output`` is "" and nothing
        was written. ``parity`` is false too where ``verify=False`` was asked for (level
        ``unverified``; the output is there), and None after a dry run.

    Raises:
        TfmigrateError: Anything a user can cause; see :mod:`tfmigrate.errors`.
        NotProved: The evidence is below ``require_evidence``, or the signature is another one.
        TypeError: An option that does not exist.
    """
    given: dict[str, Any] = {**options}
    asked = Options(**given)
    chosen = command or _command(Path(source), crew)
    return pipeline.migrate(chosen, Path(source), Path(output), asked, crew=crew)


def inspect(path: Name) -> Source:
    """Say what a file is, without executing anything in it.

    Raises:
        SourceProblem: None of the formats we know, or damaged.
    """
    return pipeline.inspect(Path(path))


def verify(path: Name, *, deep: bool = False) -> Verification:
    """Check a migrated SavedModel again, from what it carries.

    Args:
        path: The SavedModel.
        deep: Also read every tensor again, and compare it with the hash in the ledger.

    Raises:
        SourceProblem: No SavedModel that tfmigrate wrote.
    """
    return pipeline.verify(Path(path), deep=deep)


def diff(a: Name, b: Name, *, run: bool = True, **options: Unpack[Asked]) -> Difference:
    """How two SavedModels differ: signatures, answers to the same probes, variables, assets.

    False where anything that was compared differs; ``signatures.breaking`` is what clients of the
    first would notice in the second.

    Args:
        a: The SavedModel that clients know.
        b: The other one.
        run: Also ask both the same probes.
        options: ``inputs``, ``samples``, ``seed``, ``rtol``, ``atol``, ``memory``.

    Raises:
        SourceProblem: One is no SavedModel, or damaged.
        UsageProblem: The inputs or tolerances fit no signature that both have.
    """
    given: dict[str, Any] = {**options}
    return pipeline.diff(Path(a), Path(b), Options(**given), run=run)


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


def _command(source: Path, crew: Crew | None) -> str:
    found = crew.describe(source.absolute()) if crew else pipeline.inspect(source)
    kind = found.kind
    # Where no command takes this kind, the first one refuses it, with the reason.
    fitting = (name for name, kinds in pipeline.COMMANDS.items() if kind in kinds)
    return next(fitting, next(iter(pipeline.COMMANDS)))
