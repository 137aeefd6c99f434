"""How far the export is from itself when only the arithmetic changes: the floor of tolerances."""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from tfmigrate.errors import TfmigrateError, shown
from tfmigrate.judge.case import Case
from tfmigrate.judge.reader import LARGEST
from tfmigrate.judge.second_reader import Answers
from tfmigrate.judge.verdict import Reference
from tfmigrate.options import Options
from tfmigrate.parity.compare import compare
from tfmigrate.parity.probes import Probe
from tfmigrate.proof import Noise
from tfmigrate.tensors import Tolerance
from tfmigrate.workers.client import WorkerBug

ONEDNN, SPLIT = "oneDNN off", "one by one"


def excuse(weights: int, options: Options) -> str:
    """Why the export is not run without oneDNN, "" where it is.

    Args:
        weights: The bytes of the source's tensors.
        options: What was asked for.
    """
    if options.dry_run or not options.verify:
        return "nothing is compared"
    if options.gpu:
        return "the model ran on a GPU"
    if weights > LARGEST:
        return f"more than {LARGEST >> 20} MiB of weights would have to be loaded once more"
    return ""


class Floor:
    """A worker that computes without oneDNN, and the thread that listens to it.

    It loads TensorFlow's library while the model is rebuilt, and answers the probes beside the
    verifier.

    Attributes:
        excuse: Why it does not measure, "" while it does.
    """

    def __init__(self, excuse: str) -> None:
        self.excuse = excuse
        self._asked: dict[str, Any] = {}
        self._exported = threading.Event()  # or it is known that there will be nothing to run
        self._listening: Future[None] | None = None

    def start(self, pool: ThreadPoolExecutor, ask: Callable[[Answers], Any]) -> None:
        """Let it load; ``ask`` runs its worker with the answers to the worker's question."""
        if not self.excuse:
            self._listening = pool.submit(self._listen, ask)

    def measure(self, case: Case) -> None:
        """The export is there: let it answer."""
        self._asked = {"path": str(case.staging), **case.sent("plain")}
        self._exported.set()

    def dismiss(self) -> None:
        """It is not needed any more."""
        self._exported.set()

    def found(
        self, case: Case, reference: Reference, verified: Mapping[str, Any], held: Container[str]
    ) -> Noise:
        """What was measured; waits for it.

        Args:
            case: The export.
            reference: What it was compared with.
            verified: What the verifier found.
            held: The outputs that agree with it as they are.
        """
        if self._listening is not None:
            self._listening.result()
        floor = {name: {SPLIT: apart} for name, apart in verified["apart"].items()}
        if self.excuse or self._listening is None:
            why = self.excuse or "this is only a trial"
            return Noise(_rounded(floor), (f"not measured with oneDNN off: {why}",))
        usual, plain = (
            [{n: a for n, a in probe.items() if n not in verified["unsteady"]} for probe in run]
            for run in (case.answers("exported"), case.answers("plain"))
        )
        for name, apart in _apart(usual, plain):
            floor[name] = {ONEDNN: apart, **floor.get(name, {})}
        beyond = _beyond(reference.answers, plain, case.allowed)
        return Noise(_rounded(floor), tuple(note for name, note in beyond if name in held))

    def _listen(self, ask: Callable[[Answers], Any]) -> None:
        try:
            ask({"exported": self._when_exported})
        except TfmigrateError as error:
            self.excuse = shown(error.what, 300)
        except WorkerBug as error:  # the verdict stands without it
            self.excuse = shown(" ".join(str(error).strip().splitlines()[-1:]), 300)

    def _when_exported(self, _: dict[str, Any]) -> dict[str, Any]:
        self._exported.wait()
        return self._asked


def _apart(usual: Sequence[Probe], plain: Sequence[Probe]) -> Iterator[tuple[str, float]]:
    """The outputs that both answered; text is not among them."""
    both = [{n: a for n, a in one.items() if n in plain[0]} for one in usual]
    if any(both):
        for output in compare(both, plain):
            if output.tolerance is not None:
                yield output.name, output.max_abs


def _beyond(
    reference: Sequence[Probe], plain: Sequence[Probe], allowed: Mapping[str, Tolerance]
) -> Iterator[tuple[str, str]]:
    for output in compare(reference, plain, allowed):
        if output.differing and output.tolerance is not None:
            yield (
                output.name,
                f"with oneDNN off {shown(output.name)} is {output.max_abs:.2g} from the reference:"
                " the tolerance is below the noise of this model's arithmetic",
            )


def _rounded(floor: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    return {n: {k: float(f"{v:.1e}") for k, v in found.items()} for n, found in floor.items()}
