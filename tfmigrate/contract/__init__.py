"""Contracts: what callers of a SavedModel rely on, and what breaks it. No NumPy, no TensorFlow."""

from tfmigrate.contract.aliases import Alias, aliases
from tfmigrate.contract.changes import BREAKING, COMPATIBLE, NOTED, Change, Changes
from tfmigrate.contract.compare import compare
from tfmigrate.contract.difference import Answers, Difference, Side
from tfmigrate.contract.matching import Held, Matched, held, matched
from tfmigrate.contract.model import Contract, Endpoint, Tensor, of
from tfmigrate.contract.reading import from_json, of_saved_model, read

__all__ = [
    "BREAKING", "COMPATIBLE", "NOTED", "Alias", "Answers", "Change", "Changes", "Contract",
    "Difference", "Endpoint", "Held", "Matched", "Side", "Tensor", "aliases", "compare",
    "from_json", "held", "matched", "of", "of_saved_model", "read",
]  # fmt: skip
