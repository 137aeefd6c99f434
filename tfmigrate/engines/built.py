"""What an engine hands over: a model that can be called, its variables by readable name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tfmigrate.tensors import Hint, Signature, VariableInfo


@dataclass(frozen=True)
class Function:
    """One thing that a model computes; those of one model share its variables.

    Attributes:
        call: From ``{input: tensor}`` to ``{output: tensor}``, in inference mode.
        signature: Its key, inputs and outputs.
        hints: As in :class:`Built`.
    """

    call: Callable[[dict[str, Any]], dict[str, Any]]
    signature: Signature
    hints: Callable[[], Mapping[str, Hint]] = dict


@dataclass(frozen=True)
class Built:
    """A rebuilt model.

    Attributes:
        call: From ``{input: tensor}`` to ``{output: tensor}``, in inference mode.
        signature: Its inputs and outputs under the names the old Keras would have served.
        infos: Its variables, without values.
        variables: The same variables by name, as TensorFlow's objects.
        hints: What is known of the values each input takes; to be called once every variable has
            its value.
        resources: Tables and other stateful objects that an export has to track.
        reduced: The 16-bit type that layers compute in, "" where all compute in 32 bits or more.
        eager: Whether the model answers rightly outside a graph too.
        restored: To be called once every variable has its value.
        model: The Keras model behind ``call``; None for a graph.
        others: What it computes besides, by the keys of their signatures.
    """

    call: Callable[[dict[str, Any]], dict[str, Any]]
    signature: Signature
    infos: tuple[VariableInfo, ...]
    variables: Mapping[str, Any]
    hints: Callable[[], Mapping[str, Hint]] = dict
    resources: tuple[Any, ...] = ()
    reduced: str = ""
    eager: bool = True
    restored: Callable[[], None] = lambda: None
    model: Any = None
    others: tuple[Function, ...] = ()


@dataclass(frozen=True)
class Owned:
    """A variable and the layers it hangs under, the outermost first."""

    owners: tuple[str, ...]
    leaf: str
    variable: Any
    keys: tuple[str, ...] = ()
    position: int = -1


def name_variables(
    owned: Iterable[Owned],
) -> tuple[tuple[VariableInfo, ...], dict[str, Any]]:
    """Readable names for variables: ``<layer path>/<leaf>``, numbered where two would collide."""
    infos: list[VariableInfo] = []
    variables: dict[str, Any] = {}
    for item in owned:
        base = "/".join([*item.owners, item.leaf])
        name, number = base, 0
        while name in variables:
            number += 1
            name = f"{base}_{number}"
        variables[name] = item.variable
        shape = tuple(-1 if d is None else int(d) for d in item.variable.shape)
        dtype = _dtype(item.variable)
        infos.append(
            VariableInfo(name, shape, dtype, item.owners, item.leaf, item.keys, item.position)
        )
    return tuple(infos), variables


def _dtype(variable: Any) -> str:
    dtype = variable.dtype
    return dtype if isinstance(dtype, str) else str(dtype.name)
