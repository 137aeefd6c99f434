"""The layers that a recipe can name, and their arguments, without importing any Keras.

``layers.json`` is data, written once from tf_keras 2.21 and keras 3.15 by
``tests/recipe/make_layers.py``.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources

from tfmigrate.recipe import tf1_layers

# Arguments that every layer takes besides its own.
_COMMON = ("dtype", "trainable")

# Layers that run code, read files or stand for nothing to build.
REFUSED = {
    "Lambda": "a Lambda holds code",
    "TFSMLayer": "it loads another model from a path",
    "JaxLayer": "it holds code",
    "FlaxLayer": "it holds code",
    "TorchModuleWrapper": "it holds code",
    "InputLayer": "inputs stand under architecture.inputs",
    "Input": "inputs stand under architecture.inputs",
}


@dataclass(frozen=True)
class LayerArguments:
    """What a layer class can be given.

    Attributes:
        name: The class, aliases resolved (``MaxPool2D`` is ``MaxPooling2D``).
        required: Constructor arguments without a default.
        optional: The others.
        call: Arguments of its call; empty where they are not known.
    """

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    call: tuple[str, ...]

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every constructor argument."""
        return (*self.required, *self.optional, *_COMMON)


@functools.cache
def layers(engine: str) -> dict[str, LayerArguments]:
    """Every layer of an engine (``keras2``, ``keras3``) by name, aliases included."""
    text = resources.files("tfmigrate.recipe").joinpath("layers.json").read_text("utf-8")
    data = json.loads(text)[engine]
    table = {
        name: LayerArguments(name, **{key: tuple(names.split()) for key, names in args.items()})
        for name, args in data["layers"].items()
    }
    if engine == "keras2":
        table |= {n: LayerArguments(n, **of) for n, of in tf1_layers.table().items()}
    return table | {alias: table[name] for alias, name in data["aliases"].items()}
