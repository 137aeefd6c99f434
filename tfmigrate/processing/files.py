"""Vocabularies and labels: text files beside the recipe, one word a line, read with limits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tfmigrate.errors import shown
from tfmigrate.processing.step import Misfit

MAX_VOCABULARY = 64 << 20
# Labels become constants of the graph.
MAX_LABELS = 1 << 20


@dataclass(frozen=True)
class WordFile:
    """A file with a word on each line.

    Attributes:
        name: Its path as the recipe has it.
        path: Where it lies.
        sha256: The hash of its bytes.
        words: Its lines.
    """

    name: str
    path: Path
    sha256: str
    words: tuple[bytes, ...]

    def as_json(self) -> dict[str, object]:
        """What goes on record of it."""
        return {"file": self.name, "sha256": self.sha256, "lines": len(self.words)}


def read(name: str, folder: Path, limit: int, unique: bool) -> WordFile:
    """The file of that name beside a recipe.

    Args:
        name: Its path, relative to the recipe's folder.
        folder: The recipe's folder; nothing outside is read.
        limit: How many bytes it may have.
        unique: Whether a line may not appear twice.

    Raises:
        Misfit: It is outside of the folder, cannot be read, is too large or no list of words.
    """
    path = _inside(name, folder)
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise Misfit(
            f"the file cannot be read: {error.strerror}",
            found=shown(name),
            expected="a text file in the recipe's folder",
        ) from error
    if len(data) > limit:
        raise Misfit(f"the file is larger than {limit >> 20} MiB", found=shown(name))
    return WordFile(name, path, hashlib.sha256(data).hexdigest(), _lines(data, name, unique))


def _inside(name: str, folder: Path) -> Path:
    root = folder.resolve()
    path = (root / name).resolve()
    if Path(name).is_absolute() or not path.is_relative_to(root) or path == root:
        raise Misfit(
            "the file is not in the recipe's folder",
            found=shown(name),
            expected="a path relative to the recipe, and inside its folder",
        )
    return path


def _lines(data: bytes, name: str, unique: bool) -> tuple[bytes, ...]:
    if data.startswith(b"\xef\xbb\xbf"):
        raise Misfit("the file starts with a byte order mark", found=shown(name))
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        what = f"the file is not UTF-8 text (byte {error.start})"
        raise Misfit(what, found=shown(name)) from error
    # TensorFlow drops every carriage return of a file that it reads.
    lines = data.replace(b"\r\n", b"\n").split(b"\n")
    lines = lines[:-1] if lines[-1] == b"" else lines
    if not lines or b"\r" in data.replace(b"\r\n", b"") or b"\0" in data:
        raise Misfit("the file is no list of words, one a line", found=shown(name))
    if unique:
        _refuse_repeats(lines, name)
    return tuple(lines)


def _refuse_repeats(lines: list[bytes], name: str) -> None:
    first: dict[bytes, int] = {}
    for number, line in enumerate(lines, 1):
        if line in first:
            raise Misfit(
                f"the word {shown(line.decode(), 60)!r} is there twice",
                found=f"lines {first[line]} and {number} of {shown(name)}",
                expected="each word once",
            )
        first[line] = number
