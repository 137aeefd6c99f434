"""Things that are no model of ours: each gets named, and a sentence on what to do."""

from __future__ import annotations

import os
import pathlib
import stat

from tfmigrate.errors import Damaged, NotRecognised, SourceProblem, nearest, shown
from tfmigrate.sources import foreign_archives

_HEAD = 4096
_LISTED = 1000
_SPECIAL = (
    (stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"),
)  # fmt: skip
_KNOWN = "tfmigrate reads Keras H5 and .keras files, TensorFlow checkpoints, SavedModels and graphs"


def preflight(path: pathlib.Path) -> bool:
    """Whether there is a file or folder that may be read; it is not opened here.

    Returns:
        False where nothing is there; a checkpoint's prefix is a path like that.

    Raises:
        NotRecognised: It is a pipe, a socket or a device, or reading it is not allowed.
        Damaged: It is a link to nothing.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise Damaged(
                f"it is a link to {shown(os.readlink(path))!r}, which is not there", where=str(path)
            ) from None
        return False
    except (PermissionError, OSError, ValueError) as error:
        raise NotRecognised(f"it cannot be reached ({shown(error)})", where=str(path)) from error
    for test, what in _SPECIAL:
        if test(mode):
            raise NotRecognised(f"it is {what}, not a file", where=str(path),
                                help="give the path of the model's file")  # fmt: skip
    needed = os.R_OK | (os.X_OK if stat.S_ISDIR(mode) else 0)
    if not os.access(path, needed):
        raise NotRecognised(
            "reading it is not allowed", where=str(path),
            help="ask for read permission, or run as the user who owns it",
        )  # fmt: skip
    return True


def explain(path: pathlib.Path) -> SourceProblem:
    """Why nothing recognised this path: what it is instead, and what to do."""
    if not path.exists():
        return _missing(path)
    if path.is_dir():
        return _folder(path)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    size = path.stat().st_size
    return (
        _text(path, head)
        or foreign_archives.explain(path, head)
        or _without_content(path, head, size)
        or _unknown(path, head, size)
    )


def _unknown(path: pathlib.Path, head: bytes, size: int) -> NotRecognised:
    start = head[:8].hex(" ")
    return NotRecognised(
        f"it is none of the formats we know: {size:,} bytes that start with {start}",
        where=str(path),
        help=_KNOWN,
    )


def _missing(path: pathlib.Path) -> NotRecognised:
    near: tuple[str, ...] = ()
    if path.parent.is_dir() and os.access(path.parent, os.R_OK | os.X_OK):
        near = nearest(path.name, (e.name for e in path.parent.iterdir()), 1)
    return NotRecognised(
        "there is no such file or folder", where=str(path),
        help=f"did you mean {shown(near[0])!r}?" if near else "check the path",
    )  # fmt: skip


def _folder(path: pathlib.Path) -> NotRecognised:
    names = sorted(e.name for e in path.iterdir())
    models = [n for n in names if n.endswith((".h5", ".hdf5", ".keras", ".index", ".meta", ".pb"))]
    # Estimators and TensorFlow Serving keep each export in a folder named by time or version.
    models += [n for n in names[:_LISTED] if (path / n / "saved_model.pb").is_file()]
    inside = f"; there is {shown(models[0])!r} in it" if models else ""
    return NotRecognised(
        f"the folder is neither a SavedModel nor does it hold a checkpoint ({len(names)} entries)",
        where=str(path),
        help=f"give the path of the model inside it{inside}" if names else "the folder is empty",
    )


def _without_content(path: pathlib.Path, head: bytes, size: int) -> Damaged | None:
    if not size:
        return Damaged("the file is empty", where=str(path), help="copy or download it again")
    if not head.strip(b"\0"):
        return Damaged(
            f"the file starts with {len(head):,} zero bytes; its content was never written",
            where=str(path), help="the copy was cut off, or the disk was full; copy it again",
        )  # fmt: skip
    if path.suffix in (".h5", ".hdf5") and size < 64 and b"HDF" in head:
        return Damaged(f"the file is cut: found {size:,} bytes", where=str(path),
                       help="copy or download it again")  # fmt: skip
    return None


def _text(path: pathlib.Path, head: bytes) -> SourceProblem | None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    if start.startswith(b"version https://git-lfs.github.com/spec/"):
        return NotRecognised(
            "it is a Git LFS pointer, not the file itself", where=str(path),
            help="fetch the file: git lfs install && git lfs pull",
        )  # fmt: skip
    xml = start.startswith(b"<?xml")
    if start.startswith((b"<!doctype html", b"<html")) or (xml and b"<html" in start):
        return NotRecognised(
            "it is an HTML page, not a model: the download got a web page", where=str(path),
            help="download it again with the direct link (on GitHub: the raw file)",
        )  # fmt: skip
    if xml or start.startswith(b"<!doctype"):
        return NotRecognised(
            "it is an XML file, not a model", where=str(path),
            help="an error page of S3 and other storage looks like that: read what it says, and "
            "download the file again",
        )  # fmt: skip
    if start.startswith((b"{", b"[")) and path.suffix == ".json":
        return NotRecognised(
            "it is JSON: the architecture of a model perhaps, but no weights", where=str(path),
            help="give the file with the weights, and this one with --recipe",
        )  # fmt: skip
    if path.suffix in (".yaml", ".yml"):
        return NotRecognised("it is YAML: a recipe or an architecture, but no weights",
                             where=str(path),
                             help="give the weights, and this one with --recipe")  # fmt: skip
    return None
