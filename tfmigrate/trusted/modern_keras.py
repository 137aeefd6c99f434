"""What the imports of code for Keras 3 mean: the real Keras, and TensorFlow's name for it."""

from __future__ import annotations

import importlib
from typing import Any

_INSIDE = ("tensorflow.keras", "tensorflow.python.keras")


def find(name: str) -> Any:
    """The module that a name means, None where it means itself.

    TensorFlow was imported before Keras was allowed, so its own ``keras`` is an empty shell.
    """
    if name == "tensorflow":
        return _tensorflow()
    for inside in _INSIDE:
        if name == inside or name.startswith(f"{inside}."):
            return importlib.import_module(f"keras{name.removeprefix(inside)}")
    return None


def _tensorflow() -> Any:
    import keras
    import tensorflow as tf

    from tfmigrate.trusted.views import View

    return View("tensorflow", {"keras": keras}, (tf,))
