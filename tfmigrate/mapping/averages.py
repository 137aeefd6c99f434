"""Moving averages stored beside the weights: which of the two a variable gets.

``averages: prefer`` takes the average where there is one, ``require`` wants one for every trainable
variable, ``ignore`` takes the raw values. Where the recipe says nothing and none of its lines
decides, the two readings differ in every answer of the model, so none is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from tfmigrate.errors import Problem, shown
from tfmigrate.mapping.applying import Fitting
from tfmigrate.results import Assignment, Ignored
from tfmigrate.tensors import TensorInfo, VariableInfo

Mode = Literal["prefer", "require", "ignore"]

# Not trained, so training keeps no average of them: an update in the forward pass sets them.
_STATISTICS = frozenset({"moving_mean", "moving_variance", "moving_stddev", "mean", "variance",
                         "count", "renorm_mean", "renorm_stddev", "local_step", "biased",
                         "seed_generator_state"})  # fmt: skip
# Reasons name no variable: reports fold equal ones, and the ledger's entry names both.
_UNWANTED = "moving average; the recipe says `averages: ignore`"
_HELP = (
    "`averages: prefer` under `weights` takes the average where there is one: what most training"
    " code evaluates and serves; `averages: ignore` takes the raw values. The author's evaluation"
    " code tells (variables_to_restore() means averages; a swapping_saver has filed them the other"
    " way round), a golden file proves it"
)


class Averages:
    """The averages among a source's tensors, and what a recipe wants of them.

    Attributes:
        tensors: What rules and names see: with ``prefer`` and ``require`` the averages stand under
            the names of the variables they were taken of.
    """

    def __init__(self, tensors: Sequence[TensorInfo], mode: Mode | None) -> None:
        self.mode = mode
        self._every = [t for t in tensors if t.average_of]
        self._raw = {t.name for t in tensors}
        self._of = {t.average_of: t.name for t in self._every} if mode in _TAKING else {}
        self.tensors = list(tensors) if mode is None else list(self._seen(tensors))

    def _seen(self, tensors: Sequence[TensorInfo]) -> Iterator[TensorInfo]:
        for tensor in tensors:
            if not tensor.average_of:
                yield tensor
            elif self.mode in _TAKING and tensor.average_of not in self._raw:
                yield replace(tensor, name=tensor.average_of, average_of="", aliases=())

    def settle(self, fitting: Fitting) -> Iterator[Problem]:
        """What is wrong with the averages, once rules, ignore and names have decided.

        Those that nothing decides about count as decided from then on.
        """
        yield from self._twice()
        if self.mode is None:
            yield from self._undecided(fitting)
        elif self.mode == "require" and not self._every:
            yield Problem("`averages: require`, and the source holds no moving average")
        elif self.mode == "require":
            yield from self._lacking(fitting)

    def _twice(self) -> Iterator[Problem]:
        for raw, name in self._of.items():
            same = [t.name for t in self._every if t.average_of == raw]
            if len(same) > 1:
                yield Problem(
                    "it has several moving averages", where=raw, found=", ".join(same),
                    help=f"leave `averages` away and name the one that is meant in a rule: {name}",
                )  # fmt: skip

    def _undecided(self, fitting: Fitting) -> Iterator[Problem]:
        free = [t for t in self._every if t.name not in fitting.decided]
        for tensor in free:
            fitting.decide(tensor.name, "nothing")
        if free:
            count = "a moving average is" if len(free) == 1 else f"{len(free)} moving averages are"
            yield Problem(
                f"{count} stored beside the raw values, and the recipe does not say which to"
                " restore",
                where=fitting.where,
                path="$.weights.averages",
                found=", ".join(f"{shown(t.average_of)} and {shown(t.name)}" for t in free[:3]),
                help=_HELP,
            )

    def _lacking(self, fitting: Fitting) -> Iterator[Problem]:
        variables = {v.name: v for v in fitting.variables}
        for assignment in fitting.assignments:
            if all(is_statistic(variables[name]) for name in assignment.targets):
                continue
            for name in assignment.sources:
                if name not in self._of:
                    yield Problem(
                        "`averages: require`, and this variable has no moving average",
                        where=name,
                        help="`averages: prefer` takes the raw values where there is no average;"
                        " statistics of batch normalization are not trained and need none",
                    )

    def taken(self, assignments: Sequence[Assignment]) -> tuple[Assignment, ...]:
        """The assignments, averages in place of raw values."""
        return tuple(self._taken(a) for a in assignments)

    def _taken(self, assignment: Assignment) -> Assignment:
        sources = tuple(self._of.get(name, name) for name in assignment.sources)
        if sources == assignment.sources:
            return assignment
        return replace(assignment, sources=sources, rule=f"{assignment.rule}; moving average")

    def left(self, fitting: Fitting, ignored: Sequence[Ignored]) -> list[Ignored]:
        """What is left out: the recipe's own entries, and the one of each pair that is not used."""
        used = {name for a in fitting.assignments for name in a.sources}
        found = [entry for entry in ignored if entry.name in self._raw]
        for tensor in self._every if self.mode else ():
            raw = tensor.average_of
            if self.mode == "ignore":
                found.append(Ignored(tensor.name, _UNWANTED))
            elif raw not in used:
                found.append(Ignored(tensor.name, "moving average; its variable is left out"))
            elif raw in self._raw:
                found.append(Ignored(raw, "its moving average is restored instead"))
        return found


_TAKING = ("prefer", "require")


def is_statistic(variable: VariableInfo) -> bool:
    """Whether a variable is set by the forward pass, and not by training."""
    return (variable.leaf or variable.name.rpartition("/")[2]) in _STATISTICS
