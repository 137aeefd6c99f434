"""What layers answer as further outputs of a model: embeddings beside logits."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tfmigrate.engines.built import Built
from tfmigrate.engines.functional import traced
from tfmigrate.engines.taps import answering
from tfmigrate.engines.walk import layers_of
from tfmigrate.errors import NotSupported, shown
from tfmigrate.tensors import TensorSpec

Call = Callable[[dict[str, Any]], dict[str, Any]]


def tapped(built: Built, names: Sequence[str]) -> Built:
    """The model with what some layers answer among its outputs.

    Args:
        built: The model.
        names: Layers by their path, ``LAYER.1`` for the second of several outputs. Names that are
            no layer's are left to whoever asks for them.

    Raises:
        NotSupported: A layer is called several times, or inside a loop.
    """
    if built.model is None or not names:
        return built
    own = {s.name for s in built.signature.outputs}
    there = {path for path, _ in layers_of(built.model)}
    wanted = [n for n in names if n not in own and (n in there or _split(n)[0] in there)]
    if not wanted:
        return built
    call = listening(built.model, built.call, wanted)
    more = tuple(TensorSpec(n, (), "float32") for n in wanted)
    signature = replace(built.signature, outputs=(*built.signature.outputs, *more))
    known = traced(signature, call)
    outputs = (*built.signature.outputs, *known.outputs[len(own) :])
    return replace(built, call=call, signature=replace(signature, outputs=outputs))


def listening(model: Any, call: Call, names: Sequence[str]) -> Call:
    """A call of a model that also gives what some of its layers answer, by their paths."""
    paths = dict(layers_of(model))
    wanted = {name: (name, 0) if name in paths else _split(name) for name in names}

    def run(values: dict[str, Any]) -> dict[str, Any]:
        heard: dict[str, list[Any]] = {path: [] for path, _ in wanted.values()}
        with contextlib.ExitStack() as stack:
            for path, answers in heard.items():
                layer = paths[path]
                stack.enter_context(answering(layer, _recorded(layer.call, answers)))
            found = dict(call(values))
        for name, (path, number) in wanted.items():
            found[name] = _one(name, heard[path], number)
        return found

    return run


def _recorded(call: Any, answers: list[Any]) -> Any:
    def recorded(*args: Any, **kwargs: Any) -> Any:
        answer = call(*args, **kwargs)
        answers.append(answer)
        return answer

    return recorded


def _one(name: str, answers: list[Any], number: int) -> Any:
    import tensorflow as tf

    if len(answers) != 1:
        raise NotSupported(
            f"the layer is called {len(answers)} times, so what it answers is no single tensor",
            where=shown(name),
            help="name a layer that is called once, the one behind it for example",
        )
    tensors = tf.nest.flatten(answers[0])
    if number >= len(tensors):
        raise NotSupported(f"the layer has {len(tensors)} outputs", where=shown(name))
    tensor = tensors[number]
    if not tf.executing_eagerly() and tensor.graph is not tf.compat.v1.get_default_graph():
        raise NotSupported(
            "the layer runs inside a loop, step by step", where=shown(name),
            help="name the layer that holds it",
        )  # fmt: skip
    return tensor


def _split(name: str) -> tuple[str, int]:
    path, _, number = name.rpartition(".")
    return (path, int(number)) if number.isdigit() else (name, 0)
