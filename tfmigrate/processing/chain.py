"""Steps in a row: from what callers send to what the model takes, or from its answers to theirs.

Images and texts differ in size until a step makes them equal (resize, crop, pad). From the step
that lets them differ up to that one, samples go one by one, inside a single ``tf.map_fn``.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tfmigrate.errors import Problem, RecipeProblem
from tfmigrate.processing import files, steps
from tfmigrate.processing.step import Array, Misfit, Step, as_bytes, said
from tfmigrate.recipe.step_table import VERSION
from tfmigrate.recipe.steps import StepMistakes, filled, read
from tfmigrate.tensors import TensorSpec

# Arguments that name a file: how large it may be, and whether a line may not repeat.
_FILES = {"vocabulary": (files.MAX_VOCABULARY, True), "labels": (files.MAX_LABELS, False)}


@dataclass(frozen=True)
class Link:
    """A step of a chain: its name, what it does, and its arguments with every default."""

    name: str
    step: Step
    args: Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """Links that run together; ``each`` where samples go one by one, and what comes out of it."""

    links: tuple[int, ...]
    each: bool
    spec: TensorSpec


@dataclass(frozen=True)
class Chain:
    """Steps that are ready to run.

    Attributes:
        links: The steps, in order.
        side: ``input`` or ``output``.
        path: Where they stand in the recipe.
    """

    links: tuple[Link, ...]
    side: str
    path: str = ""

    def spec(self, spec: TensorSpec) -> TensorSpec:
        """The type that comes out where one comes in.

        Raises:
            RecipeProblem: A step cannot take what the one before it gives.
        """
        parts = self._parts(spec)
        return parts[-1].spec if parts else spec

    def graph(self, tensor: Any) -> Any:
        """The steps on a tensor; tables are made first if :attr:`resources` did not yet.

        Raises:
            RecipeProblem: See :meth:`spec`.
        """
        import tensorflow as tf

        return tf.autograph.experimental.do_not_convert(self._graph)(tensor)

    def _graph(self, tensor: Any) -> Any:
        dims = tuple(tensor.shape.as_list())
        for part in self._parts(TensorSpec("tensor", dims, tensor.dtype.name)):
            run = functools.partial(self._run_graph, part)
            tensor = _one_by_one(run, tensor, part.spec) if part.each else run(tensor)
        return tensor

    def plain(self, array: Array) -> Array:
        """The steps on an array, without TensorFlow.

        Raises:
            RecipeProblem: See :meth:`spec`.
            Misfit: A value that the steps cannot take, such as an image smaller than the crop.
        """
        array = as_bytes(array) if array.dtype.kind in "OSU" else array
        name = "string" if array.dtype == object else array.dtype.name
        for part in self._parts(
            TensorSpec("array", (None, *array.shape[1:]) if array.ndim else (), name)
        ):
            if not part.each:
                array = self._run_plain(part, array)
                continue
            found = [self._run_plain(part, array[i : i + 1]) for i in range(len(array))]
            array = np.concatenate(found) if found else _empty(part.spec)
        return array

    def examples(self, rng: np.random.Generator, count: int, spec: TensorSpec) -> Array:
        """Raw values that callers might send: images to decode, texts, pixels, ids.

        Args:
            rng: Where chance comes from.
            count: The size of the batch.
            spec: The public type.
        """
        from tfmigrate.processing.examples import examples

        return examples(self, rng, count, spec)

    @functools.cached_property
    def tables(self) -> dict[int, Any]:
        """The table of each step that has one; made outside of any graph that is being traced."""
        import tensorflow as tf

        with tf.init_scope():
            return {i: k.step.hold(k.args) for i, k in enumerate(self.links) if k.step.hold}

    @property
    def resources(self) -> tuple[Any, ...]:
        """What a module must hold, so that saving it saves the tables and their assets."""
        return tuple(self.tables.values())

    @property
    def files(self) -> tuple[files.WordFile, ...]:
        """The files that were read, with their hashes."""
        found = [v for link in self.links for v in link.args.values()]
        return tuple(dict.fromkeys(v for v in found if isinstance(v, files.WordFile)))

    def as_json(self) -> dict[str, Any]:
        """The steps with every default filled in, and the version of their meaning."""
        return {"processing": VERSION, "steps": [{k.name: _plain_args(k)} for k in self.links]}

    def _parts(self, spec: TensorSpec) -> list[Part]:
        found: list[Part] = []
        each: list[int] = []
        for i, link in enumerate(self.links):
            before = spec
            spec = self._next(i, spec)
            if link.step.varies or each:
                each.append(i)
                if spec.shape[0] != before.shape[0]:
                    raise self._problem(i, Misfit("the batch must stay the first dimension"))
                if None not in spec.shape[1:]:
                    found.append(Part(tuple(each), True, spec))
                    each = []
            else:
                found.append(Part((i,), False, spec))
        if each:
            raise self._problem(each[-1], _uneven(spec))
        return found

    def _next(self, i: int, spec: TensorSpec) -> TensorSpec:
        try:
            return self.links[i].step.spec(spec, self.links[i].args)
        except Misfit as error:
            raise self._problem(i, error) from error

    def _problem(self, i: int, error: Misfit) -> RecipeProblem:
        return RecipeProblem(
            f"the steps do not fit the model's {self.side}",
            [_told(error, i, self.links[i].name, self.path)],
        )

    def _run_graph(self, part: Part, tensor: Any) -> Any:
        for i in part.links:
            link = self.links[i]
            tensor = link.step.graph(tensor, link.args, self.tables.get(i))
        return tensor

    def _run_plain(self, part: Part, array: Array) -> Array:
        for i in part.links:
            array = self.links[i].step.plain(array, self.links[i].args)
        return array


def prepare(declared: Sequence[Any], folder: Path, side: str, path: str = "") -> Chain:
    """The chain that a recipe declares; its files are read.

    Args:
        declared: The steps as plain data, in the short form or the long one.
        folder: The recipe's folder; files of the steps lie in it.
        side: ``input`` or ``output``.
        path: Where the steps stand in the recipe, for messages.

    Raises:
        RecipeProblem: A step has mistakes, or its file cannot be used; all of them are listed.
    """
    links: list[Link] = []
    problems: list[Problem] = []
    for i, value in enumerate(declared):
        try:
            name, given = read(value, side)
            links.append(Link(name, steps.step(name), _opened(filled(name, given), folder)))
        except StepMistakes as error:
            problems += _mistakes(error, i, path)
        except Misfit as error:
            problems.append(_told(error, i, name, path))
    if problems:
        raise RecipeProblem("the steps have mistakes", problems)
    return Chain(tuple(links), side, path)


def _opened(args: dict[str, Any], folder: Path) -> dict[str, Any]:
    found = dict(args)
    for key, (limit, unique) in _FILES.items():
        if found.get(key) is not None:
            found[key] = files.read(found[key], folder, limit, unique)
    return found


def _mistakes(error: StepMistakes, i: int, path: str) -> Iterator[Problem]:
    for m in error.mistakes:
        place = ".".join([f"{path}[{i}]", *m.path])
        yield Problem(m.what, path=place, found=m.found, expected=m.expected, nearest=m.nearest)


def _told(error: Misfit, i: int, name: str, path: str) -> Problem:
    return Problem(
        f"step {i + 1}, {name}: {error}", path=f"{path}[{i}].{name}", found=error.found,
        expected=error.expected, help=error.help,
    )  # fmt: skip


def _uneven(spec: TensorSpec) -> Misfit:
    return Misfit(
        "samples of different sizes make no batch",
        found=f"the shape {said(spec.shape)} at the end of the steps",
        expected="a step that gives them one size: resize, crop, pad_image, or pad for ids",
    )


def _one_by_one(run: Any, tensor: Any, spec: TensorSpec) -> Any:
    import tensorflow as tf

    given = tf.TensorSpec(spec.shape[1:], spec.dtype)
    return tf.map_fn(lambda one: run(one[tf.newaxis])[0], tensor, fn_output_signature=given)


def _empty(spec: TensorSpec) -> Array:
    shape = [0 if d is None else d for d in replace(spec, shape=(0, *spec.shape[1:])).shape]
    return np.empty(shape, object if spec.dtype == "string" else spec.dtype)


def _plain_args(link: Link) -> dict[str, Any]:
    return {
        key: value.as_json() if isinstance(value, files.WordFile) else value
        for key, value in link.args.items()
        if value is not None
    }
