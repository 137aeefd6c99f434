"""By which factor the low-rank updates (LoRA) in a file count: what its config says."""

from __future__ import annotations

from collections import defaultdict

from tfmigrate.mapping.lora import Scale
from tfmigrate.results import Source
from tfmigrate.sources import config, writers


def scale_of(source: Source) -> Scale:
    """From a layer's path in the file to ``lora_alpha / lora_rank``; None where nothing says it.

    Layers inside a MultiHeadAttention are in no config. Before Keras 3.9 their factor is 1 all the
    same, because there was no other.
    """
    said: dict[str, set[float]] = defaultdict(set)
    for layer in config.layers(source.architecture) if source.architecture else ():
        rank, alpha = layer.config.get("lora_rank"), layer.config.get("lora_alpha")
        if isinstance(rank, int) and rank > 0:
            said[layer.name].add(alpha / rank if isinstance(alpha, int | float) else 1.0)
    fixed = (0, 0) < writers.numbers(source.writer.version) < (3, 9)

    def scale(path: str) -> float | None:
        found = said.get(path.rpartition("/")[2]) or ({1.0} if fixed else set())
        return next(iter(found)) if len(found) == 1 else None

    return scale
