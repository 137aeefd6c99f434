"""Served signatures: what callers send becomes the model's inputs, its answers what they get.

A view is worked out twice from the same plain data: by the judge with NumPy, which tells what the
export should answer, and by the worker with TensorFlow, which exports it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from tfmigrate.errors import NotProved, Problem, RecipeProblem, nearest, shown
from tfmigrate.export import casts, methods
from tfmigrate.lazy import load
from tfmigrate.processing import Chain, prepare
from tfmigrate.tensors import Shape, Signature, TensorSpec

Call = Callable[[dict[str, Any]], dict[str, Any]]
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Link:
    """A tensor on one side that becomes one on the other.

    Attributes:
        source: What is taken.
        chain: What happens to it; None where nothing does.
        dtype: The type it is given at the end.
    """

    source: str
    chain: Chain | None
    dtype: str

    def plain(self, array: Array) -> Array:
        """With NumPy."""
        found = self.chain.plain(array) if self.chain else array
        return (
            found
            if self.dtype == "string"
            else found.astype(casts.numpy_type(self.dtype), copy=False)
        )

    def graph(self, tensor: Any) -> Any:
        """With TensorFlow, inside the function that is exported."""
        found = self.chain.graph(tensor) if self.chain else tensor
        return found if found.dtype.name == self.dtype else load("tensorflow").cast(
            found, self.dtype
        )  # fmt: skip


@dataclass(frozen=True)
class View:
    """A signature over a function of the model.

    Attributes:
        function: The key of that function.
        signature: What is served, under its public names.
        inputs: What becomes each of the function's inputs.
        outputs: What each public output is made of.
    """

    function: str
    signature: Signature
    inputs: Mapping[str, Link] = field(default_factory=dict)
    outputs: Mapping[str, Link] = field(default_factory=dict)

    def given(self, sent: Mapping[str, Array]) -> dict[str, Array]:
        """What the function gets where callers send this."""
        return {name: link.plain(sent[link.source]) for name, link in self.inputs.items()}

    def expected(self, answered: Mapping[str, Array]) -> dict[str, Array]:
        """What callers get where the function answers this; what it does not answer is left out."""
        return {
            name: link.plain(answered[link.source])
            for name, link in self.outputs.items()
            if link.source in answered
        }

    def inner(self, seen: Mapping[str, Array]) -> dict[str, Array]:
        """What the function answers where callers get this; nothing where steps lie between."""
        if any(link.chain for link in self.outputs.values()):
            return {}
        return {link.source: seen[n] for n, link in self.outputs.items() if n in seen}

    def served(self, call: Call) -> Call:
        """The function as callers see it."""

        def serve(sent: dict[str, Any]) -> dict[str, Any]:
            found = call({n: link.graph(sent[link.source]) for n, link in self.inputs.items()})
            return {n: link.graph(found[link.source]) for n, link in self.outputs.items()}

        return serve

    def doubts(self) -> list[str]:
        """What callers lose by the types that they send."""
        sent = {s.name: s.dtype for s in self.signature.inputs}
        found = []
        for name, link in self.inputs.items():
            lost = "" if link.chain else casts.lost(sent[link.source], link.dtype)
            if lost:
                found.append(
                    f"{shown(self.signature.key)}: {shown(link.source)} is sent as"
                    f" {sent[link.source]} and the model's {shown(name)} is {link.dtype}: {lost}"
                )
        return found

    def steps(self) -> dict[str, Any]:
        """What happens to inputs and outputs, as JSON."""
        sides = {"inputs": self.inputs, "outputs": self.outputs}
        return {
            side: {
                n: {"from": link.source, **link.chain.as_json()}
                for n, link in links.items()
                if link.chain
            }
            for side, links in sides.items()
        }

    @property
    def chains(self) -> tuple[Chain, ...]:
        """Everything that happens to a tensor on the way."""
        links = (*self.inputs.values(), *self.outputs.values())
        return tuple(link.chain for link in links if link.chain)


def identity(function: Signature, outputs: Sequence[str] | None = None) -> dict[str, Any]:
    """The plain form of a signature that is the function itself.

    Args:
        function: The function.
        outputs: Which of its outputs; all where not given.
    """
    names = [s.name for s in function.outputs] if outputs is None else outputs
    return {
        "key": function.key,
        "function": function.key,
        "method": function.method,
        "kept": True,
        "inputs": {},
        "outputs": {n: {"from": n, "steps": []} for n in names},
    }


def view(plain: Mapping[str, Any], function: Signature, folder: Path) -> View:
    """A signature as a recipe writes it, over a function.

    Args:
        plain: ``key``, ``function``, ``method``, ``inputs`` (``{name: {shape, dtype, to, steps}}``)
            and ``outputs`` (``{name: {from, steps}}``).
        function: The function's own signature.
        folder: Where the files of its steps are, beside the recipe.

    Raises:
        NotProved: It does not fit the function; all problems at once.
    """
    making = _Making(plain, function, folder)
    inputs, outputs = making.inputs(), making.outputs()
    making.finish()
    signature = Signature(plain["key"], tuple(making.sent), tuple(making.answered), plain["method"])
    # What the source served under a method was served so, whatever the method asks for.
    kept = plain.get("kept", False)
    if problems := [] if kept else methods.problems(signature):
        raise NotProved(f"the signature {shown(plain['key'])} is none that can be served", problems)
    return View(function.key, signature, inputs, outputs)


class _Making:
    def __init__(self, plain: Mapping[str, Any], function: Signature, folder: Path) -> None:
        self.plain, self.function, self.folder = plain, function, folder
        self.takes = {s.name: s for s in function.inputs}
        self.gives = {s.name: s for s in function.outputs}
        self.problems: list[Problem] = []
        self.sent: list[TensorSpec] = []
        self.answered: list[TensorSpec] = []

    def finish(self) -> None:
        if self.problems:
            key = shown(self.plain["key"])
            raise NotProved(f"the recipe's signature {key} does not fit the model", self.problems)

    def inputs(self) -> dict[str, Link]:
        links: dict[str, Link] = {}
        for public, said in self.plain["inputs"].items():
            for target, steps in _targets(public, said):
                if self._taken(public, target, links):
                    links[target] = self._input(public, said, target, steps)
        for name in self.takes:
            if name not in links:  # sent as it is
                links[name] = self._input(name, {}, name, [])
        return {n: links[n] for n in self.takes}

    def _taken(self, public: str, target: str, links: Mapping[str, Link]) -> bool:
        where = f"input {shown(public)}"
        if target not in self.takes:
            near, known = nearest(target, self.takes), ", ".join(map(shown, self.takes))
            what = f"the model has no input {shown(target)}"
            self.problems.append(Problem(what, where, expected=known, nearest=near))
        elif target in links:
            what = f"the model's input {shown(target)} is made of something else already"
            self.problems.append(Problem(what, where))
        return target in self.takes and target not in links

    def _input(self, public: str, said: Mapping[str, Any], target: str, steps: Any) -> Link:
        wanted = self.takes[target]
        every = [*said.get("steps", ()), *steps]
        chain = prepare(every, self.folder, "input") if every else None
        sent = TensorSpec(public, *_sent(said, wanted, every))
        known = next((s for s in self.sent if s.name == public), None)
        if known is None:
            self.sent.append(sent)
        self._fits(f"input {shown(public)}", chain, known or sent, wanted)
        return Link(public, chain, wanted.dtype)

    def _fits(self, where: str, chain: Chain | None, sent: TensorSpec, wanted: TensorSpec) -> None:
        made = self._made(where, chain, sent)
        if made is None:
            return
        if not casts.carried(made.dtype, wanted.dtype):
            what = f"{made.dtype} cannot become the {wanted.dtype} that the model takes"
            self.problems.append(Problem(what, where))
        if not _is_shape(made.shape, wanted.shape):
            self.problems.append(
                Problem(
                    "the signature's shape is not one that the input takes",
                    where,
                    found=_text(made.shape),
                    expected=_text(wanted.shape),
                )
            )

    def _made(self, where: str, chain: Chain | None, spec: TensorSpec) -> TensorSpec | None:
        """What comes out of some steps; None, and problems, where they do not take it."""
        try:
            return chain.spec(spec) if chain else spec
        except RecipeProblem as error:
            self.problems += [replace(p, where=p.where or where) for p in error.problems]
            return None

    def outputs(self) -> dict[str, Link]:
        links: dict[str, Link] = {}
        named = self.plain["outputs"] or {n: {"from": n, "steps": []} for n in self.gives}
        for public, said in named.items():
            where, source = f"output {shown(public)}", said["from"]
            if source not in self.gives:
                near, known = nearest(source, self.gives), ", ".join(map(shown, self.gives))
                what = f"the model has no output or layer {shown(source)}"
                self.problems.append(Problem(what, where, expected=known, nearest=near))
                continue
            chain = prepare(said["steps"], self.folder, "output") if said["steps"] else None
            made = self._made(where, chain, self.gives[source])
            if made is None:
                continue
            links[public] = Link(source, chain, made.dtype)
            self.answered.append(replace(made, name=public))
        return links


def _sent(said: Mapping[str, Any], wanted: TensorSpec, steps: Sequence[Any]) -> tuple[Shape, str]:
    """The shape and type that callers send: the model's own, or encoded images."""
    encoded = bool(steps) and "decode" in steps[0]
    usual = TensorSpec("", wanted.shape[:1], "string") if encoded else wanted
    shape, dtype = said.get("shape"), said.get("dtype")
    return (usual.shape if shape is None else tuple(shape)), dtype or usual.dtype


def _targets(public: str, said: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    to = said.get("to")
    if isinstance(to, Mapping):
        yield from to.items()
    else:
        yield to or public, []


def _is_shape(made: Shape, wanted: Shape) -> bool:
    return len(made) == len(wanted) and all(
        w is None or m == w for m, w in zip(made, wanted, strict=True)
    )


def _text(shape: Shape) -> str:
    return "[" + ", ".join("null" if d is None else str(d) for d in shape) + "]"
