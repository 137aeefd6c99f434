"""What will be hard about a Keras source: pure functions over its config, writer and tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfmigrate.expressions import Dialect
from tfmigrate.lambdas.dialects import dialect_of
from tfmigrate.results import Hazard, Writer
from tfmigrate.sources import config, hazard_code, hazard_layers, writers
from tfmigrate.tensors import TensorInfo

BACKEND_HELP = "say which backend trained it: --backend theano or --backend tensorflow"


def find(
    architecture: dict[str, Any] | None, writer: Writer, tensors: tuple[TensorInfo, ...] = ()
) -> tuple[Hazard, ...]:
    """Everything that is known to be hard, the worst first, each thing once per layer."""
    found = list(_of_file(architecture, writer, tensors))
    dialect = dialect_of(architecture, writer)
    for layer in config.layers(architecture) if architecture is not None else ():
        found += _of_layer(layer, writer, dialect)
    order = {5: 0, 3: 1}
    return tuple(sorted(dict.fromkeys(found), key=lambda h: order.get(h.exit_code, 2)))


def _of_layer(layer: config.ConfigLayer, writer: Writer, dialect: Dialect) -> Iterator[Hazard]:
    yield from hazard_code.lambdas(layer, dialect)
    yield from hazard_code.foreign_modules(layer)
    yield from hazard_code.vocabulary_paths(layer)
    yield from hazard_code.text_functions(layer)
    yield from hazard_code.hidden_layers(layer)
    yield from hazard_layers.ops(layer)
    yield from hazard_layers.custom(layer, writer)
    yield from hazard_layers.activations(layer, writer)
    yield from hazard_layers.special(layer)


def _of_file(
    architecture: dict[str, Any] | None, writer: Writer, tensors: tuple[TensorInfo, ...]
) -> Iterator[Hazard]:
    era = writers.era(writer, tensors)
    if era in ("keras-0", "keras-1"):
        yield Hazard("keras-1", f"it was written by Keras {era[-1]}", "")
        if not writer.backend:
            hint = backend_hint(tensors)
            yield Hazard(
                "unknown-backend", "it does not say which backend trained it; Theano and TensorFlow"
                f" flip kernels differently{f' ({hint})' if hint else ''}", "", 0, BACKEND_HELP,
            )  # fmt: skip
    elif not era:
        yield Hazard(
            "unknown-version", "it does not say which Keras wrote it; defaults and the order of "
            "weights changed over the years", "", 0,
            "say it in the recipe (semantics)",
        )  # fmt: skip
    if writer.backend == "theano":
        yield Hazard(
            "backend", "it was trained on Theano: kernels are turned around, and same padding is "
            "Theano's own",
        )  # fmt: skip
    if writer.backend == "cntk":
        yield Hazard(
            "backend", "it was trained on CNTK, whose padding differs from TensorFlow's", "", 3,
            "models trained on CNTK are not supported; save it again from Keras on TensorFlow",
        )  # fmt: skip


def backend_hint(tensors: tuple[TensorInfo, ...]) -> str:
    """What the names of the weights suggest of the backend, "" where they suggest nothing."""
    keys = [t.key for t in tensors if not t.training]
    if not keys or keys[0].startswith("param_"):
        return ""
    marked = all(key.endswith(":0") for key in keys)
    return "names ending in :0 suggest TensorFlow" if marked else "names without :0 suggest Theano"
