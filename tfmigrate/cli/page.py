"""``--report FILE.html``: checked before any work, written when the run has ended, however."""

from __future__ import annotations

import contextlib
import os
import shlex
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from tfmigrate.cli.output import write
from tfmigrate.errors import EnvironmentProblem, TfmigrateError, UsageProblem, shown
from tfmigrate.lazy import load

_PACKAGES = ("tfmigrate", "tensorflow", "tf-keras", "keras", "numpy", "h5py")


class Page:
    """A report that will be written to a file.

    Args:
        path: The file; None where no report was asked for.
        output: The SavedModel's folder, which holds nothing but certified files.
        source: What the command was given.

    Raises:
        UsageProblem: The file cannot become a report.
        EnvironmentProblem: A package is missing.
    """

    def __init__(self, path: Path | None, output: Path, source: Path) -> None:
        self.path, self.source = path, source
        if path is not None:
            load("tfmigrate.report.html.page")  # now, not after an hour's work
            _refuse_folder(path, output)
            _refuse_stranger(path)

    def write(self, subject: object) -> None:
        """Write the page of a result or an error; all of it, or nothing.

        Raises:
            EnvironmentProblem: The disk does not take it.
            UsageProblem: Something else has come to be there meanwhile.
        """
        if self.path is None:
            return
        text: str = load("tfmigrate.report.as_html:render")(subject, _context(self.source))
        _refuse_stranger(self.path)
        try:
            _replace(self.path, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise EnvironmentProblem(
                f"the report cannot be written: {error.strerror}", where=str(self.path)
            ) from error


@contextlib.contextmanager
def page(path: Path | None, output: Path, source: Path) -> Iterator[Page]:
    """The page of one run; an error that ends the run is written too, and goes on its way."""
    made = Page(path, output, source)
    try:
        yield made
    except TfmigrateError as ended:
        try:
            made.write(ended)
        except TfmigrateError as other:  # the first one is what the user has to hear
            write(f"note: {other}", sys.stderr)
        raise


def _refuse_folder(path: Path, output: Path) -> None:
    folder = path.parent
    if not folder.is_dir():
        raise UsageProblem("--report: there is no such folder", where=shown(folder))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageProblem("--report: the folder cannot be written to", where=shown(folder))
    if path.resolve().is_relative_to(output.resolve()):
        raise UsageProblem(
            "--report: a SavedModel holds nothing but the files of its certificate",
            where=shown(path),
            help=f"give a place outside {shown(output)}",
        )


def _refuse_stranger(path: Path) -> None:
    """Refuse a path where something is that is no report of ours."""
    from tfmigrate.report.as_html import MARK, MARK_WITHIN

    try:
        if stat.S_ISREG(path.lstat().st_mode):
            with path.open("rb") as file:
                if MARK.encode() in file.read(MARK_WITHIN):
                    return
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageProblem(f"--report: {error.strerror}", where=shown(path)) from error
    raise UsageProblem(
        "--report: what is there is no report of tfmigrate, and it is not overwritten",
        where=shown(path),
        help="give another name",
    )


def _replace(path: Path, data: bytes) -> None:
    """Put a file in place at once, with the mode that the umask gives."""
    import tempfile  # slow, and hardly ever needed

    from tfmigrate.export.durable import umask_of_process

    descriptor, name = tempfile.mkstemp(".part", f".{path.name[:40]}.", path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(descriptor, 0o666 & ~umask_of_process())
            os.fsync(descriptor)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _context(source: Path) -> object:
    import platform  # as above

    from tfmigrate.report.html.about import Context

    given = click.get_current_context().find_root().obj or ()
    versions = {name: _version(name) for name in _PACKAGES}
    versions["python"] = platform.python_version()
    return Context(
        str(source),
        shlex.join(["tfmigrate", *given]) if given else "",
        {name: version for name, version in versions.items() if version},
        f"{platform.system()} {platform.machine()}",
    )


def _version(package: str) -> str:
    from importlib import metadata  # as above

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
