"""What a user writes to undo a fault: the rule, the recipe line or the option."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tfmigrate.engines.changes import Change
from tfmigrate.mapping.ops import parse_op
from tfmigrate.mapping.ops.base import Op
from tfmigrate.mapping.ops.layout import Reverse, Transpose
from tfmigrate.results import Assignment, Plan, Source

Ops = tuple[dict[str, Any], ...]

_LINE = re.compile(r"- \{name: (?P<name>\S+), layer: (?P<layer>\w+), with: \{(?P<args>[^{}]*)\}\}")


@dataclass(frozen=True)
class Written:
    """What the user wrote, or the file says.

    Attributes:
        origin: Where the architecture came from: ``recipe``, ``graph``, ``file`` ...
        entries: A recipe's layers.
    """

    origin: str
    entries: Sequence[Mapping[str, Any]] = ()


def advice(change: Change, source: Source, plan: Plan, written: Written) -> str:
    """The line or option that makes the change in the next run.

    Args:
        change: What makes the numbers agree.
        source: What was migrated.
        plan: What went where, with which ops.
        written: What the user wrote.
    """
    rules, origin = list(_rules(change, source, plan)), written.origin
    if not rules and change.sources:
        return f"exchange what fills {', '.join(f'{a} and {b}' for a, b in _pairs(change))}"
    if not rules:
        lines = _LINE.sub(lambda found: _merged(found, written.entries), change.apply)
        return lines if origin == "recipe" else _in_a_recipe(lines)
    said = f"weights: {{rules: [{', '.join(rules)}]}}"
    if origin in ("recipe", "graph"):
        return f"{said}  # instead of {', '.join(_replaced(change, plan))}"
    text = f"--recipe with rules for every tensor of the file, and among them {', '.join(rules)}"
    old = source.writer.name == "Keras" and source.writer.version[:1] in ("", "0", "1", "2")
    if change.kind == "kernel flip" and old:
        return f"--backend theano or --backend tensorflow, the other one than now; or {text}"
    return text


def _pairs(change: Change) -> list[tuple[str, str]]:
    return [(a, b) for a, b in change.sources.items() if a <= b]


def _merged(found: re.Match[str], entries: Sequence[Mapping[str, Any]]) -> str:
    """A layer's line with all that the recipe says of it, so that it can take its place."""
    entry = next((e for e in entries if e.get("name") == found["name"]), None)
    if entry is None:
        return found[0]
    args = entry.get("with", {})
    kept = {k: v for k, v in args.items() if not re.search(rf"(^|, ){k}: ", found["args"])}
    said = ", ".join([*(f"{k}: {_plain(v)}" for k, v in kept.items()), found["args"]])
    rest = {k: v for k, v in entry.items() if k not in ("name", "layer", "with")}
    after = "".join(f", {k}: {_plain(v)}" for k, v in rest.items())
    return f"- {{name: {found['name']}, layer: {found['layer']}, with: {{{said}}}{after}}}"


def _in_a_recipe(line: str) -> str:
    return f"the file itself says otherwise; a recipe with an `architecture` of its own: {line}"


def _replaced(change: Change, plan: Plan) -> list[str]:
    """What decided so far about the variables."""
    touched = (a for a in plan.assignments if set(a.targets) & set(change.reads))
    return list(dict.fromkeys(a.rule.partition(";")[0] for a in touched))


def _rules(change: Change, source: Source, plan: Plan) -> Iterator[str]:
    """The rules that take the place of what filled the variables."""
    if change.sources:
        filled = {t: a for a in plan.assignments for t in a.targets}
        if any(len(filled[target].targets) > 1 for target in change.sources):
            return  # one rule fills several of them: there is no rule for each
        for target, other in change.sources.items():
            yield _rule(source, filled[other], (target,), filled[other].ops)
    elif change.ops:
        for assignment in plan.assignments:
            touched = set(assignment.targets) & set(change.reads)
            if touched == set(assignment.targets):
                ops = _joined(assignment.ops, change.ops)
                yield _rule(source, assignment, assignment.targets, ops)
            elif touched:
                names = ", ".join(sorted(touched))
                yield f"{_ops(change.ops)} for {names} alone, after what {assignment.rule} does"


def _joined(ops: Ops, more: Ops) -> Ops:
    """Both one after the other; what undoes itself is left out."""
    if ops and more and _undoes(parse_op(ops[-1]), parse_op(more[0])):
        return _joined(ops[:-1], more[1:])
    return (*ops, *more)


def _undoes(one: Op, other: Op) -> bool:
    if one != other:
        return False
    return isinstance(one, Reverse) or (isinstance(one, Transpose) and one.perm == (1, 0))


def _rule(source: Source, assignment: Assignment, targets: Sequence[str], ops: Ops) -> str:
    averaged = "moving average" in assignment.rule
    raw = {t.name: t.average_of for t in source.tensors if averaged and t.average_of}
    names = [raw.get(name, name) for name in assignment.sources]
    parts = [f"from: {_names(names)}", f"to: {_names(targets)}"]
    if ops:
        parts.append(f"ops: {_ops(ops)}")
    return f"{{{', '.join(parts)}}}"


def _ops(ops: Ops) -> str:
    return f"[{', '.join(_plain(op) for op in ops)}]"


def _names(names: Sequence[str]) -> str:
    quoted = [_plain(name) for name in names]
    return quoted[0] if len(quoted) == 1 else f"[{', '.join(quoted)}]"


def _plain(value: Any) -> str:
    """A value as YAML writes it within a line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{k}: {_plain(v)}' for k, v in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_plain, value))}]"
    if isinstance(value, str) and value.replace("/", "").replace("_", "").isalnum():
        return value
    return json.dumps(value)
