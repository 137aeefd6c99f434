"""The signature that a recipe asks for, over the one that the model has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tfmigrate.errors import NotProved, Problem, shown
from tfmigrate.tensors import Shape, Signature, TensorSpec

Call = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Asked:
    """What a recipe's signature says.

    Attributes:
        shapes: Shapes of inputs, where they are narrower than the model's.
        dtypes: What callers send, where it is not what the model takes; cast on the way in.
        outputs: Public name to the model's output; all of them where empty.
    """

    shapes: dict[str, Shape] = field(default_factory=dict)
    dtypes: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)


def narrowed(signature: Signature, call: Call, asked: Asked) -> tuple[Signature, Call]:
    """The signature and the call that serve what was asked.

    Raises:
        NotProved: A shape does not fit the model's, or an output is none of the model's.
    """
    problems = [*_shape_problems(signature, asked), *_output_problems(signature, asked)]
    if problems:
        raise NotProved("the recipe's signature does not fit the model", problems)
    inputs = tuple(
        replace(s, shape=asked.shapes.get(s.name, s.shape), dtype=asked.dtypes.get(s.name, s.dtype))
        for s in signature.inputs
    )
    chosen = asked.outputs or {s.name: s.name for s in signature.outputs}
    known = {s.name: s for s in signature.outputs}
    outputs = tuple(replace(known[ref], name=public) for public, ref in chosen.items())
    takes = {s.name: s.dtype for s in signature.inputs if s.name in asked.dtypes}

    def serve(values: dict[str, Any]) -> dict[str, Any]:
        found = call({n: _cast(v, takes.get(n)) for n, v in values.items()})
        return {public: found[ref] for public, ref in chosen.items()}

    return Signature(signature.key, inputs, outputs), serve


def _cast(value: Any, dtype: str | None) -> Any:
    import tensorflow as tf

    return value if dtype is None else tf.cast(value, dtype)


def _shape_problems(signature: Signature, asked: Asked) -> list[Problem]:
    known = {s.name: s for s in signature.inputs}
    return [
        Problem(
            "the signature's shape is not one that the input takes",
            where=shown(name),
            found=str(shape),
            expected=str(known[name].shape) if name in known else "an input of the model",
        )
        for name, shape in asked.shapes.items()
        if name not in known or not _fits(shape, known[name])
    ]


def _fits(shape: Shape, spec: TensorSpec) -> bool:
    return len(shape) == len(spec.shape) and all(
        has is None or wants == has for wants, has in zip(shape, spec.shape, strict=True)
    )


def _output_problems(signature: Signature, asked: Asked) -> list[Problem]:
    names = [s.name for s in signature.outputs]
    return [
        Problem("the model has no such output", where=shown(ref), expected=", ".join(names))
        for ref in asked.outputs.values()
        if ref not in names
    ]


def asked_by(signature: Mapping[str, Any] | None) -> Asked:
    """What a recipe's signature (as plain JSON) asks for; nothing where there is none."""
    if signature is None:
        return Asked()
    inputs = signature["inputs"].items()
    return Asked(
        {n: tuple(i["shape"]) for n, i in inputs if i["shape"] is not None},
        {n: i["dtype"] for n, i in inputs if i["dtype"] is not None},
        dict(signature["outputs"]),
    )
