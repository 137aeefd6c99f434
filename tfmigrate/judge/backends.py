"""Which backend trained a Keras 0 or 1 model: without consequence, or found by its answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tfmigrate.errors import NotProved, NotSupported, Problem, TfmigrateError
from tfmigrate.mapping import legacy
from tfmigrate.results import Parity, Source
from tfmigrate.sources import hazards

if TYPE_CHECKING:
    from tfmigrate.judge.architecture import Architecture

BACKENDS = ("theano", "tensorflow")


class UndecidedBackend(NotSupported):
    """Nobody says which backend trained the model, and it makes a difference."""


def whichever(make: Callable[[str], Architecture], source: Source) -> Architecture:
    """The architecture, where both backends lead to the same model.

    Raises:
        UndecidedBackend: They lead to different ones.
    """
    theano, tensorflow = (make(backend) for backend in BACKENDS)
    if theano.config == tensorflow.config and _weights(theano, source) == _weights(
        tensorflow, source
    ):
        return tensorflow
    raise UndecidedBackend(
        "the file does not say which backend trained it, and convolutions differ between them",
        [
            Problem("--backend theano: kernels turned around, same padding as Theano pads"),
            Problem("--backend tensorflow: kernels as they are, same padding as TensorFlow pads"),
            Problem("--golden FILE.npz: recorded inputs and outputs; both are tried, and the one"
                    " that agrees is taken"),
        ],
        where=source.path,
        help=hazards.backend_hint(source.tensors),
    )  # fmt: skip


def _weights(architecture: Architecture, source: Source) -> list[tuple[object, ...]]:
    assert architecture.of_day is not None
    restated = legacy.restate(
        source.tensors, architecture.of_day, architecture.writer, architecture.era
    )
    return [(r.info, r.ops) for r in restated]


def by_golden(trial: Callable[[str], Parity | None], where: str) -> tuple[str, str]:
    """The backend whose rebuild answers as was recorded, and the sentence that says so.

    Args:
        trial: Migrates for a backend without publishing anything.
        where: The source, for the messages.

    Raises:
        NotProved: Neither agrees with the golden file.
        UndecidedBackend: Both do: it cannot tell them apart.
    """
    tried = {backend: _tried(trial, backend) for backend in BACKENDS}
    held = [backend for backend, why in tried.items() if not why]
    if len(held) > 1:
        raise UndecidedBackend(
            "the golden file agrees with both backends, so it cannot tell which one trained it",
            where=where, help="say it with --backend, or record inputs that make a difference",
        )  # fmt: skip
    if not held:
        raise NotProved(
            "the golden file agrees with neither backend",
            [Problem(why, where=f"--backend {backend}") for backend, why in tried.items()],
            where=where,
        )
    other = next(b for b in BACKENDS if b != held[0])
    return held[0], f"trained on {held[0]}: the golden file agrees with it; {other}: {tried[other]}"


def _tried(trial: Callable[[str], Parity | None], backend: str) -> str:
    """Why a backend does not hold, "" where it does."""
    try:
        parity = trial(backend)
    except TfmigrateError as error:
        return error.what
    if parity:
        return ""
    wrong = [o for o in parity.outputs if not o.passed] if parity is not None else []
    return "; ".join(f"{o.name} differs by up to {o.max_abs:.3g}" for o in wrong) or "not compared"
