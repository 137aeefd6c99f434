"""What the author's code is needed for, and what a worker that runs it has to be told."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from tfmigrate.engines.upgrades import layers
from tfmigrate.judge import of_recipe
from tfmigrate.results import Hazard
from tfmigrate.sources import config as configs
from tfmigrate.tensors import as_json
from tfmigrate.trusted.code import Code

if TYPE_CHECKING:
    from tfmigrate.judge.architecture import Architecture

_FIRST = ("th", "channels_first")


def left(found: tuple[Hazard, ...], trusted: bool) -> tuple[Hazard, ...]:
    """The hazards that remain when the author's code defines what it has to."""
    return tuple(h for h in found if not (trusted and h.needs))


def calling(config: dict[str, Any], found: tuple[Hazard, ...]) -> dict[str, Any]:
    """A copy of a config whose Lambdas that could not be lifted call the author's functions."""
    wanted = {h.where: h.needs for h in found if h.code == "lambda" and h.exit_code and h.needs}
    result = copy.deepcopy(config)
    for layer in configs.layers(result):
        name = wanted.get(layer.path)
        if name is None or configs.named_function(layer.config):
            continue
        if "function_type" in layer.config:
            layer.config.update(function=name, function_type="function")
        else:  # as Keras 3 names a function that was registered
            layer.config["function"] = {
                "class_name": "function", "module": "builtins", "config": name,
                "registered_name": name,
            }  # fmt: skip
    return result


def reliant(architecture: Architecture, found: tuple[Hazard, ...]) -> Architecture:
    """The architecture of a model that relies on the author's code."""
    wanted = {h.needs: h for h in reversed(found) if h.needs}
    return replace(
        architecture,
        config=_without_code(architecture.config),
        needs=tuple(reversed(wanted.values())),
    )


def order(files: Sequence[Code], architecture: Architecture) -> dict[str, Any] | None:
    """What the rebuilder is told of the author's code, as JSON; None where there is none.

    Raises:
        UsageProblem: It does not go with a recipe's own architecture.
    """
    if architecture.stored is None:
        of_recipe.refuse_untrusted(architecture.config, files)
    if not files:
        return None
    stored = architecture.stored or {}
    return {
        "files": [asdict(file) for file in files],
        "writer": as_json(architecture.writer),
        "needs": [{"name": h.needs, "where": h.where} for h in architecture.needs],
        "names": sorted(set(_names(stored))) if stored else [],
        "channels_first": any(v in _FIRST for v in _orders(stored)) if stored else False,
    }


def _without_code(config: dict[str, Any]) -> dict[str, Any]:
    """A copy of a config whose Lambda layers name a function and hold no code beside it.

    What they say of their output's shape and of masks is not needed, and may be bytecode.
    """
    found = copy.deepcopy(config)
    for layer in layers(found):
        given = layer["config"]
        if layer["class_name"] == "Lambda" and configs.named_function(given):
            for key in ("output_shape", "mask"):
                given |= {key: None, f"{key}_type": "raw"} if "function_type" in given else {}
                given.pop(f"{key}_module", None)
            given.pop("module", None)
    return found


def _names(config: dict[str, Any]) -> Iterator[str]:
    """Every name that a config uses for a class, an activation or a function."""
    for layer in configs.layers(config):
        yield layer.class_name
        for value in layer.values:
            if isinstance(value.value, str) and "activation" in value.key:
                yield value.value
            elif configs.is_object(value.value):
                is_function = value.value["class_name"] == "function"
                yield str(value.value.get("config") if is_function else value.value["class_name"])


def _orders(config: dict[str, Any]) -> Iterator[Any]:
    for layer in configs.layers(config):
        for value in layer.values:
            if value.key in ("data_format", "dim_ordering"):
                yield value.value
