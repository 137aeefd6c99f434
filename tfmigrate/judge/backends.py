"""Which backend trained a model of Keras 0 to 2: without consequence, or found by its answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tfmigrate.errors import NotProved, NotSupported, Problem, TfmigrateError
from tfmigrate.mapping import legacy
from tfmigrate.proof import Parity
from tfmigrate.results import Source
from tfmigrate.sources import hazards

if TYPE_CHECKING:
    from tfmigrate.judge.architecture import Architecture

BACKENDS = ("theano", "tensorflow")
ERAS = ("keras-0", "keras-1", "keras-2")  # that ran on both
_MEANS = {
    "theano": "kernels turned around, same padding as Theano pads",
    "tensorflow": "kernels as they are, same padding as TensorFlow pads",
}


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
    said = source.writer.backend
    what = "the file does not say which backend trained it"
    if said:
        what = f"the weights were written on {said} and the model.json on the other backend"
    raise UndecidedBackend(
        f"{what}, and convolutions differ between them",
        [
            *(Problem(f"--backend {b}: {_MEANS[b]}") for b in BACKENDS if said in ("", b)),
            Problem("--golden FILE.npz: recorded inputs and outputs; both are tried, and the one"
                    " that agrees is taken"),
        ],
        where=source.path,
        help="" if said else hazards.backend_hint(source.tensors),
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
        TfmigrateError: What stopped both trials, if it is the same.
        UndecidedBackend: Both do: it cannot tell them apart.
    """
    stopped: list[TfmigrateError] = []
    tried = {backend: _tried(trial, backend, stopped) for backend in BACKENDS}
    if len(stopped) == len(BACKENDS) and len({str(e) for e in stopped}) == 1:
        raise stopped[0]
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


def _tried(
    trial: Callable[[str], Parity | None], backend: str, stopped: list[TfmigrateError]
) -> str:
    """Why a backend does not hold, "" where it does."""
    try:
        parity = trial(backend)
    except TfmigrateError as error:
        stopped.append(error)
        return error.what
    if parity:
        return ""
    wrong = [o for o in parity.outputs if not o.passed] if parity is not None else []
    return "; ".join(f"{o.name} differs by up to {o.max_abs:.3g}" for o in wrong) or "not compared"
