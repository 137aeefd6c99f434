"""A file of the author's code, read as text; reading it runs nothing."""

from __future__ import annotations

import codecs
import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tfmigrate.errors import Problem, UsageProblem, shown

# Far more than any file of layers; a data set or a notebook's dump is a mistake.
LARGEST = 1 << 20


@dataclass(frozen=True)
class Code:
    """One file that the user trusts.

    Attributes:
        name: Its base name.
        text: What is in it.
        sha256: Of its bytes.
    """

    name: str
    text: str
    sha256: str

    @property
    def module(self) -> str:
        """The name that other files import it by."""
        return self.name.rpartition(".")[0] or self.name


def read(paths: Sequence[Path]) -> tuple[Code, ...]:
    """The files that the user trusts, in the order in which they were given.

    Raises:
        UsageProblem: One is no readable text file of at most 1 MiB, or two have the same name.
    """
    files: list[Code] = []
    problems: list[Problem] = []
    for path in paths:
        what, data = _bytes(path)
        text = None if what else _text(data)
        if what or text is None:
            problems.append(Problem(what or "it is not UTF-8 text", where=shown(path)))
        elif any(f.name == path.name for f in files):
            problems.append(Problem("two files have this name", where=shown(path.name)))
        else:
            files.append(Code(path.name, text, hashlib.sha256(data).hexdigest()))
    if problems:
        raise UsageProblem("--trust-code takes files of Python code", problems)
    return tuple(files)


def _bytes(path: Path) -> tuple[str, bytes]:
    """What is wrong with a file, "" where nothing is, and its bytes."""
    try:
        # A pipe must not make us wait for its writer.
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        return f"it cannot be read: {error.strerror}", b""
    found = os.fstat(fd)
    if not stat.S_ISREG(found.st_mode):
        os.close(fd)
        return "it is no regular file", b""
    with os.fdopen(fd, "rb") as file:
        if found.st_size > LARGEST:
            return f"it has {found.st_size:,} bytes, and at most {LARGEST:,} are read", b""
        return "", file.read(LARGEST + 1)


def _text(data: bytes) -> str | None:
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
