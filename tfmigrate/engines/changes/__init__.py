"""Known faults of migrations, as data: each is made in one layer of a rebuilt model, and undone.

A diagnosis makes them to find out which of them was made before; a proof of detection power makes
them to find out whether anybody notices.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfmigrate.engines.built import Built
from tfmigrate.engines.changes.applying import changed
from tfmigrate.engines.changes.base import CannotChange, Change, ChangesNothing, View
from tfmigrate.engines.changes.views import views
from tfmigrate.lazy import load

__all__ = ["FAMILIES", "CannotChange", "Change", "ChangesNothing", "View", "changed", "proposals"]

# Where each family's proposals are; the ones that explain most come first.
FAMILIES = {
    name: f"{__name__}.{name}:propose"
    for name in (
        "kernels", "gates", "biases", "normalization", "recurrent", "padding", "channels",
        "embeddings", "activations", "twins",
    )
}  # fmt: skip


def proposals(built: Built, layer: Any = None) -> Iterator[Change]:
    """The known faults that a model can have, family by family.

    Args:
        built: A rebuilt model with its weights; of a graph only the weights are changed.
        layer: Only those of this layer; an object of the model's.
    """
    every = views(built)
    chosen = [view for view in every if layer is None or view.layer is layer]
    for target in FAMILIES.values():
        module, _, function = target.partition(":")
        propose = getattr(load(module), function)
        for view in chosen:
            yield from propose(view)
