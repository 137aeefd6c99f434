"""Weights as older Kerases stored them, restated as today's layers have them.

A rule per layer class says which stored tensors make up which variable, and by which ops; nothing
is read. What no rule knows stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfmigrate.mapping.legacy import cells, cudnn, keras_0, keras_1, theano
from tfmigrate.mapping.legacy.layers import Restated, as_stored
from tfmigrate.results import Writer
from tfmigrate.tensors import TensorInfo, VariableInfo


def restate(
    tensors: Sequence[TensorInfo],
    config: dict[str, Any],
    writer: Writer,
    era: str,
    variables: Sequence[VariableInfo] = (),
) -> list[Restated]:
    """The weights of a file under the names and in the shapes of today's layers.

    Args:
        tensors: The file's tensors.
        config: The model's config in the terms of its day, every layer named.
        writer: Who wrote the file, and with which backend.
        era: ``keras-0``, ``keras-1``, ``keras-2``, ``tf.keras`` or ``keras-3``.
        variables: The rebuilt model's; one that still has its stored name is an author's own.

    Raises:
        MappingProblem: A Keras 0 file holds more or fewer weights than its layers have.
    """
    named = {(v.owners[0], v.leaf) for v in variables if v.owners}
    every = [t for t in tensors if not t.training]
    weights = [t for t in every if (t.group, _leaf(t)) not in named or era != "keras-1"]
    if era == "keras-0":
        weights = keras_0.named(weights, config)
    if era in ("keras-0", "keras-1"):
        found = keras_1.restate(weights, config, writer)
        found += [as_stored(t) for t in every if era == "keras-1" and t not in weights]
    else:
        found = [as_stored(t) for t in weights]
        found = cells.restate(cudnn.restate(found, config), config)
    return theano.flipped(found, config) if writer.backend == "theano" else found


def _leaf(tensor: TensorInfo) -> str:
    return tensor.key.split(":")[0].rpartition("/")[2]
