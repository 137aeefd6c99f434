"""What changed between two contracts, and whether callers notice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tfmigrate.errors import NotProved, Problem, shown

BREAKING, COMPATIBLE, NOTED = "breaking", "compatible", "noted"


@dataclass(frozen=True)
class Change:
    """One difference between two contracts.

    Attributes:
        code: A stable short name (``input-missing``, ``output-type``, ``method`` ...).
        severity: ``breaking`` (callers of the old one fail, or read something else),
            ``compatible`` (they notice nothing), or ``noted`` (only some could notice).
        what: The sentence.
        signature: The signature's name.
        tensor: The input's or output's name, "" where it is about the whole signature.
        old: What was there.
        new: What is there now.
        help: What to do about it.
    """

    code: str
    severity: str
    what: str
    signature: str
    tensor: str = ""
    old: str = ""
    new: str = ""
    help: str = ""


@dataclass(frozen=True)
class Changes:
    """Every difference between two contracts, what breaks callers first.

    Attributes:
        found: The differences.
    """

    found: tuple[Change, ...] = ()

    def of(self, severity: str) -> tuple[Change, ...]:
        """Those of one severity."""
        return tuple(change for change in self.found if change.severity == severity)

    @property
    def breaking(self) -> tuple[Change, ...]:
        """Those that callers of the old contract would notice."""
        return self.of(BREAKING)

    def problems(self) -> tuple[Problem, ...]:
        """What breaks callers, as an error tells it."""
        return tuple(
            Problem(
                change.what,
                where=place(change),
                found=shown(change.new),
                expected=shown(change.old),
                help=change.help,
            )
            for change in self.breaking
        )

    def refuse(self, origin: str = "") -> None:
        """Stop where a caller of the old contract would notice.

        Raises:
            NotProved: With every breaking change.
        """
        if self.breaking:
            raise NotProved(
                "the signatures break the contract with their callers",
                self.problems(),
                where=shown(origin),
                help="nothing was written; give names and types as they were (--rename-input, "
                "--rename-output, a recipe's signatures), keep the old names beside the new "
                "ones with --alias, or do without --contract",
            )


def ordered(found: Iterable[Change]) -> Changes:
    """Changes, what breaks callers first, otherwise in their order."""
    ranks = (BREAKING, COMPATIBLE, NOTED)
    return Changes(tuple(sorted(found, key=lambda change: ranks.index(change.severity))))


def place(change: Change) -> str:
    """Where a change is, in words: the signature, and the tensor."""
    side = next((s for s in ("input", "output") if change.code.startswith(s)), "")
    tensor = f", {side} {shown(change.tensor)}" if side and change.tensor else ""
    return f"signature {shown(change.signature)}{tensor}"
