"""Engines rebuild a model from a config or a recipe; one file each, the same verbs in each."""

from __future__ import annotations

from types import ModuleType

from tfmigrate.lazy import load

# engine -> its module; each Keras has from_config(), assemble(), built(), graphs have build()
ENGINES = {
    "keras2": "tfmigrate.engines.keras2",
    "keras3": "tfmigrate.engines.keras3",
    "graph": "tfmigrate.engines.graph",
}


def get_engine(name: str) -> ModuleType:
    """The module of the engine ``name``; importing it imports its Keras."""
    module: ModuleType = load(ENGINES[name])
    return module
