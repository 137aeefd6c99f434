"""Errors as people read them: what, where, found and expected, what to do; all problems at once."""

from __future__ import annotations

from tfmigrate.errors import Problem, TfmigrateError, shown
from tfmigrate.report import Paint, plain
from tfmigrate.report.words import lines


def render(error: TfmigrateError, paint: Paint = plain) -> str:
    """The error and every problem in it, numbered when there are several."""
    head = lines(error.what)
    text = [paint("error: ", "red") + head[0], *(f"  {line}" for line in head[1:])]
    if error.where:
        text.append(f"  --> {shown(error.where)}")
    for number, problem in enumerate(error.problems, 1):
        mark = f"{number}. " if len(error.problems) > 1 else ""
        text += ["", *_problem(problem, mark, error.where, paint)]
    if error.help:
        text += [*([""] if error.problems else []), *_fact("help", error.help, "  ", paint)]
    if len(error.problems) > 1:
        text += ["", f"{len(error.problems)} problems"]
    return "\n".join(text)


def _problem(problem: Problem, mark: str, above: str, paint: Paint) -> list[str]:
    indent = "  " + " " * len(mark)
    head = lines(problem.what)
    text = [f"  {mark}{head[0]}", *(f"{indent}{line}" for line in head[1:])]
    place = _place(problem, above)
    if place:
        text.append(f"{indent}--> {place}")
    for name, value in (
        ("found", problem.found),
        ("expected", problem.expected),
        ("did you mean", ", ".join(problem.nearest)),
        ("help", problem.help),
    ):
        if value:
            text += _fact(name, value, indent, paint)
    return text


def _fact(name: str, value: str, indent: str, paint: Paint) -> list[str]:
    first, *rest = lines(value)
    label = f"{name}: "
    colour = "cyan" if name in ("help", "did you mean") else "bold"
    return [f"{indent}{paint(label, colour)}{first}", *(f"{indent}  {line}" for line in rest)]


def _place(problem: Problem, above: str) -> str:
    """``file:line $.path``; the file is said again only where a line or path follows."""
    where = problem.where
    if where == above and problem.line is None and not problem.path:
        return ""
    spot = shown(where) if where else ""
    if problem.line is not None:
        spot = f"{spot}:{problem.line}" if spot else f"line {problem.line}"
    return " ".join(part for part in (spot, shown(problem.path)) if part)
