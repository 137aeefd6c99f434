"""What a recipe says about the tensors of a graph, checked against the graph; all at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tfmigrate.errors import Problem, RecipeProblem, nearest, shown
from tfmigrate.graphs import stated
from tfmigrate.graphs.allowed import PLACEHOLDERS
from tfmigrate.graphs.asked import Asked, Feed, GraphInput
from tfmigrate.graphs.nodes import Tensor, tensor
from tfmigrate.judge.graph_files import GraphFile
from tfmigrate.recipe.reporter import Path
from tfmigrate.sources.protos import DTYPES
from tfmigrate.tensors import Shape

if TYPE_CHECKING:
    from tfmigrate.recipe import Recipe
    from tfmigrate.recipe.architecture import Input

_TYPES = {**DTYPES, **{n + 100: name for n, name in DTYPES.items()}}


class Names:
    """Reads what a recipe says of a graph; what is wrong is collected.

    Args:
        recipe: The recipe, for the places of its mistakes.
        file: The graph.
        path: Where in the recipe ``inputs``, ``outputs`` and ``feeds`` stand.
    """

    def __init__(self, recipe: Recipe, file: GraphFile, path: Path) -> None:
        self.recipe, self.file, self.path = recipe, file, path
        self.problems: list[Problem] = []

    def asked(
        self,
        inputs: Mapping[str, Input],
        outputs: Mapping[str, str],
        feeds: Mapping[str, Any],
        inference: bool = False,
    ) -> Asked:
        """What is asked of the graph.

        Raises:
            RecipeProblem: A tensor is not there, its type or shape is not stated or another.
        """
        ins = {n: self.input(n, spec) for n, spec in inputs.items()}
        for name, text in outputs.items():
            self.tensor((*self.path, "outputs", name), text)
        fed = [self.feed(text, value) for text, value in feeds.items()]
        seen: dict[Tensor | None, str] = {}
        for name, spec in inputs.items():
            found = tensor(spec.tensor or "")
            if found in seen:
                what = f"the tensor is the input {shown(seen[found], 60)} already"
                self.add((*self.path, "inputs", name), what)
            seen.setdefault(found, name)
        self.finish()
        return Asked(ins, dict(outputs), tuple(fed), inference)

    def finish(self) -> None:
        """Raise what was found wrong, in the order of the file.

        Raises:
            RecipeProblem: There was a problem.
        """
        if self.problems:
            ordered = sorted(self.problems, key=lambda p: p.line or 0)
            count = "a mistake" if len(ordered) == 1 else f"{len(ordered)} mistakes"
            raise RecipeProblem(f"the recipe has {count}", ordered, where=self.recipe.path)

    def add(self, path: Path, what: str, near: tuple[str, ...] = (), help: str = "") -> None:
        """Note a problem."""
        self.problems.append(self.recipe.spots.problem(path, what, None, near, help))

    def tensor(self, path: Path, text: str) -> Tensor | None:
        """The tensor that a text names; None, and a problem, where there is none."""
        found = tensor(text)
        if found is None:
            self.add(path, f"{shown(text, 60)} is no tensor's name", help='"NODE:0", for example')
            return None
        if found[0] not in self.file.graph.nodes:
            close = nearest(found[0], self.file.graph.nodes)
            near = tuple(f"{name}:{found[1]}" for name in close)
            self.add(path, f"the graph has no tensor {shown(text, 60)}", near)
            return None
        return found

    def input(self, name: str, spec: Input) -> GraphInput:
        """An input: its type and shape, from the graph or the recipe."""
        path: Path = (*self.path, "inputs", name)
        found = self.tensor(path, spec.tensor or "")
        if found is None:
            return GraphInput("", None, "")
        node = self.file.graph.nodes[found[0]]
        dtype = stated.dtype(node, found[1], _TYPES)
        shape = stated.shape(node, found[1], self.file.graph.nodes, self.file.producer)
        said = None if spec.shape is None else tuple(spec.shape)
        if not dtype and spec.dtype is None:
            self.add(path, "the graph does not state its type", help=_long(spec.tensor))
        if dtype and spec.dtype is not None and dtype != spec.dtype:
            what = f"the tensor is {dtype} in the graph, not {spec.dtype}"
            self.add((*path, "dtype"), what, help="`signatures` can cast what callers send")
        if shape is None and said is None:
            self.add(path, "the graph does not state its shape", help=_long(spec.tensor))
        cut = node.op not in PLACEHOLDERS
        if shape is not None and said is not None and not _fits(said, shape, cut):
            self.add((*path, "shape"), f"the tensor has the shape {_text(shape)} in the graph")
        return GraphInput(str(spec.tensor), shape if said is None else said, spec.dtype or dtype)

    def feed(self, text: str, value: Any) -> Feed:
        """A feed: its type from the graph, its value checked against it."""
        path: Path = (*self.path, "feeds", text)
        found = self.tensor(path, text)
        if found is None:
            return Feed(text, value, "")
        dtype = stated.dtype(self.file.graph.nodes[found[0]], found[1], _TYPES)
        dtype = dtype or _TYPE_OF.get(type(value), "")
        if not all(_is(v, dtype) for v in _leaves(value)):
            self.add(path, f"{shown(value, 60)} is no {dtype or 'value'}, which the tensor is")
        return Feed(text, value, dtype)


_TYPE_OF = {bool: "bool", int: "int32", float: "float32", str: "string"}


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]


def _is(value: Any, dtype: str) -> bool:
    if dtype == "bool" or isinstance(value, bool):
        return dtype == "bool" and isinstance(value, bool)
    if dtype.startswith(("int", "uint")):
        return isinstance(value, int)
    if "float" in dtype:
        return isinstance(value, int | float)
    return dtype == "string" and isinstance(value, str)


def _fits(said: Shape, shape: Shape, cut: bool) -> bool:
    """Whether what a recipe says is the graph's shape, or narrower.

    Where the graph is cut, the batch that its own pipeline made may become free.
    """
    start = 1 if cut and said[:1] == (None,) else 0
    return len(said) == len(shape) and all(
        has is None or wants == has for wants, has in zip(said[start:], shape[start:], strict=True)
    )


def _text(shape: Shape) -> str:
    return "[" + ", ".join("null" if d is None else str(d) for d in shape) + "]"


def _long(text: str | None) -> str:
    return f'write {{tensor: "{shown(text, 60)}", shape: [null, ...], dtype: ...}}'
