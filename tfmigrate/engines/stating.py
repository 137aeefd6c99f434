"""Recurrent layers whose state callers send and get back: a server keeps none between requests."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tfmigrate.engines.built import Built, Function
from tfmigrate.engines.functional import traced
from tfmigrate.engines.taps import answering
from tfmigrate.engines.walk import layers_of
from tfmigrate.errors import NotSupported, Problem, nearest, shown
from tfmigrate.tensors import Hint, TensorSpec

# The key of the function that takes states; no signature of a model has it.
KEY = "with state"
# What the states of a layer are called, by how many it has: LSTM has two.
_NAMES = {1: ("h",), 2: ("h", "c")}


@dataclass(frozen=True)
class _States:
    """The states of one layer, by the names of their inputs and outputs."""

    layer: Any
    specs: tuple[TensorSpec, ...]


def stateful(built: Built, names: Sequence[str]) -> Function:
    """The model as a function that takes and gives the states of some layers.

    Each state is an input and an output of the same name, ``LAYER_h`` and, of an LSTM, ``LAYER_c``,
    ``[batch, units]``.

    Args:
        built: The model.
        names: The layers by their paths.

    Raises:
        NotSupported: One is no recurrent layer whose states could be sent.
    """
    there = dict(layers_of(built.model)) if built.model is not None else {}
    problems = [
        Problem(
            "there is no such layer whose states could be sent: those inside Bidirectional and RNN"
            " have none of their own",
            where=shown(n),
            nearest=nearest(n, there),
        )
        for n in names
        if n not in there
    ]
    if problems or not names:
        raise NotSupported("there is no state to be sent", problems)
    states = [_states(name, there[name]) for name in names]
    call = _sending(built.call, states)
    specs = tuple(spec for one in states for spec in one.specs)
    own = built.signature
    signature = replace(own, key=KEY, inputs=own.inputs + specs, outputs=own.outputs + specs)
    return Function(call, traced(signature, call), lambda: _hints(built, specs))


def _hints(built: Built, specs: Sequence[TensorSpec]) -> Mapping[str, Hint]:
    return {**built.hints(), **{spec.name: Hint(-1.0, 1.0) for spec in specs}}


def _states(name: str, layer: Any) -> _States:
    sizes = getattr(getattr(layer, "cell", None), "state_size", None)
    sizes = [sizes] if isinstance(sizes, int) else list(sizes) if sizes is not None else []
    if len(sizes) not in _NAMES or not all(isinstance(size, int) for size in sizes):
        raise NotSupported(
            "the states of this layer cannot be sent: it is no LSTM, GRU or SimpleRNN",
            where=shown(name),
        )
    named = zip(_NAMES[len(sizes)], sizes, strict=True)
    dtype = str(layer.compute_dtype)
    plain = name.replace("/", "_")  # an input cannot have a slash, and both ends have one name
    return _States(layer, tuple(TensorSpec(f"{plain}_{n}", (None, s), dtype) for n, s in named))


def _sending(
    call: Callable[[dict[str, Any]], dict[str, Any]], states: Sequence[_States]
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    names = {spec.name for one in states for spec in one.specs}

    def run(values: dict[str, Any]) -> dict[str, Any]:
        left: dict[str, Any] = {}
        with contextlib.ExitStack() as stack:
            for one in states:
                stack.enter_context(_given(one, values, left))
            found = call({n: v for n, v in values.items() if n not in names})
        missing = names - left.keys()
        if missing:
            raise NotSupported("the model does not call this layer", where=shown(min(missing)))
        return {**found, **left}

    return run


@contextlib.contextmanager
def _given(one: _States, values: Mapping[str, Any], left: dict[str, Any]) -> Iterator[None]:
    """Within it, the layer starts from states that are given, and leaves its last ones."""
    own, layer = one.layer.call, one.layer

    def started(*args: Any, **kwargs: Any) -> Any:
        if one.specs[0].name in left or kwargs.get("initial_state") is not None:
            raise NotSupported(
                "the layer is called twice, or starts from states of the model's own",
                where=shown(layer.name),
            )
        kwargs["initial_state"] = [values[spec.name] for spec in one.specs]
        layer.return_state, before = True, layer.return_state
        try:
            answer = list(own(*args, **kwargs))
        finally:
            layer.return_state = before
        left.update(zip([s.name for s in one.specs], answer[1:], strict=True))
        return answer if before else answer[0]

    with answering(layer, started):
        yield
