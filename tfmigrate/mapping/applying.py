"""Applies rules to names and shapes, and notes everything that does not fit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from tfmigrate.errors import Problem, nearest, shown
from tfmigrate.mapping.candidates import Candidates, described
from tfmigrate.mapping.matching import CompiledRule, Group, matches
from tfmigrate.mapping.ops import OpError, shapes_after
from tfmigrate.results import Assignment
from tfmigrate.tensors import TensorInfo, VariableInfo

Shape = tuple[int, ...]

# Beyond so many problems, looking for likely names takes more time than it saves.
_WITH_CANDIDATES = 50


class Fitting:
    """The state of a plan while it is made.

    Attributes:
        assignments: What goes where so far.
        decided: Tensors whose fate is known, be it a problem.
        filled: Variables with a source, and what that is.
        problems: What does not fit.
    """

    def __init__(
        self, tensors: Mapping[str, TensorInfo], variables: Sequence[VariableInfo], where: str
    ) -> None:
        self.tensors, self.variables, self.where = tensors, variables, where
        self.assignments: list[Assignment] = []
        self.decided: set[str] = set()
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

    def apply(self, rule: CompiledRule) -> None:
        """Plan what one rule says about the tensors that earlier rules left."""
        free = [t.name for t in self.free_tensors()]
        found = matches(rule, free)
        self.decided |= found.claimed
        for name, why in found.ambiguous.items():
            self._problem(rule, "ambiguous", found=shown(why), where=name)
        for group in found.groups:
            self._apply_to(rule, group)
        if not found.ambiguous:
            self._check_count(rule, len(found.groups))

    def _check_count(self, rule: CompiledRule, count: int) -> None:
        if rule.expect is not None and count != rule.expect:
            what = f"applies {_times(count)}, not {_times(rule.expect)} as expected"
            self._problem(rule, what, found=str(count), expected=str(rule.expect))
        elif rule.expect is None and count == 0:
            wanted = [p.text for p in rule.sources]
            near = nearest(wanted[0], self.tensors)
            self._problem(rule, "matches nothing", found=shown(", ".join(wanted)), nearest=near)

    def _apply_to(self, rule: CompiledRule, group: Group) -> None:
        targets = tuple(p.fill(group.binding) for p in rule.targets)
        missing = [p for i, p in enumerate(rule.sources) if i not in group.names]
        variables = [self._target(rule, name) for name in targets]
        known = [v for v in variables if v is not None]
        if missing:
            self._problem(
                rule,
                "lacks a source",
                found=", ".join(group.names.values()),
                expected=", ".join(p.fill(group.binding) for p in missing),
            )
            self._block(known, rule)
            return
        sources = tuple(group.names[i] for i in range(len(rule.sources)))
        shapes = self._shapes(rule, sources, len(targets))
        if shapes is None or len(known) < len(targets):
            self._block(known, rule)
            return
        names = tuple(v.name for v in known)
        self.assign(Assignment(sources, names, rule.written, rule.label), shapes, rule)

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

    def _shapes(
        self, rule: CompiledRule, sources: Sequence[str], targets: int
    ) -> tuple[Shape, ...] | None:
        try:
            shapes = shapes_after(rule.ops, [self.tensors[s].shape for s in sources])
        except OpError as error:
            self._problem(rule, str(error), where=", ".join(sources))
            return None
        if len(shapes) != targets:
            self._problem(
                rule,
                "gives another number of tensors than it has targets",
                found=f"{len(shapes)} from {', '.join(sources)}",
                expected=str(targets),
            )
            return None
        return shapes

    def assign(
        self, assignment: Assignment, shapes: Sequence[Shape], rule: CompiledRule | None = None
    ) -> None:
        """Note an assignment, and what is wrong with it."""
        tensors = [self.tensors[name] for name in assignment.sources]
        dtypes = sorted({t.dtype for t in tensors})
        for name, shape in zip(assignment.targets, shapes, strict=True):
            (variable,) = (v for v in self.named(name) if v.name == name)
            self._check_fit(assignment, variable, shape, dtypes, rule)
            source = ", ".join(assignment.sources)
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

    def _check_fit(
        self,
        assignment: Assignment,
        variable: VariableInfo,
        shape: Shape,
        dtypes: Sequence[str],
        rule: CompiledRule | None,
    ) -> None:
        source = ", ".join(assignment.sources)
        if shape != variable.shape:
            after = " after its ops" if assignment.ops else ""
            self._problem(
                rule,
                f"the shape does not fit {shown(variable.name)}",
                where=source,
                found=f"{shape}{after}",
                expected=str(variable.shape),
                nearest=self._of_shape(TensorInfo(source, shape, dtypes[0])),
            )
        if list(dtypes) != [variable.dtype]:
            self._problem(
                rule,
                f"the dtype does not fit {shown(variable.name)}; no dtype is changed silently",
                where=source,
                found=" and ".join(dtypes),
                expected=variable.dtype,
            )

    def _of_shape(self, wanted: TensorInfo) -> tuple[str, ...]:
        """Variables without a source that a tensor would fit."""
        if len(self.problems) >= _WITH_CANDIDATES:
            return ()
        free = [v for v in self.free_variables() if v.shape == wanted.shape]
        return tuple(described(v) for v in Candidates(free).nearest(wanted))

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
            Problem(subject, where=self.where, line=rule.line or None, path=path, **more)
        )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
