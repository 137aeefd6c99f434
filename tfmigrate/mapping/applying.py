"""Applies rules to names and shapes, and notes everything that does not fit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from typing import Any

from tfmigrate.errors import Problem, nearest, shown
from tfmigrate.mapping import fits
from tfmigrate.mapping.matching import CompiledRule, Group, Matches, matches
from tfmigrate.mapping.ops import OpError
from tfmigrate.results import Assignment
from tfmigrate.tensors import TensorInfo, VariableInfo

# Beyond so many problems, looking for likely names takes more time than it saves.
_WITH_CANDIDATES = 50
_SHOWN = 5  # names in one message

_PRECEDENCE = (
    "the recipe's own lines come before inherited ones; of both, the first rule that matches a"
    " tensor decides, then `ignore`, then the variable of exactly its name"
)


class Fitting:
    """The state of a plan while it is made.

    Attributes:
        assignments: What goes where so far.
        decided: Tensors whose fate is known, be it a problem, and what decided it.
        filled: Variables with a source, and what that is.
        problems: What does not fit.
    """

    def __init__(
        self, tensors: Mapping[str, TensorInfo], variables: Sequence[VariableInfo], where: str
    ) -> None:
        self.tensors, self.variables, self.where = tensors, variables, where
        self.assignments: list[Assignment] = []
        self.decided: dict[str, str] = {}
        self.filled: dict[str, str] = {}
        self.problems: list[Problem] = []
        self._names: dict[str, list[VariableInfo]] = defaultdict(list)
        for variable in variables:
            for name in dict.fromkeys((variable.name, *variable.keys)):
                self._names[name].append(variable)

    def named(self, name: str) -> Sequence[VariableInfo]:
        """The variables that a name means; the one it belongs to, before others' aliases."""
        found = self._names.get(name, [])
        return [v for v in found if v.name == name] or found

    def free_tensors(self) -> list[TensorInfo]:
        """The tensors that nothing has been decided about."""
        return [t for t in self.tensors.values() if t.name not in self.decided]

    def free_variables(self) -> list[VariableInfo]:
        """The variables without a source."""
        return [v for v in self.variables if v.name not in self.filled]

    def decide(self, name: str, by: str) -> None:
        """Note what decides about a tensor."""
        self.decided[name] = by

    def apply(self, rule: CompiledRule) -> None:
        """Plan what one rule says about the tensors that earlier lines left."""
        found = self._matches(rule, self.decided)
        self.decided |= dict.fromkeys(found.claimed, rule.label)
        for name, why in found.ambiguous.items():
            self._problem(rule, "ambiguous", found=shown(why), where=name)
        for group in found.groups:
            self._apply_to(rule, group)
        if not found.ambiguous:
            self._check_count(rule, len(found.groups))

    def _matches(self, rule: CompiledRule, without: Container[str]) -> Matches:
        free = [t for t in self.tensors.values() if t.name not in without]
        return matches(rule, free, lambda name: name in self._names)

    def _check_count(self, rule: CompiledRule, count: int) -> None:
        if rule.inherited and (count == 0 or rule.expect is None):
            return
        if rule.inherited and count != rule.expect:  # own lines may have taken some of them
            count = len(self._matches(rule, ()).groups)
        if rule.expect is not None and count != rule.expect:
            what = f"applies {_times(count)}, not {_times(rule.expect)} as expected"
            self._problem(rule, what, found=str(count), expected=str(rule.expect))
        elif rule.expect is None and count == 0:
            self._unused(rule)

    def _unused(self, rule: CompiledRule) -> None:
        taken = sorted(self._matches(rule, ()).claimed)[:_SHOWN]
        if taken:
            told = ", ".join(f"{name} ({self.decided[name]})" for name in taken)
            self._problem(rule, "matches only what is decided already", found=told,
                          help=_PRECEDENCE)  # fmt: skip
            return
        near = nearest(rule.sources[0][0].text, self.tensors)
        self._problem(rule, "matches nothing", found=shown(rule.wanted), nearest=near)

    def _apply_to(self, rule: CompiledRule, group: Group) -> None:
        targets = tuple(p.fill(group.binding) for p in rule.targets)
        missing = list(group.lacking(rule))
        variables = [self._target(rule, name) for name in targets]
        known = [v for v in variables if v is not None]
        if missing:
            self._problem(
                rule,
                "lacks a source",
                found=shown(", ".join(group.names)),
                expected=shown(", ".join(missing)),
            )
        elif len(known) == len(targets) and self._fits(rule, group, known):
            return
        self._block(known, rule)

    def _fits(self, rule: CompiledRule, group: Group, known: Sequence[VariableInfo]) -> bool:
        """Plan one application, unless its ops do not fit."""
        given = [self.tensors[name] for name in group.names]
        try:
            results = fits.after(rule.ops, given)
        except OpError as error:
            self._problem(rule, str(error), where=_listed(group.names))
            return False
        if len(results) != len(known):
            self._problem(
                rule,
                "gives another number of tensors than it has targets",
                found=f"{len(results)} from {_listed(group.names)}",
                expected=str(len(known)),
            )
            return False
        label = "; ".join((rule.label, *fits.casts(rule.ops, given)))
        names = tuple(v.name for v in known)
        self.assign(Assignment(group.names, names, rule.written, label), results, rule)
        return True

    def _target(self, rule: CompiledRule, name: str) -> VariableInfo | None:
        """The variable that a rule's target means."""
        owners = self.named(name)
        if len(owners) == 1:
            return owners[0]
        what = "names a target that means several variables" if owners else "has no such target"
        near = nearest(name, self._names) if len(self.problems) < _WITH_CANDIDATES else ()
        self._problem(rule, what, found=shown(name), nearest=near)
        return None

    def _block(self, variables: Sequence[VariableInfo], rule: CompiledRule) -> None:
        """A variable whose rule has a problem does not need to be reported as empty as well."""
        for variable in variables:
            self.filled.setdefault(variable.name, rule.label)

    def assign(
        self,
        assignment: Assignment,
        results: Sequence[fits.Result],
        rule: CompiledRule | None = None,
    ) -> None:
        """Note an assignment, and what is wrong with it.

        Args:
            assignment: What goes where.
            results: What comes out of its ops, for each target.
            rule: The rule it follows; None for a tensor of the variable's own name.
        """
        source = _listed(assignment.sources)
        for name, result in zip(assignment.targets, results, strict=True):
            (variable,) = (v for v in self.named(name) if v.name == name)
            changed = bool(assignment.ops)
            for facts in fits.misfits(variable, result, source, changed, self._candidates):
                self._problem(rule, where=source, **facts)
            if name in self.filled:
                self._problem(
                    rule,
                    f"a second source for {shown(name)}",
                    where=source,
                    found=f"{source} and {self.filled[name]}",
                    expected="one",
                )
            self.filled.setdefault(name, source)
        self.assignments.append(assignment)

    def _candidates(self) -> list[VariableInfo]:
        return self.free_variables() if len(self.problems) < _WITH_CANDIDATES else []

    def _problem(
        self, rule: CompiledRule | None, what: str, *, where: str = "", **more: Any
    ) -> None:
        """Note a problem of a rule, or of a tensor that was matched by its name."""
        if rule is None:
            self.problems.append(Problem(what, where=where, **more))
            return
        subject = f"rule {rule.index + 1}: {what}" + (f" ({shown(where)})" if where else "")
        path = f"$.weights.rules[{rule.index}]"
        self.problems.append(
            Problem(
                subject, where=rule.file or self.where, line=rule.line or None, path=path, **more
            )
        )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN + 1 else ""
    return ", ".join(names[:_SHOWN] if more else names) + more


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
