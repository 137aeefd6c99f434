"""Collects every mistake of a recipe, each with its line and path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tfmigrate.errors import Problem, RecipeProblem, shown

Path = tuple[str | int, ...]

_PLAIN_KEY = re.compile(r"[A-Za-z_][\w-]*")


def json_path(path: Path) -> str:
    """A place in a document as ``$.architecture.layers[3].with``."""
    text = "$"
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            text += f".{step}"
        else:
            text += f'["{shown(step, 60)}"]'
    return text


class Reporter:
    """Every problem of one recipe file; raised together.

    Args:
        file: The file, as the user named it.
        lines: The line of each place in it.
        broken: Places that could not be read; nothing more is said about them.

    Attributes:
        problems: What was noted so far.
        origins: Where each entry of the expanded architecture stands in the recipe.
        elsewhere: Places that another file gave: that file, and the lines in it.
    """

    def __init__(
        self,
        file: str,
        lines: Mapping[Path, int] | None = None,
        broken: Iterable[Path] = (),
    ) -> None:
        self.file = file
        self.lines = lines or {}
        self.broken = frozenset(broken)
        self.problems: list[Problem] = []
        self.origins: tuple[Path, ...] = ()
        self.elsewhere: dict[Path, tuple[str, Mapping[Path, int]]] = {}

    def origin(self, path: Path) -> Path:
        """Where an entry of the expanded architecture stands in the recipe."""
        if path[:2] == ("architecture", "layers") and len(path) > 2 and self.origins:
            return (*self.origins[int(path[2])], *path[3:])
        return path

    def spot(self, path: Path) -> tuple[str, int | None]:
        """The file and the line of a place."""
        path = self.origin(path)
        file, lines = self.file, self.lines
        for n in range(len(path), 0, -1):
            if path[:n] in self.elsewhere:
                file, lines = self.elsewhere[path[:n]]
                break
        while path not in lines and path:
            path = path[:-1]
        return file, lines.get(path)

    def add(
        self,
        path: Path,
        what: str,
        *,
        found: str = "",
        expected: str = "",
        nearest: tuple[str, ...] = (),
        help: str = "",
    ) -> None:
        """Note a problem, unless its place is one that could not be read at all."""
        if any(path[:n] in self.broken for n in range(len(path) + 1)):
            return
        (file, line), place = self.spot(path), json_path(self.origin(path))
        problem = Problem(what, file, line, place, found, expected, nearest, help)
        if problem not in self.problems:  # a block says it once, however often it is used
            self.problems.append(problem)

    def finish(self) -> None:
        """Raise what was noted, in the order of the file.

        Raises:
            RecipeProblem: There was a problem.
        """
        if self.problems:
            ordered = sorted(self.problems, key=lambda p: p.line or 0)
            count = "a mistake" if len(ordered) == 1 else f"{len(ordered)} mistakes"
            raise RecipeProblem(f"the recipe has {count}", ordered, where=self.file)
