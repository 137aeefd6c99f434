"""One rule against the names of a source: which tensors belong together, and under which name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tfmigrate.mapping.ops import Op, parse_op
from tfmigrate.mapping.patterns import Ambiguous, Binding, Pattern, compile_pattern

if TYPE_CHECKING:
    from tfmigrate.recipe.model import Rule


@dataclass(frozen=True)
class CompiledRule:
    """A rule of a recipe, ready to match.

    Attributes:
        index: Its place among the rules, from 0.
        line: Its line in the recipe, 0 where it has none.
        sources: Patterns of tensor names.
        targets: Patterns of variable names.
        ops: What happens between them.
        written: The ops as plain data, for the plan.
        expect: How often it must apply; None where any number but 0 will do.
    """

    index: int
    line: int
    sources: tuple[Pattern, ...]
    targets: tuple[Pattern, ...]
    ops: tuple[Op, ...]
    written: tuple[dict[str, dict[str, object]], ...]
    expect: int | None

    @property
    def label(self) -> str:
        """``rule 3 (line 41)``."""
        return f"rule {self.index + 1}" + (f" (line {self.line})" if self.line else "")


def compiled(index: int, rule: Rule) -> CompiledRule:
    """A rule of a checked recipe, compiled."""
    return CompiledRule(
        index,
        rule.line,
        tuple(compile_pattern(text) for text in rule.from_),
        tuple(compile_pattern(text) for text in rule.to),
        tuple(parse_op(op) for op in rule.ops),
        rule.ops,
        rule.expect,
    )


@dataclass
class Group:
    """Tensors that one application of a rule takes, by their place in ``from``."""

    binding: Binding
    names: dict[int, str] = field(default_factory=dict)


@dataclass
class Matches:
    """What a rule matched.

    Attributes:
        groups: One for each application.
        ambiguous: Tensors that it matches in more than one way, with the reason.
    """

    groups: list[Group] = field(default_factory=list)
    ambiguous: dict[str, str] = field(default_factory=dict)

    @property
    def claimed(self) -> set[str]:
        """Every tensor that the rule decides about."""
        return {n for g in self.groups for n in g.names.values()} | self.ambiguous.keys()


def matches(rule: CompiledRule, names: Iterable[str]) -> Matches:
    """The tensors that a rule takes, grouped by what its captures stand for."""
    found = Matches()
    by_binding: dict[tuple[tuple[str, str], ...], Group] = {}
    for name in names:
        try:
            hits = [(i, p.match(name)) for i, p in enumerate(rule.sources)]
        except Ambiguous as error:
            found.ambiguous[name] = str(error)
            continue
        bound = [(i, binding) for i, binding in hits if binding is not None]
        if len(bound) > 1:
            found.ambiguous[name] = f"{name} matches two sources of one rule"
            continue
        for i, binding in bound:
            key = tuple(sorted(binding.items()))
            group = by_binding.setdefault(key, Group(binding))
            if i in group.names:
                found.ambiguous[name] = f"{name} and {group.names[i]} mean the same"
            else:
                group.names[i] = name
    found.groups = list(by_binding.values())
    return found
