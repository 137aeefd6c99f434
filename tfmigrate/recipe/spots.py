"""Where the expressions of a recipe stand, so that a mistake in one names its line and column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tfmigrate.errors import Problem, RecipeProblem, nearest, shown
from tfmigrate.expressions import Expression, parse
from tfmigrate.recipe.parameters import fillings
from tfmigrate.recipe.reporter import Path, json_path


@dataclass(frozen=True)
class Spots:
    """The places of a recipe's expressions in its file; no part of what the recipe says.

    Attributes:
        file: The file, as the user named it.
        lines: The text of the file, line by line.
        texts: Where each value starts: line and column from 0, and how it is quoted.
        data: The recipe with ``$name`` still in it.
        values: The parameters.
        places: The line, from 1, of each key and value.
        origins: Where each entry of the expanded architecture stands.
        elsewhere: Places that another file gave.
    """

    file: str = field(default="", compare=False)
    lines: tuple[str, ...] = field(default=(), compare=False)
    texts: Mapping[Path, tuple[int, int, str]] = field(default_factory=dict, compare=False)
    data: Any = field(default=None, compare=False)
    values: Mapping[str, Any] = field(default_factory=dict, compare=False)
    places: Mapping[Path, int] = field(default_factory=dict, compare=False)
    origins: tuple[Path, ...] = field(default=(), compare=False)
    elsewhere: Mapping[Path, Spots] = field(default_factory=dict, compare=False)

    def origin(self, path: Path) -> Path:
        """Where an entry of the expanded architecture stands in the recipe."""
        if path[:2] == ("architecture", "layers") and len(path) > 2 and self.origins:
            return (*self.origins[int(path[2])], *path[3:])
        return path

    def problem(
        self,
        path: Path,
        what: str,
        offset: int | None = None,
        near: tuple[str, ...] = (),
        help: str = "",
    ) -> Problem:
        """A mistake in an expression.

        Args:
            path: The expression's place in the recipe.
            what: The sentence.
            offset: The character of the expression that it is about, parameters filled in; None
                where it is about the place as such.
            near: What was probably meant.
            help: What to do next.
        """
        path = self.origin(path)
        line, column = self.at(path, offset)
        where = json_path(path) + (f", column {column}" if column else "")
        return Problem(what, self.home(path).file, line, where, nearest=near, help=help)

    def home(self, path: Path) -> Spots:
        """The places of the file that gave this one."""
        prefixes = (path[:n] for n in range(len(path), 0, -1))
        return next((self.elsewhere[p] for p in prefixes if p in self.elsewhere), self)

    def at(self, path: Path, offset: int | None = None) -> tuple[int | None, int]:
        """Line and column, from 1, of a character of an expression; column 0 where unknown."""
        home = self.home(path)
        if home is not self:
            return home.at(path, offset)
        if offset is None or path not in self.texts:
            return self.places.get(path), 0
        line, column, style = self.texts[path]
        raw = self._raw(path)
        if "$" in raw and path[0] in ("blocks", "architecture"):
            return self.places.get(path), 0  # filled in with what held at one of its uses
        before = raw[: _raw_offset(raw, offset, self.values)]
        row, inside = before.count("\n"), len(before.rpartition("\n")[2])
        if style == "|":
            below = self.lines[line + 1 :]
            indent = next((len(t) - len(t.lstrip()) for t in below if t.strip()), 0)
            return line + 2 + row, indent + inside + 1
        quote = 1 if style in ("'", '"') else 0
        on_one_line = self.lines[line][column + quote :].startswith(raw)
        return line + 1, column + quote + inside + 1 if on_one_line else 0

    def _raw(self, path: Path) -> str:
        found = self.data
        for step in path:
            found = found[step]
        return str(found)


def _raw_offset(raw: str, offset: int, values: Mapping[str, Any]) -> int:
    """The place in a text of what stands at an offset once parameters are filled in."""
    shift = 0
    for start, end, filled in fillings(raw, values):
        if start + shift > offset:
            break
        if offset < start + shift + len(filled):
            return start
        shift += len(filled) - (end - start)
    return offset - shift


def read(
    spots: Spots, path: Path, text: str, names: Iterable[str] | None, known: str = "names"
) -> tuple[Expression | None, list[Problem]]:
    """An expression of the recipe, or None and what is wrong with it.

    Args:
        spots: Where the recipe's expressions stand.
        path: This one's place.
        text: Its text, parameters filled in.
        names: What it may use; None where only the model's file can tell.
        known: What these are called.
    """
    try:
        found = parse(text)
    except RecipeProblem as refused:
        return None, [_placed(spots, path, text, said) for said in refused.problems]
    if names is None:
        return found, []
    return found, list(unknown(spots, path, text, found, tuple(names)))


def _placed(spots: Spots, path: Path, text: str, said: Problem) -> Problem:
    """What the parser says of a text, at its place in the file."""
    offset = _offset(text, said.line or 1, int(said.path.rpartition(" ")[2]))
    return spots.problem(path, said.what.partition("; did you mean")[0], offset, said.nearest)


def unknown(
    spots: Spots, path: Path, text: str, found: Expression, names: tuple[str, ...]
) -> Iterator[Problem]:
    """A problem for each name that an expression uses and that nothing gives."""
    for name in found.names:
        if name in names:
            continue
        place = re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text)
        near = nearest(name, names)
        what = f"nothing here is called {shown(name, 60)}"
        help = "" if near else f"it may use {', '.join(dict.fromkeys(names)) or 'no name'}"
        yield spots.problem(path, what, place.start() if place else 0, near, help)


def _offset(text: str, line: int, column: int) -> int:
    """A place in a text that the parser counts by lines, from its first character that is none."""
    skipped = len(text) - len(text.lstrip())
    lines = text.strip().splitlines(keepends=True)
    return skipped + sum(map(len, lines[: line - 1])) + column - 1
