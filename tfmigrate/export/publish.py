"""Stage beside the target, publish by one rename; a failed or killed run leaves old or none."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from tfmigrate.errors import EnvironmentProblem, OutputExists, UsageProblem, shown
from tfmigrate.export import durable, leftovers, locks, renames


def reached(step: str) -> None:
    """Nothing. Tests stop a run at each of: parents, staged, settled, aside, published."""


class Staging:
    """A hidden folder beside the target, and the only way from it to the target.

    Args:
        output: OUTPUT as given.
        overwrite: Whether a SavedModel at the target may be replaced.
        model_version: Publish as ``OUTPUT/<model_version>``, as TensorFlow Serving watches it.

    Attributes:
        target: Where the SavedModel will be.
        path: The folder to write it into, once entered; mode 0700, on the target's file system.
        notes: What a person should know about how it was published.

    Raises:
        UsageProblem: OUTPUT has no name of its own, or is a SavedModel where versions belong.
        OutputExists: On entering or publishing: something is at the target.
        EnvironmentProblem: On entering or publishing: the file system refuses.
    """

    def __init__(self, output: Path, overwrite: bool, model_version: int | None = None) -> None:
        if output.name in ("", ".."):
            raise UsageProblem("OUTPUT needs a name of its own", where=shown(output))
        output = output.absolute()
        if model_version is not None and model_version < 0:
            raise UsageProblem(f"--model-version {model_version} is negative")
        self.versioned = model_version is not None
        self.target = output if model_version is None else output / str(model_version)
        self.overwrite = overwrite
        self.path = Path()
        self.notes: tuple[str, ...] = ()
        self._folder: Path | None = None
        self._lock: int | None = None
        self._made: list[Path] = []

    def __enter__(self) -> Staging:
        try:
            self._refuse_version_inside()
            self._make_parents()
            reached("parents")
            leftovers.clear(self.target)
            self._refuse_existing()
            self._folder, self._lock = leftovers.claim(self.target)
            self.path = self._folder / leftovers.MODEL
            self.path.mkdir(0o700)
            reached("staged")
        except OSError as error:
            self._leave()
            raise _refused(error, self.target) from error
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._leave()

    def publish(self) -> Path:
        """Make the staged SavedModel appear at the target, whole, durable and at once.

        Returns:
            The target.

        Raises:
            OutputExists: Something came to be at the target; it is left as it is.
            EnvironmentProblem: The file system refuses; the target is as it was.
        """
        try:
            durable.settle(self.path)
            reached("settled")
            try:
                self._rename()
            except renames.NoSuchRename as missing:
                self._rename_under_lock(str(missing))
        except OSError as error:
            raise _refused(error, self.target) from error
        self._made.clear()
        reached("published")
        try:
            durable.sync_folder(self.target.parent)
        except OSError as error:
            self.notes += (f"published, but the disk did not confirm it: {error.strerror}",)
        return self.target

    def _rename(self) -> None:
        while True:
            try:
                return renames.move_to_nothing(self.path, self.target)
            except FileExistsError:
                self._refuse_existing()
            try:
                return renames.exchange(self.path, self.target)
            except FileNotFoundError:
                if not self.path.exists():
                    raise
                # The target went away in between: then there is nothing to replace.

    def _rename_under_lock(self, because: str) -> None:
        """Two renames with the old output safe in between; :mod:`leftovers` can put it back."""
        assert self._folder is not None
        aside = self._folder / leftovers.ASIDE
        lock = self.target.parent / f"{leftovers.base_name(self.target)}.lock"
        with locks.waiting(lock):
            self._refuse_existing()
            try:
                if os.path.lexists(self.target):
                    os.rename(self.target, aside)
                    durable.sync_folder(self._folder)
                reached("aside")
                os.rename(self.path, self.target)
            except BaseException:
                if os.path.lexists(aside):
                    os.rename(aside, self.target)
                raise
        self.notes += (
            f"this file system cannot publish in one step ({because}): published under a lock, "
            "the old output moved aside first",
        )

    def _refuse_existing(self) -> None:
        if not os.path.lexists(self.target):
            return
        if not self.overwrite:
            raise OutputExists(
                f"OUTPUT exists ({_kind(self.target)}) and is left as it is",
                where=shown(self.target),
                help="choose another OUTPUT, or --overwrite to replace a SavedModel",
            )
        if not _is_replaceable(self.target):
            raise OutputExists(
                f"OUTPUT is {_kind(self.target)}; --overwrite replaces a SavedModel, nothing else",
                where=shown(self.target),
                help="choose another OUTPUT, or move away what is there",
            )

    def _refuse_version_inside(self) -> None:
        if self.versioned and (self.target.parent / "saved_model.pb").exists():
            raise UsageProblem(
                "OUTPUT is a SavedModel itself, not a folder of versions",
                where=shown(self.target.parent),
            )

    def _make_parents(self) -> None:
        missing = [self.target.parent, *self.target.parent.parents]
        for folder in reversed([f for f in missing if not f.exists()]):
            try:
                folder.mkdir()
            except FileExistsError:
                continue  # another run made it
            self._made.append(folder)
            durable.sync_folder(folder.parent)

    def _leave(self) -> None:
        """Remove the staging folder, and the parents that we made, where they are empty."""
        folder, self._folder = self._folder, None
        try:
            if folder is not None:
                leftovers.discard(folder, self.target)
        except OSError as error:
            self.notes += (f"could not remove {shown(folder)}: {error.strerror}",)
        finally:
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None
        while self._made:
            try:
                self._made.pop().rmdir()
            except OSError:  # another run uses it: it is no longer ours to remove
                self._made.clear()


def _kind(path: Path) -> str:
    if path.is_symlink():
        return "a symbolic link"
    if not path.is_dir():
        return "a file"
    if (path / "saved_model.pb").exists():
        return "a SavedModel"
    with os.scandir(path) as entries:
        return (
            "an empty folder" if next(entries, None) is None else "a folder that is no SavedModel"
        )


def _is_replaceable(path: Path) -> bool:
    return _kind(path.resolve()) in ("a SavedModel", "an empty folder")


def _refused(error: OSError, target: Path) -> EnvironmentProblem:
    what = error.strerror or str(error)
    return EnvironmentProblem(
        f"cannot write the output: {what}",
        where=shown(error.filename or target),
        help="check that the folder is writable and has room",
    )
