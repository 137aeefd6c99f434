"""What every layer of a model answers while the model runs once, outside a graph."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tfmigrate.engines.refusals import refusals
from tfmigrate.engines.walk import layers_of

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Tap:
    """One call of one layer.

    Attributes:
        name: The layer's path; ``PATH#2`` for its second call.
        layer: The layer.
        args: What it was called with, tensors as they were.
        kwargs: The same by name.
        inputs: The calls, or the model's inputs, that made those tensors.
        values: What it answered.
    """

    name: str
    layer: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    inputs: tuple[str, ...]
    values: tuple[Array, ...]


@dataclass
class _Recorder:
    made: dict[int, str]  # who made the tensor of that id
    found: list[Tap] = field(default_factory=list)
    held: list[Any] = field(default_factory=list)  # an id is only good while its tensor lives

    def watching(self, path: str, layer: Any) -> Callable[..., Any]:
        call, numbers = layer.call, itertools.count(1)

        def recorded(*args: Any, **kwargs: Any) -> Any:
            answer = call(*args, **kwargs)
            number = next(numbers)
            name = path if number == 1 else f"{path}#{number}"
            self._record(name, layer, args, kwargs, answer)
            return answer

        return recorded

    def _record(self, name: str, layer: Any, args: Any, kwargs: Any, answer: Any) -> None:
        given, made = _tensors((args, kwargs)), _tensors(answer)
        feeding = tuple(dict.fromkeys(self.made[id(t)] for t in given if id(t) in self.made))
        self.held += [*given, *made]
        self.made |= {id(t): name for t in made}
        values = tuple(np.asarray(t.numpy()) for t in made)
        self.found.append(Tap(name, layer, args, kwargs, feeding, values))


@dataclass(frozen=True)
class Tapped:
    """One run of a model.

    Attributes:
        taps: Every call of a layer, in their order.
        answers: The model's outputs by name.
        ends: The call that made each output, where that is known.
        made: The call, or the model's input, that made the tensor of that id; good as long as the
            calls hold their tensors.
    """

    taps: tuple[Tap, ...]
    answers: dict[str, Array]
    ends: dict[str, str]
    made: Mapping[int, str]


def tapped(model: Any, run: Callable[[], Mapping[str, Any]], given: Mapping[str, Any]) -> Tapped:
    """Run a model once and listen to its layers.

    Args:
        model: A model of tf_keras or Keras 3.
        run: Calls it, outside a graph; gives its outputs by name.
        given: The tensors that go in, by the names of the inputs.

    Raises:
        NotSupported: It does not run like that.
    """
    recorder = _Recorder({id(t): name for name, t in given.items()}, held=list(given.values()))
    with contextlib.ExitStack() as stack:
        for path, layer in layers_of(model):
            stack.enter_context(answering(layer, recorder.watching(path, layer)))
        with refusals("Keras"):
            answers = run()
    ends = {n: recorder.made[id(t)] for n, t in answers.items() if id(t) in recorder.made}
    arrays = {n: np.asarray(t) for n, t in answers.items()}
    return Tapped(tuple(recorder.found), arrays, ends, recorder.made)


@contextlib.contextmanager
def answering(layer: Any, call: Callable[..., Any]) -> Iterator[None]:
    """Within it, the layer answers with another function than its own."""
    own = vars(layer).get("call")
    vars(layer)["call"] = call  # past Keras's own __setattr__, which would track it
    try:
        yield
    finally:
        if own is None:
            del vars(layer)["call"]
        else:
            vars(layer)["call"] = own


def _tensors(structure: Any) -> list[Any]:
    """The tensors outside a graph that stand in a structure."""
    import tensorflow as tf

    flat = tf.nest.flatten(structure)
    return [t for t in flat if isinstance(t, tf.Tensor) and hasattr(t, "numpy")]
