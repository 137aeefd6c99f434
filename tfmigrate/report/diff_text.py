"""How two SavedModels differ, what breaks a client first."""

from __future__ import annotations

from collections.abc import Sequence

from tfmigrate.contract.difference import Answers, Difference, Side
from tfmigrate.contract.matching import Held, Matched
from tfmigrate.errors import shown
from tfmigrate.report import Style, contract_text, parity_text
from tfmigrate.report.inspection_text import writer
from tfmigrate.report.words import counted, size, some

_MOST = 8  # rows of one kind, where not all are asked for


def render(found: Difference, style: Style) -> list[str]:
    """The lines of the report; the last one is the verdict."""
    text = [_side("A", found.a, style), _side("B", found.b, style)]
    text += _block("signatures", contract_text.changes(found.signatures, style), style)
    text += _block("answers", _answers(found, style), style)
    text += _block("variables", _matched(found.variables, "variable", style), style)
    text += _block("assets", _matched(found.assets, "asset", style), style)
    text += _training(found)
    return [*text, "", _verdict(found)]


def _side(name: str, side: Side, style: Style) -> str:
    counts = f"{counted(side.signatures, 'signature')}, {counted(side.variables, 'variable')}"
    said = f"{shown(side.title)}, {writer(side.writer)}, {counts}, {size(side.size)}"
    return f"{style.paint(f'{name}  {shown(side.path)}', 'bold')}\n     {said}"


def _block(title: str, lines: list[str], style: Style) -> list[str]:
    return ["", style.paint(title, "bold"), *(lines or ["  the same"])]


def _answers(found: Difference, style: Style) -> list[str]:
    text = []
    for answers in found.answers:
        text += _signature(answers, style)
    if not text:
        why = "no signature is in both" if found.asked else "neither was run"
        text.append(f"  not compared: {why}")
    return text


def _signature(answers: Answers, style: Style) -> list[str]:
    key = shown(answers.signature)
    text = []
    if answers.apart:
        text.append(style.paint(f"  {key}: {shown(answers.apart, 400)}", "red"))
    if answers.skipped:
        text.append(style.paint(f"  {key}: not compared: {shown(answers.skipped, 600)}", "yellow"))
    if answers.outputs:
        text.append(f"  {key}: {counted(answers.probes, 'probe')}, A as the reference")
        text += parity_text.outputs(answers.outputs, style)
    return text + [f"    note: {shown(note)}" for note in answers.notes]


def _matched(found: Matched, what: str, style: Style) -> list[str]:
    if found and not found.renamed and not found.copies:
        return [f"  {counted(found.same, what)} the same" if found.same else "  none"]
    text = [f"  {counted(found.same, what)} with the same name and value"] if found.same else []
    changed = [f"{shown(o.name)}{_types(o.a, o.b)}" for o in found.changed]
    text += _rows("ANOTHER VALUE under the same name", changed, style, "red")
    text += _rows("ONLY IN A", [_held(h) for h in found.only_a], style, "red")
    text += _rows("ONLY IN B", [_held(h) for h in found.only_b], style, "red")
    copies = [f"A: {some(c.a, 3)};  B: {some(c.b, 3)}" for c in found.copies]
    text += _rows("stored more often in one of them", copies, style)
    renamed = [f"{shown(r.a)} -> {shown(r.b)}" for r in found.renamed]
    return text + _rows("the same value under another name", renamed, style)


def _held(found: Held) -> str:
    return f"{shown(found.name)}  {found.what}".rstrip()


def _types(a: str, b: str) -> str:
    return "" if a == b else f": {a} in A, {b} in B"


def _rows(title: str, rows: Sequence[str], style: Style, colour: str = "") -> list[str]:
    if not rows:
        return []
    kept = rows if style.verbosity or len(rows) <= _MOST + 1 else rows[:_MOST]
    head = f"{title} ({len(rows)})"
    left = len(rows) - len(kept)
    return [
        f"  {style.paint(head, colour) if colour else head}",
        *(f"    {shown(row, 300)}" for row in kept),
        *([f"    ... {left:,} more (-v shows all)"] if left else []),
    ]


def _training(found: Difference) -> list[str]:
    a, b = found.training
    if not a and not b:
        return []
    return ["", f"  not compared: state of training, {counted(a, 'tensor')} in A and {b:,} in B"]


def _verdict(found: Difference) -> str:
    said = [contract_text.summary(found.signatures), _answered(found.answers)]
    for matched, what in ((found.variables, "variables"), (found.assets, "assets")):
        if not matched:
            said.append(f"the {what} differ")
        elif what == "variables":
            said.append(f"the {what} have the same values")
    head = "the same, as far as compared" if found else "they DIFFER"
    return f"{head}: {'; '.join(said)}."


def _answered(answers: Sequence[Answers]) -> str:
    compared = [a for a in answers if a.outputs]
    wrong = [a.signature for a in answers if not a]
    if wrong:
        return f"the answers of {some(wrong)} differ"
    if not compared:
        return "no answers were compared"
    probes = sum(a.probes for a in compared)
    left = len(answers) - len(compared)
    but = f", {counted(left, 'signature')} not compared" if left else ""
    return f"the answers to {counted(probes, 'probe')} are the same{but}"
