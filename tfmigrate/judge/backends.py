"""Which backend trained a model of Keras 0 to 2: without consequence, or found by its answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tfmigrate.errors import NotProved, NotSupported, Problem, TfmigrateError, shown
from tfmigrate.mapping import legacy
from tfmigrate.proof import Diagnosis, Divergence, Parity
from tfmigrate.results import Migration, Source
from tfmigrate.sources import hazards, writers
from tfmigrate.workers.client import WorkerBug

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


@dataclass(frozen=True)
class Found:
    """The backend that a golden file speaks for.

    Attributes:
        backend: The one whose rebuild answers as was recorded, or is nearer to it.
        why: The sentence that says so.
        held: Whether it answers as was recorded.
    """

    backend: str
    why: str
    held: bool = True


def by_golden(trial: Callable[[str], Parity | None], where: str) -> Found:
    """The backend whose rebuild answers as was recorded.

    Where neither does, the one that is nearer to it: its migration fails, and can be looked into.

    Args:
        trial: Migrates for a backend without publishing anything.
        where: The source, for the messages.

    Raises:
        TfmigrateError: What stopped both trials, if it is the same.
        NotProved: Neither could be compared.
        UndecidedBackend: Both agree: the golden file cannot tell them apart.
    """
    stopped: list[TfmigrateError] = []
    tried = {backend: _tried(trial, backend, stopped) for backend in BACKENDS}
    if len(stopped) == len(BACKENDS) and len({str(e) for e in stopped}) == 1:
        raise stopped[0]
    held = [backend for backend, (_, off) in tried.items() if not off]
    if len(held) > 1:
        raise UndecidedBackend(
            "the golden file agrees with both backends, so it cannot tell which one trained it",
            where=where, help="say it with --backend, or record inputs that make a difference",
        )  # fmt: skip
    nearest = min(BACKENDS, key=lambda backend: tried[backend][1])
    if math.isinf(tried[nearest][1]):
        raise NotProved(
            "the golden file agrees with neither backend",
            [Problem(why, where=f"--backend {backend}") for backend, (why, _) in tried.items()],
            where=where,
        )
    said = "; ".join(f"{b}: {why}" for b, (why, _) in tried.items() if why)
    if not held:
        why = f"the golden file agrees with neither backend, {nearest} is nearer: {said}"
        return Found(nearest, why, held=False)
    return Found(nearest, f"trained on {nearest}: the golden file agrees with it; {said}")


def _tried(
    trial: Callable[[str], Parity | None], backend: str, stopped: list[TfmigrateError]
) -> tuple[str, float]:
    """Why a backend does not hold, and how far it is off; "" and 0 where it holds."""
    try:
        parity = trial(backend)
    except TfmigrateError as error:
        stopped.append(error)
        return error.what, math.inf
    if parity:
        return "", 0.0
    wrong = [o for o in parity.outputs if not o.passed] if parity is not None else []
    if not wrong:
        return "not compared", math.inf
    said = "; ".join(f"{o.name} differs by up to {o.max_abs:.3g}" for o in wrong)
    # NaN, another shape or type: no difference is known, and none of them is small.
    return said, max(o.max_abs or math.inf for o in wrong)


def explained(done: Migration, used: str, trial: Callable[[str], Parity | None]) -> Migration:
    """A migration that failed, with the other backend as its cause where that one holds.

    Args:
        done: What the migration came to.
        used: The backend that was said, "" where none was.
        trial: Migrates for a backend without publishing anything.
    """
    parity = done.parity
    if parity is None or parity or parity.level != "recorded" or used not in BACKENDS:
        return done
    if writers.era(done.source.writer, done.source.tensors) not in ERAS:
        return done
    (other,) = (backend for backend in BACKENDS if backend != used)
    found = parity.divergence or Divergence("the other backend was tried")
    try:
        _, off = _tried(trial, other, [])
    except WorkerBug as error:  # the verdict stands without it
        last = " ".join(str(error).strip().splitlines()[-1:])
        note = f"the backend {other} could not be tried: {shown(last, 300)}"
        return _with(done, parity, replace(found, notes=(*found.notes, note)))
    if off:
        return done
    before = max((o.max_abs for o in parity.outputs if not o), default=0.0)
    what = f"the reference was trained on {other}: {_MEANS[other]}"
    # Without a word that says otherwise, every fault of one layer was tried before, in vain.
    certain = bool(found.tried) and not found.diagnoses and not found.notes
    cause = Diagnosis(
        "every convolution", "backend", what, f"--backend {other}", before, certain=certain
    )
    return _with(done, parity, replace(found, diagnoses=(cause,), notes=(), tried=found.tried + 1))


def _with(done: Migration, parity: Parity, found: Divergence) -> Migration:
    return replace(done, parity=replace(parity, divergence=found))
