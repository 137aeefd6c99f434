"""What recipes and sources have to do with each other, as text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from tfmigrate.drafting.explanation import Candidate, Exchangeable, Explanation, Open
from tfmigrate.errors import Problem, shown
from tfmigrate.report import Style, plan_text
from tfmigrate.report.inspection_text import signature_lines
from tfmigrate.report.recipe_results import (
    RecipeDrafted,
    RecipeExplained,
    RecipeFits,
    RecipeVariables,
)
from tfmigrate.report.words import counted, some

_MOST = 40  # open names on one screen


def fits(found: RecipeFits, style: Style) -> list[str]:
    """What a migration would restore and leave out."""
    run = found.dry_run
    return [
        style.paint(f"{shown(found.path)} fits {shown(run.source.path)}", "bold"),
        *plan_text.weights(run, style),
        *signature_lines(run.signatures),
        "",
        f"{plan_text.fates(run).summary()}. The answers were not compared: migrate it for that.",
    ]


def variables(found: RecipeVariables, style: Style) -> list[str]:
    """Every variable by the name that a rule's `to` has for it."""
    rows = [(v.name, str(v.shape), v.dtype) for v in found.variables]
    total = sum(math.prod(v.shape) for v in found.variables)
    return [
        style.paint(f"{shown(found.path)}: the variables that `to` can name", "bold"),
        *(f"  {shown(n)}  {shape}  {dtype}" for n, shape, dtype in _aligned(rows)),
        *signature_lines((found.signature,)),
        "",
        f"{counted(len(rows), 'variable')}, {counted(total, 'parameter')}",
    ]


def explained(found: RecipeExplained, style: Style) -> list[str]:
    """What is open on both sides, what it could be, and rules to paste."""
    said = found.explanation
    title = f"{shown(found.path)} and {shown(found.source)}"
    most = _MOST if not style.verbosity else 1_000_000
    text = [
        style.paint(title, "bold"),
        f"  {said.restored:,} of {counted(said.variables, 'variable')} restored,"
        f" {counted(len(said.ignored), 'tensor')} ignored",
    ]
    text += _problems("  what is wrong with the recipe's rules", said.problems, most)
    text += _opens("  source tensors that nothing takes", said.tensors, most)
    text += _opens("  variables that nothing fills", said.unfilled, most)
    text += _undecided(said.undecided)
    text += _proposals(said)
    if said.proposals:
        text += _problems("  with these rules there would still be", said.left, most)
    return [*text, "", _last(found)]


def drafted(found: RecipeDrafted, style: Style) -> list[str]:
    """The recipe itself; or, where it went to a file, where that is and what is open."""
    if not found.output:
        return [found.text.rstrip("\n")]
    return [*found.said, f"wrote {shown(found.output)}; next: `tfmigrate recipe check"
            f" {shown(found.output)} {shown(found.source)}`"]  # fmt: skip


def _opens(head: str, items: Sequence[Open], most: int) -> Iterator[str]:
    if items:
        yield f"{head} ({len(items):,})"
    for item in items[:most]:
        yield f"    {shown(item.name)}  {item.shape}  {item.dtype}"
        if item.candidates:
            yield f"      nearest: {'; '.join(map(_candidate, item.candidates))}"
    if len(items) > most:
        yield f"    ... {len(items) - most:,} more (-v shows all)"


def _candidate(found: Candidate) -> str:
    why = f" ({found.why})" if found.why else ""
    return f"{shown(found.name)} {found.shape}{why}"


def _undecided(groups: Sequence[Exchangeable]) -> Iterator[str]:
    if groups:
        yield "  undecidable: of one shape, and no name says which is which"
    for group in groups:
        yield f"    {some(group.tensors)} {group.shape}"
        yield f"      could be {some(group.variables)}"


def _proposals(said: Explanation) -> Iterator[str]:
    if said.proposals:
        yield "  rules to paste, before the recipe's own"
        yield "    weights:"
        yield "      rules:"
    for proposal in said.proposals:
        yield f"        {proposal.text}  # {'; '.join(proposal.why)}"


def _problems(head: str, problems: Sequence[Problem], most: int) -> Iterator[str]:
    if problems:
        yield head
    for problem in problems[:most]:
        where = f"{shown(problem.where)}{f':{problem.line}' if problem.line else ''}: "
        found = f" (found {shown(problem.found)})" if problem.found else ""
        near = f"; nearest: {', '.join(map(shown, problem.nearest))}" if problem.nearest else ""
        yield f"    {where if problem.where else ''}{shown(problem.what)}{found}{near}"
    if len(problems) > most:
        yield f"    ... {len(problems) - most:,} more (-v shows all)"


def _last(found: RecipeExplained) -> str:
    said = found.explanation
    if found.fits:
        return "everything fits"
    if said.proposals and not said.left:
        rules = counted(len(said.proposals), "proposed rule")
        total = counted(said.variables, "variable")
        return f"does not fit; with {rules} it would: {said.variables:,} of {total}"
    still = counted(len(said.left), "thing")
    said_so = "with the proposed rules " if said.proposals else ""
    return f"does not fit; {said_so}{still} would still be open"


def _aligned(rows: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Names are never cut: they are there to be pasted."""
    name = max((len(r[0]) for r in rows), default=0)
    size = max((len(r[1]) for r in rows), default=0)
    return [(r[0].ljust(name), r[1].ljust(size), r[2]) for r in rows]
