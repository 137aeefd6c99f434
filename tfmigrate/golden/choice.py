"""Which runtime a source was made for, from what it says of itself; never a guess."""

from __future__ import annotations

import re
from pathlib import Path

from tfmigrate.errors import UsageProblem, shown
from tfmigrate.golden.runtimes import (
    BY_KERAS,
    BY_TENSORFLOW,
    BY_TF_KERAS,
    OTHER_BACKEND,
    RUNTIMES,
    Runtime,
)
from tfmigrate.results import Source
from tfmigrate.sources import writers

_MOST = 16 << 20  # bytes of a model.json that are looked at
_TABLES = {"Keras": BY_KERAS, "tf.keras": BY_TF_KERAS, "TensorFlow": BY_TENSORFLOW}


def choose(source: Source, backend: str = "", architecture: Path | None = None) -> Runtime:
    """The runtime of the table that is nearest to what wrote a source.

    Args:
        source: The source, as its reader described it.
        backend: Keras's backend, where the user says it.
        architecture: The model.json or model.yaml beside a file of weights.

    Raises:
        UsageProblem: The source does not say what wrote it, or on which backend; all names are in
            the message.
    """
    name, version = source.writer.name, source.writer.version
    if not version and architecture is not None:
        name, version = _of_architecture(architecture)
    if not version and writers.era(source.writer, source.tensors) == "keras-0":
        name, version = "Keras", "0.3"
    table = _TABLES.get(name, ())
    pair = writers.numbers(version)
    fitting = [runtime for upto, runtime in table if pair <= upto]
    if not version or not fitting:
        raise _undecided(source, "the source does not say which version wrote it" if not version
                         else f"no runtime is as new as {name} {shown(version)}")  # fmt: skip
    return RUNTIMES[_on(fitting[0], source, backend or source.writer.backend)]


def why(source: Source, runtime: Runtime) -> str:
    """The sentence that says why this runtime was chosen."""
    writer = source.writer
    said = f"{writer.name} {shown(writer.version)}".strip() if writer.version else source.title
    return f"{runtime.name}: the nearest to what wrote the source ({said})"


def _on(name: str, source: Source, backend: str) -> str:
    """The runtime of the same version on the backend that is meant."""
    usual = RUNTIMES[name].env.get("KERAS_BACKEND", "")
    others = {b: n for (of, b), n in OTHER_BACKEND.items() if of == name}
    early = name.startswith(("keras-0", "keras-1"))
    if early and not backend:
        both = " or ".join(sorted([name, *others.values()]))
        raise UsageProblem(
            "files of Keras 0 and 1 do not say which backend computed them",
            where=source.path,
            help=f"--backend theano or --backend tensorflow, or --runtime {both}",
        )
    if not backend or backend == usual or not usual:
        return name
    if backend not in others:
        raise _undecided(source, f"{name} is not in the table with the backend {shown(backend)}")
    return others[backend]


def _of_architecture(path: Path) -> tuple[str, str]:
    """Who wrote a model.json or model.yaml; Keras 0 gave no version, and no class names."""
    try:
        with path.open("rb") as stream:
            text = stream.read(_MOST).decode("utf-8", "replace")
    except OSError as error:
        raise UsageProblem(f"cannot be read: {error.strerror}", where=str(path)) from error
    said = re.search(r"[\"']?keras_version[\"']?:\s*[\"']?([0-9][^\s\"',}]*)", text)
    if said:
        writer = writers.keras(said[1], None)
        return writer.name, writer.version
    zero = re.search(r"\"?name\"?:\s*\"?(Sequential|Graph)\b", text) and "class_name" not in text
    return ("Keras", "0.3") if zero else ("", "")


def _undecided(source: Source, what: str) -> UsageProblem:
    return UsageProblem(
        f"{what}, so no runtime can be chosen",
        where=source.path,
        help=f"--runtime with one of: {', '.join(RUNTIMES)}",
    )
