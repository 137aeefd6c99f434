"""A draft as the YAML text of a recipe, with a comment for everything that is not sure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tfmigrate.drafting.entries import Drafted
from tfmigrate.drafting.folding import Folded, folded
from tfmigrate.drafting.generalise import ProposedRule
from tfmigrate.drafting.pasting import flow, pasted, text
from tfmigrate.errors import shown

_LINE = 100


def recipe(
    name: str, draft: Drafted, rules: Sequence[ProposedRule], ignored: Sequence[tuple[str, str]]
) -> str:
    """The recipe's text.

    Args:
        name: What the recipe is called.
        draft: The architecture.
        rules: Weight rules.
        ignored: Names of tensors to leave out, with the reason.
    """
    whole = folded(draft.entries)
    lines = [*_comments(draft.comments), "tfmigrate: 1", f"name: {text(name)}"]
    if whole.blocks:
        lines += ["", "blocks:"]
    for block, entries in whole.blocks.items():
        lines += [f"  {text(block)}:", "    layers:", *_entries(entries, 6)]
    lines += ["", "architecture:", f"  semantics: {draft.semantics}", "  inputs:"]
    for key, spec in draft.inputs.items():
        lines.append(_commented(f"    {text(key)}: {flow(spec)}", draft.notes.get(key, "")))
    lines += ["  layers:", *_entries(whole.entries, 4), *_outputs(draft.outputs)]
    return "\n".join([*lines, *weights(rules, ignored)]) + "\n"


def weights(rules: Sequence[ProposedRule], ignored: Sequence[tuple[str, str]]) -> list[str]:
    """The section ``weights``; nothing, where every tensor has its variable's name."""
    if not rules and not ignored:
        return []
    lines = ["", "weights:"]
    if rules:
        lines += ["  rules:", *(f"    {pasted(rule.as_data())}" for rule in rules)]
    if ignored:
        lines.append("  ignore:")
        lines += [f"    - {flow({'names': n, 'because': why})}" for n, why in ignored]
    return lines


def _outputs(outputs: Mapping[str, str]) -> Iterator[str]:
    if outputs:
        yield "  outputs:"
    for public, name in outputs.items():
        lost = public.startswith("unknown_")
        said = "unknown: what takes it; it stands here to be kept" if lost else ""
        said = said or "guessed: an answer, for nothing takes it"
        yield _commented(f"    {text(public)}: {text(name)}", said)


def _comments(comments: Sequence[str]) -> list[str]:
    return [f"# {shown(line, 300)}" for comment in comments for line in comment.split("\n")]


def _entries(entries: Sequence[Folded], indent: int) -> Iterator[str]:
    for entry in entries:
        yield _commented(f"{' ' * indent}- {flow(entry.data)}", entry.said)


def _commented(line: str, said: str) -> str:
    if not said:
        return line
    comment = f"# {shown(said, 300)}"
    if len(line) + len(comment) + 2 <= _LINE:
        return f"{line}  {comment}"
    indent = " " * (len(line) - len(line.lstrip()))
    return f"{indent}{comment}\n{line}"


def with_averages(recipe: str, count: int) -> str:
    """A recipe that restores moving averages instead of the weights they belong to."""
    line = f"  averages: prefer  # sure: {count} averages are stored; guessed: they were served"
    head = "\nweights:\n"
    if head in recipe:
        return recipe.replace(head, f"{head}{line}\n")
    return f"{recipe}{head}{line}\n"
