"""YAML into plain data with the line of every value; no tags, bombs, or surprises."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from tfmigrate.errors import Problem, shown
from tfmigrate.recipe.reporter import Path, json_path
from tfmigrate.recipe.yaml_scalars import core_scalar, keras_scalar

_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Dialect:
    """What a YAML text may hold.

    Attributes:
        scalar: Plain text to a value.
        max_depth: How deep it may nest.
        max_nodes: How many values it may hold, aliases expanded.
        aliases: Whether ``*name`` may repeat what ``&name`` marked.
        tags: The tags that are accepted, each with the kind of value it stands on.
        help: What to do about any other tag.
    """

    scalar: Callable[[str], Any]
    max_depth: int
    max_nodes: int
    aliases: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    help: str = ""


RECIPE = Dialect(core_scalar, max_depth=32, max_nodes=200_000)

# What to_yaml() of Keras 1.0 to 2.3 wrote: PyYAML's own types, anchors, and Python's tuples.
KERAS = Dialect(
    keras_scalar,
    max_depth=200,
    max_nodes=200_000,
    aliases=True,
    tags={
        f"{_TAG}python/tuple": "list",
        f"{_TAG}python/unicode": "text",
        f"{_TAG}python/str": "text",
        # Numbers of NumPy's, which numpy_scalars turns into plain ones.
        f"{_TAG}python/object/apply:numpy.core.multiarray.scalar": "list",
        f"{_TAG}python/object/apply:numpy.dtype": "mapping",
        f"{_TAG}binary": "text",
    },
    help="use the model.json that to_json() writes: it has no tags",
)


@dataclass(frozen=True)
class Document:
    """A YAML text as plain data.

    Attributes:
        data: Dicts, lists, texts, numbers, booleans and None.
        lines: The line of each place, counted from 1.
        problems: What is wrong with it as YAML.
        broken: Places whose value could not be read.
        whole: Whether it could be read to its end.
        texts: Where the text of each value starts: line and column from 0, and how it is quoted.
    """

    data: Any
    lines: dict[Path, int]
    problems: tuple[Problem, ...] = ()
    broken: frozenset[Path] = frozenset()
    whole: bool = True
    texts: Mapping[Path, tuple[int, int, str]] = field(default_factory=dict)


def parse(text: str, dialect: Dialect = RECIPE, file: str = "") -> Document:
    """Read one YAML document; mistakes come back as problems, all that can be found.

    YAML events are read one by one (no recursion), so depth and size are checked as they come.
    """
    builder = _Builder(dialect, file)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            builder.take(event)
    except _Stop:
        return builder.document(whole=False)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(p for p in (error.context, error.problem) if p)
        builder.problem(f"this is not YAML: {shown(said)}", mark.line + 1 if mark else None)
        return builder.document(whole=False)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        builder.problem("this is not YAML: it holds a control character", line)
        return builder.document(whole=False)
    return builder.document(whole=True)


class _Stop(Exception):
    """Reading on makes no sense."""


@dataclass
class _Frame:
    """An open mapping or list."""

    value: Any
    path: Path
    key: str | None = None
    skip: bool = False
    anchor: str | None = None
    started_at: int = 0
    height: int = 1


@dataclass(frozen=True)
class _Marked:
    """What an anchor marked: its value, how many values that is, and how deep it nests."""

    value: Any
    nodes: int
    height: int


class _Builder:
    def __init__(self, dialect: Dialect, file: str) -> None:
        self.dialect, self.file = dialect, file
        self.frames: list[_Frame] = []
        self.anchors: dict[str, _Marked] = {}
        self.lines: dict[Path, int] = {}
        self.texts: dict[Path, tuple[int, int, str]] = {}
        self.problems: list[Problem] = []
        self.broken: set[Path] = set()
        self.data: Any = None
        self.nodes = self.documents = 0

    def document(self, whole: bool) -> Document:
        found = (tuple(self.problems), frozenset(self.broken), whole, self.texts)
        return Document(self.data, self.lines, *found)

    def problem(self, what: str, line: int | None, path: Path = (), **more: Any) -> None:
        self.problems.append(Problem(what, self.file, line, json_path(path), **more))

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.problem("a second document starts here", line, help="keep one per file")
                raise _Stop
        elif isinstance(event, yaml.CollectionEndEvent):
            self.close()
        elif isinstance(event, yaml.NodeEvent):
            frame = self.frames[-1] if self.frames else None
            if frame and isinstance(frame.value, dict) and frame.key is None:
                self.take_key(frame, event, line)
            else:
                self.take_value(event, line)

    def take_key(self, frame: _Frame, event: Any, line: int) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            self.problem("a key must be plain text", line, frame.path)
            raise _Stop
        path = (*frame.path, event.value)
        self.check_tag(event, line, path)
        frame.key, frame.skip = event.value, event.value in frame.value
        if frame.skip:
            self.problem(
                f"the key {shown(event.value, 60)} is given twice",
                line,
                path,
                help=f"it stands in line {self.lines[path]} already",
            )
        self.lines.setdefault(path, line)

    def take_value(self, event: Any, line: int) -> None:
        path = self.next_path()
        self.lines.setdefault(path, line)
        self.count(1, line, path)
        if isinstance(event, yaml.AliasEvent):
            self.repeat(event, line, path)
            return
        self.check_tag(event, line, path)
        if isinstance(event, yaml.ScalarEvent):
            value = self.scalar(event, line, path)
            at = event.start_mark
            self.texts[path] = (line - 1, at.column if at else 0, event.style or "")
            if event.anchor:
                self.anchors[event.anchor] = _Marked(value, 1, 0)
            self.place(value)
            return
        self.check_depth(1, line, path)
        value = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.place(value)
        self.frames.append(_Frame(value, path, anchor=event.anchor, started_at=self.nodes))

    def scalar(self, event: Any, line: int, path: Path) -> Any:
        if event.tag is not None or event.style:
            return event.value
        try:
            return self.dialect.scalar(event.value)
        except ValueError as error:
            self.problem(str(error), line, path, found=shown(event.value, 60))
            self.broken.add(path)
            return None

    def repeat(self, event: Any, line: int, path: Path) -> None:
        """Place a copy of what an alias stands for."""
        if not self.dialect.aliases:
            self.problem(
                f"*{shown(event.anchor, 60)} repeats another place; recipes have no aliases",
                line,
                path,
                help="write the value out, or make it a parameter",
            )
            self.broken.add(path)
            self.place(None)
            return
        marked = self.anchors.get(event.anchor)
        if marked is None:
            self.problem(f"*{shown(event.anchor, 60)} stands for nothing before it", line, path)
            raise _Stop
        self.count(marked.nodes, line, path)
        self.check_depth(marked.height, line, path)
        self.place(copy.deepcopy(marked.value), marked.height)

    def check_depth(self, height: int, line: int, path: Path) -> None:
        if len(self.frames) + height > self.dialect.max_depth:
            self.problem(f"nested deeper than {self.dialect.max_depth} levels", line, path)
            raise _Stop

    def check_tag(self, event: Any, line: int, path: Path) -> None:
        kinds = {yaml.ScalarEvent: "text", yaml.SequenceStartEvent: "list"}
        if event.anchor and not self.dialect.aliases:
            self.problem("recipes have no anchors", line, path, found=f"&{shown(event.anchor, 60)}")
        if event.tag is None:
            return
        if self.dialect.tags.get(event.tag) != kinds.get(type(event), "mapping"):
            tag = event.tag.replace(_TAG, "!!")
            what = "a tag asks for a value that is not plain data"
            if not any(path[:n] in self.broken for n in range(len(path))):
                self.problem(what, line, path, found=shown(tag), help=self.dialect.help)
            self.broken.add(path)

    def count(self, nodes: int, line: int, path: Path) -> None:
        self.nodes += nodes
        if self.nodes > self.dialect.max_nodes:
            self.problem(f"more than {self.dialect.max_nodes:,} values", line, path)
            raise _Stop

    def next_path(self) -> Path:
        if not self.frames:
            return ()
        frame = self.frames[-1]
        return (*frame.path, len(frame.value) if frame.key is None else frame.key)

    def place(self, value: Any, height: int = 0) -> None:
        if not self.frames:
            self.data = value
            return
        frame = self.frames[-1]
        frame.height = max(frame.height, height + 1)
        if frame.key is None:
            frame.value.append(value)
        elif not frame.skip:
            frame.value[frame.key] = value
        frame.key, frame.skip = None, False

    def close(self) -> None:
        frame = self.frames.pop()
        if self.frames:
            self.frames[-1].height = max(self.frames[-1].height, frame.height + 1)
        if frame.anchor:
            nodes = self.nodes - frame.started_at + 1
            self.anchors[frame.anchor] = _Marked(frame.value, nodes, frame.height)
