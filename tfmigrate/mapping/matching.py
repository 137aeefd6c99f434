"""One rule against the tensors of a source: which belong together, and under which name."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tfmigrate.mapping.ops import Op, parse_op
from tfmigrate.mapping.patterns import Ambiguous, Binding, Pattern, compile_pattern
from tfmigrate.tensors import TensorInfo

if TYPE_CHECKING:
    from tfmigrate.recipe.model import Rule


@dataclass(frozen=True)
class CompiledRule:
    """A rule of a recipe, ready to match.

    Attributes:
        index: Its place among the rules, from 0.
        line: Its line in the recipe, 0 where it has none.
        sources: Patterns of tensor names: what it takes each time, and for each the alternatives.
        targets: Patterns of variable names.
        ops: What happens between them.
        written: The ops as plain data, for the plan.
        expect: How often it must apply; None where any number but 0 will do.
        inherited: How far it was inherited; then it need not apply.
        file: Where it stands, "" where nothing says so.
    """

    index: int
    line: int
    sources: tuple[tuple[Pattern, ...], ...]
    targets: tuple[Pattern, ...]
    ops: tuple[Op, ...]
    written: tuple[dict[str, dict[str, object]], ...]
    expect: int | None
    inherited: int = 0
    file: str = ""

    @property
    def label(self) -> str:
        """``rule 3 (line 41)``."""
        where = [f"line {self.line}"] if self.line else []
        where += ["inherited"] if self.inherited else []
        return f"rule {self.index + 1}" + (f" ({', '.join(where)})" if where else "")

    @property
    def wanted(self) -> str:
        """The names it takes, as written."""
        return ", ".join(" or ".join(p.text for p in slot) for slot in self.sources)


def compiled(index: int, rule: Rule) -> CompiledRule:
    """A rule of a checked recipe, compiled."""
    taken: list[tuple[str, ...]] = [(text,) for text in rule.from_]
    return CompiledRule(
        index,
        rule.line,
        tuple(tuple(compile_pattern(text) for text in slot) for slot in taken or [rule.either]),
        tuple(compile_pattern(text) for text in rule.to),
        tuple(parse_op(op) for op in rule.ops),
        rule.ops,
        rule.expect,
        rule.inherited,
        rule.file,
    )


@dataclass
class Group:
    """Tensors that one application of a rule takes.

    Attributes:
        binding: What the captures stand for.
        found: For each place in ``from``, the tensors by their collected number (-1 without one).
    """

    binding: Binding
    found: dict[int, dict[int, str]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The tensors in the order of ``from``, collected ones by number."""
        places = sorted(self.found)
        return tuple(self.found[i][n] for i in places for n in sorted(self.found[i]))

    def lacking(self, rule: CompiledRule) -> Iterator[str]:
        """Names that are missing; numbers that are collected start at 0 or 1 and have no gap."""
        for i, slot in enumerate(rule.sources):
            numbers = self.found.get(i)
            if not numbers:
                yield " or ".join(p.fill(self.binding) for p in slot)
            elif -1 not in numbers:
                pattern = next(p for p in slot if p.collected)
                for gap in itertools.islice(_gaps(numbers), _GAPS):
                    yield pattern.fill(self.binding | {pattern.collected: str(gap)})


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
        return {n for g in self.groups for n in g.names} | self.ambiguous.keys()


@dataclass(frozen=True)
class _Hit:
    """One way in which a tensor's name matches: its place in ``from``, and what that captures."""

    place: int
    binding: tuple[tuple[str, str], ...]
    number: int


_GAPS = 20  # missing names in one message


def _gaps(numbers: Collection[int]) -> Iterator[int]:
    last = max(numbers)
    for number in itertools.count(0 if 0 in numbers else 1):
        if number > last:
            return
        if number not in numbers:
            yield number


def matches(
    rule: CompiledRule, tensors: Iterable[TensorInfo], is_target: Callable[[str], bool]
) -> Matches:
    """The tensors that a rule takes, grouped by what its captures stand for.

    A tensor with several names (``TensorInfo.aliases``) matches by the one that leads to variables
    which exist. Training state and moving averages match a name with captures only where it does.

    Args:
        rule: The rule.
        tensors: Those that it may take.
        is_target: Whether there is a variable of that name.
    """
    found = Matches()
    groups: dict[tuple[tuple[str, str], ...], Group] = {}
    outlines = [pattern.outline for slot in rule.sources for pattern in slot]
    likely = re.compile("|".join(outlines), re.DOTALL).fullmatch
    for tensor in [t for t in tensors if likely(t.name) or any(map(likely, t.aliases))]:
        try:
            hits = _chosen(rule, tensor, is_target)
        except Ambiguous as error:
            found.ambiguous[tensor.name] = str(error)
            continue
        for hit in hits:
            group = groups.setdefault(hit.binding, Group(dict(hit.binding)))
            taken = group.found.setdefault(hit.place, {})
            if hit.number in taken or (taken and -1 in (hit.number, *taken)):
                other = taken.get(hit.number, next(iter(taken.values())))
                found.ambiguous[tensor.name] = f"{tensor.name} and {other} mean the same"
            else:
                taken[hit.number] = tensor.name
    found.groups = [group for group in groups.values() if group.names]
    return found


def _chosen(
    rule: CompiledRule, tensor: TensorInfo, is_target: Callable[[str], bool]
) -> tuple[_Hit, ...]:
    """The one way in which a tensor matches; nothing where there is none.

    Raises:
        Ambiguous: There are several.
    """
    own = tuple(dict.fromkeys(_hits(rule, tensor.name)))
    if tensor.training or tensor.average_of:
        # `{**path}` means weights: what is none is taken where its target exists, or by full name.
        own = tuple(
            h for h in own if not (h.binding or h.number >= 0) or _leads(rule, h, is_target)
        )
    if tensor.training or not tensor.aliases:
        return _only(own, tensor.name)
    every = dict.fromkeys(own)
    for alias in tensor.aliases:
        every |= dict.fromkeys(_hits(rule, alias))
    ways: dict[tuple[str, ...], _Hit] = {}
    for hit in every:  # two names that lead to the same variables are one way
        ways.setdefault((str(hit.place), *_targets(rule, hit)), hit)
    fitting = [hit for hit in ways.values() if _leads(rule, hit, is_target)]
    return _only(tuple(fitting or own or ways.values()), tensor.name)


def _targets(rule: CompiledRule, hit: _Hit) -> tuple[str, ...]:
    return tuple(p.fill(dict(hit.binding)) for p in rule.targets)


def _leads(rule: CompiledRule, hit: _Hit, is_target: Callable[[str], bool]) -> bool:
    """Whether a match leads to variables that exist."""
    return all(map(is_target, _targets(rule, hit)))


def _hits(rule: CompiledRule, name: str) -> Iterator[_Hit]:
    for place, slot in enumerate(rule.sources):
        for pattern in slot:
            bound = pattern.match(name)
            if bound is not None:
                number = int(bound.pop(pattern.collected)) if pattern.collected else -1
                yield _Hit(place, tuple(sorted(bound.items())), number)


def _only(hits: tuple[_Hit, ...], name: str) -> tuple[_Hit, ...]:
    if len({hit.place for hit in hits}) > 1:
        raise Ambiguous(f"{name} matches two sources of one rule")
    if len(hits) > 1:
        ways = " and with ".join(
            ", ".join(f"{k}={v}" for k, v in hit.binding) or "no capture" for hit in hits[:3]
        )
        raise Ambiguous(f"{name} matches in several ways: with {ways}")
    return hits
