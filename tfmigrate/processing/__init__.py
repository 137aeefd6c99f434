"""Processing inside the graph: what a recipe's steps do before the model and behind it.

Each step says what becomes of a tensor's type, does it in TensorFlow, and does it once more in
NumPy; the second answer is what the first is checked against. TensorFlow loads on use.
"""

from __future__ import annotations

from tfmigrate.processing.chain import Chain, prepare
from tfmigrate.processing.step import Misfit

__all__ = ["Chain", "Misfit", "prepare"]
