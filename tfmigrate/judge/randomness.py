"""Layers that draw random numbers when they are served, because the author made them so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tfmigrate.engines.lambda_upgrades import expressions
from tfmigrate.engines.upgrades import layers
from tfmigrate.errors import NotProved
from tfmigrate.expressions import from_json
from tfmigrate.parity.probes import Probe

_NOISE = ("Dropout", "SpatialDropout", "GaussianNoise", "GaussianDropout", "AlphaDropout")


def drawing(config: dict[str, Any]) -> tuple[str, ...]:
    """The layers that draw: expressions with random ops, and noise called with training=True."""
    drawn = [x for x in expressions(config) if from_json(x["config"]["expression"]).random]
    noisy = [
        layer
        for layer in layers(config)
        if layer["class_name"].startswith(_NOISE) and True in _trainings(layer.get("inbound_nodes"))
    ]
    return tuple(str(layer["config"].get("name")) for layer in [*drawn, *noisy])


def _trainings(node: Any) -> Iterator[Any]:
    """Every ``training`` argument of a layer's calls, as Keras 2 and 3 store them."""
    if isinstance(node, dict):
        if "training" in node:
            yield node["training"]
        for value in node.values():
            yield from _trainings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _trainings(value)


def without(answers: Sequence[Probe], names: Sequence[str]) -> tuple[Probe, ...]:
    """The answers without the outputs that are random.

    Raises:
        NotProved: There would be none left to compare.
    """
    found = tuple({n: a for n, a in probe.items() if n not in names} for probe in answers)
    if any(not probe for probe in found):
        raise NotProved(
            "every output is random by design, so nothing can be compared",
            help="--no-verify exports it unverified; or serve another output of the model",
        )
    return found


def said(names: Sequence[str], layers_: Sequence[str]) -> str:
    """The sentence about outputs that were not compared."""
    return (
        f"not compared, random by design: {', '.join(names)} (drawn in {', '.join(layers_)});"
        " served, they change from request to request"
    )
