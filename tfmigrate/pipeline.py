"""The steps in their order; the only file that knows the order.

identify -> read -> rebuild -> map weights -> sign -> export -> verify -> report
"""

from __future__ import annotations

import contextlib
import errno
import functools
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tfmigrate.errors import (
    EnvironmentProblem,
    NotProved,
    NotRecognised,
    NotSupported,
    UsageProblem,
)
from tfmigrate.export.publish import Staging
from tfmigrate.options import Options, Progress
from tfmigrate.results import Source
from tfmigrate.workers.crew import Crew

if TYPE_CHECKING:
    from tfmigrate.contract import Contract, Difference
    from tfmigrate.proof import Parity
    from tfmigrate.results import Migration, Verification

__all__ = ["Crew", "Options", "Progress", "contract", "diff", "inspect", "migrate", "verify"]

# command -> the kinds of source it takes
COMMANDS = {
    "h5-to-savedmodel": (
        "keras-h5", "keras-h5-weights", "keras3-h5", "keras-zip", "keras-zip-tfkeras",
        "keras-weights-v3", "keras-0-h5",
    ),
    "ckpt-to-savedmodel": (
        "tf1-checkpoint-v1", "tf1-checkpoint-v2", "tf2-checkpoint", "keras-tf-weights",
    ),
    "savedmodel-to-savedmodel": (
        "savedmodel-tf1", "savedmodel-keras2", "savedmodel-keras3", "savedmodel-tf2",
        "frozen-graph",
    ),
}  # fmt: skip


def inspect(path: Path, step: int | None = None) -> Source:
    """What a file or directory is; nothing in it is executed.

    Args:
        path: The file or directory.
        step: The step of the checkpoint that is meant, where it holds several.

    Raises:
        SourceProblem: None of the formats we know, or damaged.
        UsageProblem: There is no checkpoint of that step.
    """
    chosen = at_step(path, step)
    with Crew(tensorflow=False) as crew:
        return crew.describe(chosen.absolute())


def at_step(path: Path, step: int | None) -> Path:
    """The checkpoint of a step in a folder of several; the path itself where no step is given.

    Raises:
        UsageProblem: There is no checkpoint of that step.
    """
    if step is None:
        return path
    from tfmigrate.sources import checkpoint_choice  # only names are looked at

    return checkpoint_choice.at_step(path, step)


def migrate(
    command: str,
    source: Path,
    output: Path,
    options: Options | None = None,
    progress: Progress | None = None,
    crew: Crew | None = None,
) -> Migration:
    """Migrate a source to a SavedModel at ``output``, which appears whole and checked, or not.

    Args:
        command: ``h5-to-savedmodel``, ``ckpt-to-savedmodel`` or ``savedmodel-to-savedmodel``.
        source: A model file, a checkpoint's prefix, or a directory.
        output: The directory that becomes the SavedModel.
        options: What was asked for.
        progress: Is told of each step.
        crew: Workers to use; many migrations can share one.

    Returns:
        What was done. Where parity did not hold, ``parity`` is false, ``output`` is "" and nothing
        was written.

    Raises:
        TfmigrateError: Anything a user can cause; see :mod:`tfmigrate.errors`.
    """
    options = options or Options()
    with contextlib.ExitStack() as stack:
        # Started when it is needed: an OUTPUT that exists is refused at once.
        hired = functools.cache(
            lambda: crew or stack.enter_context(Crew(gpu=options.gpu, verbose=options.verbose))
        )
        one = _One(command, source, output, progress or _silent, hired)
        done = _with_backend(one, options)
        if done.parity is None or done.parity:
            return done
        from tfmigrate.judge.backends import explained

        used = options.backend or done.source.writer.backend
        return explained(done, used, lambda b: one.trial(options, b))


def _with_backend(one: _One, options: Options) -> Migration:
    """The migration; where only a golden file can tell the backend, with the one that holds."""
    try:
        return one.migrated(options)
    except NotSupported as undecided:
        from tfmigrate.judge import backends

        if options.golden is None or not isinstance(undecided, backends.UndecidedBackend):
            raise
        found = backends.by_golden(lambda b: one.trial(options, b), str(one.source))
        if not found.held and options.dry_run:  # which would plan what is known to be wrong
            raise NotProved(found.why, where=str(one.source)) from undecided
        return one.migrated(replace(options, backend=found.backend), (found.why,))


@dataclass(frozen=True)
class _One:
    """One source on its way to one output."""

    command: str
    source: Path
    output: Path
    progress: Progress
    crew: Callable[[], Crew]

    def trial(self, options: Options, backend: str) -> Parity | None:
        """Whether parity holds for a backend; nothing is published.

        A dry run compares too, away from OUTPUT: otherwise it could not say which one it plans.
        """
        with tempfile.TemporaryDirectory() as away:
            one = replace(self, output=Path(away, "trial")) if options.dry_run else self
            asked = replace(options, backend=backend, dry_run=False)
            return one.migrated(asked, publish=False).parity

    def migrated(
        self, options: Options, notes: tuple[str, ...] = (), publish: bool = True
    ) -> Migration:
        with contextlib.ExitStack() as stack:
            staging = None
            if not options.dry_run:
                staging = stack.enter_context(
                    Staging(self.output, options.overwrite, options.model_version)
                )
            source = at_step(self.source, options.step)
            found = self.crew().describe(source.absolute())
            _refuse_kind(self.command, found)
            from tfmigrate.run import Run  # NumPy and pydantic are not for those who stop above

            folder = staging.path.parent if staging else None
            scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(".scratch", dir=folder)))
            with _disk(self.output):
                run = Run(found, options, scratch, staging, self.progress, notes)
                return run.through(self.crew(), publish)


@contextlib.contextmanager
def _disk(output: Path) -> Iterator[None]:
    """Turns a disk that is full or broken into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
            raise
        raise EnvironmentProblem(
            f"the disk does not take it: {error.strerror}",
            where=str(output),
            help="make room where OUTPUT is; nothing was written there",
        ) from error


def _silent(step: str, done: int, total: int) -> None:
    """Progress that nobody wants to see."""


def _refuse_kind(command: str, source: Source) -> None:
    if command not in COMMANDS:
        raise UsageProblem(f"there is no command {command}")
    if source.kind in COMMANDS[command]:
        return
    other = next((c for c, kinds in COMMANDS.items() if source.kind in kinds), "")
    if other:
        raise UsageProblem(
            f"{command} does not take this: {source.title}",
            where=source.path,
            help=f"tfmigrate {other} does",
        )
    notes = "; ".join(source.notes)
    raise (NotSupported if source.kind else NotRecognised)(
        f"{command} does not take this: {source.title}{'; ' if notes else ''}{notes}",
        where=source.path,
        help=source.next_command or "tfmigrate inspect says what can be done with it",
    )


def verify(
    path: Path,
    progress: Progress | None = None,
    crew: Crew | None = None,
    deep: bool = False,
) -> Verification:
    """Check a migrated SavedModel again, years later, from what it carries.

    Args:
        path: The SavedModel.
        progress: Is told of each step.
        crew: Workers to use.
        deep: Also read every tensor again, and compare it with the hash in the ledger.

    Raises:
        SourceProblem: It is no SavedModel that tfmigrate wrote.
    """
    from tfmigrate.reverify import reverify

    with contextlib.ExitStack() as stack:
        crew = crew or stack.enter_context(Crew())
        return reverify(path.absolute(), progress or _silent, crew, deep)


def contract(path: Path, crew: Crew | None = None) -> Contract:
    """What callers of a SavedModel rely on; nothing of it is loaded.

    Args:
        path: A SavedModel, or the JSON of a contract.
        crew: Workers to use.

    Raises:
        SourceProblem: It is neither, or damaged.
        UsageProblem: A JSON file with mistakes.
    """
    with contextlib.ExitStack() as stack:
        crew = crew or stack.enter_context(Crew(tensorflow=False))
        return replace(crew.contract(path.absolute()), origin=str(path))


def diff(
    a: Path,
    b: Path,
    options: Options | None = None,
    progress: Progress | None = None,
    crew: Crew | None = None,
    run: bool = True,
) -> Difference:
    """How two SavedModels differ: signatures, answers to the same probes, weights, assets.

    Args:
        a: The one that clients know.
        b: The other one.
        options: ``inputs``, ``samples``, ``seed``, ``rtol``, ``atol``, ``memory``, ``gpu`` and
            ``verbose`` count.
        progress: Is told of each step.
        crew: Workers to use.
        run: Also ask both the same probes.

    Raises:
        SourceProblem: One is no SavedModel, or damaged.
        UsageProblem: The inputs or tolerances fit no signature that both have.
    """
    from tfmigrate import differ  # NumPy is not for those who ask for help

    options = options or Options()
    with contextlib.ExitStack() as stack:
        hired = crew or stack.enter_context(Crew(verbose=options.verbose, tensorflow=run))
        return differ.diff(a, b, options, progress or _silent, hired, run)
