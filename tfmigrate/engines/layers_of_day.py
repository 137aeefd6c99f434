"""Layers of a recipe whose ``semantics`` give them another meaning than today's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tfmigrate.engines.legacy_layers import custom_objects
from tfmigrate.engines.upgrades.meanings import meanings_for
from tfmigrate.results import Writer

_NAMES = ("Bidirectional", "Dot", "Softmax", "UpSampling2D", "SeparableConv2D", "Conv2DTranspose")


def classes_of(semantics: str | None, layers: Any) -> dict[str, Callable[..., Any]]:
    """What stands in for the library's own layers.

    Args:
        semantics: The recipe's, ``keras-2.2`` or ``tf.keras-1.15``; None leaves today's meaning.
        layers: The library's module of layers.
    """
    found = re.fullmatch(r"(tf\.)?keras-(\d)(?:\.(\w+))?.*", semantics or "")
    if found is None or (found[2], found[1]) == ("3", None):
        return {}
    if found[1]:
        exact = f"2.2.4-tf{found[2]}.{found[3]}" if str(found[3]).isdigit() else "2.2.4-tf"
        table = meanings_for(Writer("tf.keras", exact, "tensorflow"), "tf.keras")
    else:
        writer = Writer("Keras", f"{found[2]}.{found[3] or 0}.9", "tensorflow")
        table = meanings_for(writer, f"keras-{found[2]}")

    def made(name: str) -> Callable[..., Any]:
        def make(**given: Any) -> Any:
            entry = {"class_name": name, "config": given}
            for upgrade in table:
                upgrade(entry)
            chosen = str(entry["class_name"])
            made_of = custom_objects().get(chosen) or getattr(layers, chosen)
            return made_of(**given)

        return make

    return {name: made(name) for name in _NAMES}
