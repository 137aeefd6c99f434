"""Two SavedModels beside each other: signatures, answers, weights, assets."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfmigrate import contract
from tfmigrate.contract.difference import Answers, Difference, Side, same
from tfmigrate.contract.matching import Held, held, matched
from tfmigrate.judge import answering
from tfmigrate.options import Options, Progress
from tfmigrate.results import Source
from tfmigrate.tensors import from_json
from tfmigrate.workers.crew import Crew


def diff(
    a: Path, b: Path, options: Options, progress: Progress, crew: Crew, run: bool = True
) -> Difference:
    """How two SavedModels differ, each read and run in workers of its own.

    Args:
        a: The one that clients know.
        b: The other one.
        options: ``inputs``, ``samples``, ``seed``, ``rtol``, ``atol`` and ``memory`` count.
        progress: Is told of each step.
        crew: The workers; with TensorFlow where ``run``.
        run: Also ask both the same probes.

    Raises:
        SourceProblem: One is no SavedModel, or damaged.
        UsageProblem: The inputs or tolerances fit no signature that both have.
    """
    one, other = (_survey(path, progress, crew) for path in (a, b))
    answers: tuple[Answers, ...] = ()
    if run:
        with tempfile.TemporaryDirectory(prefix="tfmigrate-") as folder:
            asking = answering.Asking(options, progress, crew, Path(folder))
            answers = asking.both(one.witness("A"), other.witness("B"))
    signatures = contract.compare(one.contract, other.contract)
    variables = matched(one.weights(), other.weights())
    assets = matched(one.assets, other.assets)
    return Difference(
        same(signatures, answers, variables, assets),
        one.side(),
        other.side(),
        signatures,
        answers,
        variables,
        assets,
        (one.training(), other.training()),
        run,
    )


@dataclass(frozen=True)
class _Surveyed:
    """One SavedModel as a worker found it."""

    path: Path
    source: Source
    contract: contract.Contract
    hashes: dict[str, str]
    assets: tuple[Held, ...]

    def weights(self) -> tuple[Held, ...]:
        return held(self.source.tensors, self.hashes)

    def training(self) -> int:
        return sum(bool(t.training) for t in self.source.tensors)

    def side(self) -> Side:
        count = len(self.source.tensors) - self.training()
        found = self.source
        signatures = len(self.contract.signatures)
        return Side(str(self.path), found.title, found.writer, signatures, count, found.size)

    def witness(self, name: str) -> answering.Witness:
        weights = sum(t.nbytes for t in self.source.tensors)
        whole = self.path.absolute()
        folder = whole if whole.is_dir() else whole.parent
        return answering.Witness(name, folder, self.contract, weights)


def _survey(path: Path, progress: Progress, crew: Crew) -> _Surveyed:
    progress(f"reading {path.name}", 0, 0)
    found: dict[str, Any] = crew.survey(path.absolute())
    return _Surveyed(
        path,
        from_json(Source, found["source"]),
        from_json(contract.Contract, found["contract"]),
        found["tensors"],
        tuple(Held(name, "", sha256) for name, sha256 in found["assets"].items()),
    )
