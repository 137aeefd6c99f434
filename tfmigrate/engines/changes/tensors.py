"""The symbolic tensors of a built model that a layer reads."""

from __future__ import annotations

from typing import Any


def read_by(layer: Any) -> Any:
    """The one tensor that a layer reads; None where it reads several, or was called never."""
    try:
        tensor = layer.input
    except (AttributeError, ValueError, RuntimeError):
        return None
    return None if isinstance(tensor, list | tuple | dict) else tensor
