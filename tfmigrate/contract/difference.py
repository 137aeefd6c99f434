"""How two SavedModels differ: frozen values that text and JSON read."""

from __future__ import annotations

from dataclasses import dataclass

from tfmigrate.contract.changes import NOTED, Changes
from tfmigrate.contract.matching import Matched
from tfmigrate.proof import OutputComparison
from tfmigrate.results import Writer


@dataclass(frozen=True)
class Side:
    """One of the two SavedModels.

    Attributes:
        path: Where it is.
        title: What it is, in words.
        writer: Who wrote it.
        signatures: How many signatures it has.
        variables: How many weights it holds.
        size: The bytes of its files.
    """

    path: str
    title: str
    writer: Writer
    signatures: int
    variables: int
    size: int


@dataclass(frozen=True)
class Answers:
    """What a signature answered in both, to the same probes.

    Attributes:
        signature: Its key.
        probes: How many probes both answered; 0 where nothing was compared.
        outputs: Each output of B beside that of A.
        apart: What sets the two apart without numbers: only one answers, or only one answers the
            same from call to call; "" where nothing does.
        skipped: Why nothing was compared, "" where it was.
        notes: What was left out, and which names were taken for the same.
    """

    signature: str
    probes: int = 0
    outputs: tuple[OutputComparison, ...] = ()
    apart: str = ""
    skipped: str = ""
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not self.apart and all(self.outputs)


@dataclass(frozen=True)
class Difference:
    """How two SavedModels differ, what breaks a client first.

    Attributes:
        same: Nothing that was compared differs. Weights under other names, or stored more often,
            are told and are no difference; nor is the state of training.
        a: The first.
        b: The second.
        signatures: What clients of A meet in B.
        answers: What both answer, by signature; empty where none was asked.
        variables: The weights, by name and value.
        assets: The files in ``assets/``, by name and content.
        training: How many tensors of each are no weights (optimizer slots, counters).
        asked: Whether both were asked the same probes, by the signatures that both have.
    """

    same: bool
    a: Side
    b: Side
    signatures: Changes
    answers: tuple[Answers, ...]
    variables: Matched
    assets: Matched
    training: tuple[int, int] = (0, 0)
    asked: bool = True

    def __bool__(self) -> bool:
        return self.same


def same(
    signatures: Changes, answers: tuple[Answers, ...], variables: Matched, assets: Matched
) -> bool:
    """Whether nothing that was compared differs."""
    changed = any(change.severity != NOTED for change in signatures.found)
    return not changed and all(answers) and bool(variables) and bool(assets)
