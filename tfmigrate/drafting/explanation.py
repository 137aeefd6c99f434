"""What an explanation says: what is open on both sides, and the rules to paste."""

from __future__ import annotations

from dataclasses import dataclass

from tfmigrate.errors import Problem
from tfmigrate.results import Ignored


@dataclass(frozen=True)
class Candidate:
    """What something open could be.

    Attributes:
        name: Its name.
        shape: Its shape.
        why: The evidence, "" where only the shape fits.
    """

    name: str
    shape: tuple[int, ...]
    why: str = ""


@dataclass(frozen=True)
class Open:
    """A tensor or a variable that nothing accounts for.

    Attributes:
        name: Its name.
        shape: Its shape.
        dtype: Its type.
        candidates: What it could be, the likeliest first.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A rule to paste.

    Attributes:
        text: The rule as YAML.
        count: How often it applies.
        why: The evidence, one sentence for each kind.
    """

    text: str
    count: int
    why: tuple[str, ...]


@dataclass(frozen=True)
class Exchangeable:
    """Names of tensors and variables of one shape that names cannot decide."""

    tensors: tuple[str, ...]
    variables: tuple[str, ...]
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Explanation:
    """What fits, what does not, and what would.

    Attributes:
        restored: Variables that the recipe fills.
        variables: How many there are.
        ignored: What is left out, and why.
        problems: What is wrong with the recipe's own rules.
        tensors: Source tensors that nothing takes.
        unfilled: Variables that nothing fills.
        undecided: What could be exchanged for one another; no rule is proposed.
        proposals: Rules to put before the recipe's own.
        left: What would still be wrong with them; nothing, where they explain everything.
    """

    restored: int
    variables: int
    ignored: tuple[Ignored, ...] = ()
    problems: tuple[Problem, ...] = ()
    tensors: tuple[Open, ...] = ()
    unfilled: tuple[Open, ...] = ()
    undecided: tuple[Exchangeable, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    left: tuple[Problem, ...] = ()

    def __bool__(self) -> bool:
        return not (self.problems or self.tensors or self.unfilled)
