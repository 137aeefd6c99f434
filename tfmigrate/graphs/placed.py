"""What is asked of a graph whose calls were replaced, in terms of the nodes that it has now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tfmigrate.graphs.asked import Asked, of
from tfmigrate.graphs.nodes import Tensor, written


def placed(asked: Asked, places: Mapping[Tensor, Tensor]) -> Asked:
    """The same, each tensor where it is found now.

    Args:
        asked: What is asked of the graph as it was.
        places: Where the outputs of replaced calls are.
    """

    def now(text: str) -> str:
        found = of(text)
        return written(places[found]) if found in places else text

    return replace(
        asked,
        inputs={n: replace(i, tensor=now(i.tensor)) for n, i in asked.inputs.items()},
        outputs={n: now(text) for n, text in asked.outputs.items()},
        feeds=tuple(replace(f, tensor=now(f.tensor)) for f in asked.feeds),
    )
