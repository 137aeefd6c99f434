"""Config upgrades: from what a Keras of the day wrote to what today's library builds.

Each upgrade is a small function on one layer's config, for the versions in its docstring, with its
source there; the order of a table is the order of application.
"""

from __future__ import annotations

from typing import Any

from tfmigrate.engines.upgrades import (
    branches,
    channels_first,
    from_file,
    keras_1,
    keras_2,
    keras_3,
    meanings,
    theano,
)  # fmt: skip
from tfmigrate.engines.upgrades.walk import LayerConfig, Upgrade, layers, upgraded
from tfmigrate.results import LayerInfo, Writer
from tfmigrate.tensors import TensorInfo

__all__ = [
    "EVERY_CPU", "KERAS_1", "KERAS_2", "KERAS_3", "STANDALONE", "THEANO", "LayerConfig",
    "Upgrade", "layers", "misread_today", "of_its_day", "table_for", "untrained", "upgraded",
]  # fmt: skip

KERAS_1: tuple[Upgrade, ...] = (
    keras_2.name_sequential,
    branches.branches_to_model,
    keras_1.name_inputs,
    keras_1.ordering_of_the_others,
    keras_1.drop_initial_parts,
    keras_1.merge_layers,
    keras_1.batch_normalization,
    keras_1.deconvolution,
    keras_1.rename_arguments,
    keras_1.rename_values,
    keras_1.rename_classes,
)

KERAS_2: tuple[Upgrade, ...] = (
    keras_2.name_sequential,
    keras_2.drop_training_parts,
    keras_2.zero_initializers,
    keras_2.plain_dtype,
    keras_2.gru_of_its_day,
    keras_2.forget_state,
    keras_2.plain_cudnn,
    keras_2.plain_numbers,
    keras_2.plain_batch_normalization,
    keras_2.separate_normalization,
)

# What only standalone Keras did, until its last release, 2.3.1.
STANDALONE: tuple[Upgrade, ...] = (keras_2.input_of_deferred,)

THEANO: tuple[Upgrade, ...] = (theano.theano_padding,)

# The last: they rename classes that the others look for.
EVERY_CPU: tuple[Upgrade, ...] = (
    channels_first.fused_never,
    channels_first.channels_last_inside,
)

KERAS_3: tuple[Upgrade, ...] = (
    keras_2.drop_training_parts,
    keras_2.zero_initializers,
    keras_2.forget_state,
    keras_3.without_lora,
    keras_3.rotation_without_range,
    keras_3.single_inside,
    keras_3.bins_of_whole_numbers,
)


def table_for(
    writer: Writer, era: str, config: dict[str, Any] | None = None
) -> tuple[Upgrade, ...]:
    """The upgrades for a file of this writer and era.

    Args:
        writer: Who wrote it.
        era: Its era.
        config: Its config, which may show its version better.
    """
    if era == "keras-3":
        return (*KERAS_3, *keras_3.crop_of(writer.version))
    first = era in ("keras-0", "keras-1")
    return (
        *(KERAS_1 if first else ()),
        *meanings.meanings_for(writer, era, config),  # they look at what KERAS_2 takes away
        *KERAS_2,
        *(STANDALONE if era == "keras-2" else ()),
        *(_theano(writer, era) if writer.backend == "theano" else ()),
        *((keras_1.dated_products, keras_1.forget_version) if first else ()),
        *EVERY_CPU,
    )


def _theano(writer: Writer, era: str) -> tuple[Upgrade, ...]:
    version = meanings.patch_of(writer.version) if era == "keras-2" else ()
    return (*THEANO, *theano.pooling_of(version))


# Upgrades that give a layer another meaning than today's library reads into the same file.
MEANINGS: tuple[Upgrade, ...] = (
    keras_2.gru_of_its_day,
    keras_2.forget_state,
    keras_2.separate_normalization,
    theano.theano_padding,
    keras_3.bins_of_whole_numbers,
    keras_3.resized_crop,
    *meanings.EVERY,
)


def of_its_day(
    config: dict[str, Any],
    version: str,
    era: str,
    groups: tuple[LayerInfo, ...] = (),
    tensors: tuple[TensorInfo, ...] = (),
) -> dict[str, Any]:
    """The config in the terms of its day, with what only the weights' file says filled in.

    Args:
        config: The config as it was stored.
        version: The version of its writer.
        era: The era of its writer.
        groups: The layers of the weights' file.
        tensors: Its tensors.
    """
    first = (keras_2.name_sequential, branches.branches_to_model)
    named = from_file.named_as_filed(upgraded(config, first), groups)
    if era not in ("keras-0", "keras-1"):
        return named
    dated = keras_1.of_version(upgraded(named, (keras_1.inner_names,)), version)
    return from_file.with_shared_axes(dated, tensors)


def misread_today(config: dict[str, Any], writer: Writer, era: str) -> tuple[str, ...]:
    """Names of the upgrades without which today's library reads the config wrongly."""
    table = table_for(writer, era, config)
    plain = upgraded(config, tuple(u for u in table if u not in MEANINGS))
    seen = {u: config if u in meanings.EVERY else plain for u in MEANINGS if u in table}
    return tuple(u.__name__ for u, start in seen.items() if upgraded(start, (u,)) != start)


def untrained(config: dict[str, Any]) -> dict[str, Any]:
    """A copy of a config without what only training needs: that may be somebody's own code."""
    return upgraded(config, (keras_2.drop_training_parts, keras_2.zero_initializers))
