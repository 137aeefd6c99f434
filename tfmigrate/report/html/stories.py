"""What happened and where, in sentences."""

from __future__ import annotations

from dataclasses import dataclass

from tfmigrate.errors import TfmigrateError
from tfmigrate.proof import OutputComparison, Parity
from tfmigrate.report import plan_text
from tfmigrate.report.html.about import Subject
from tfmigrate.report.html.ladder import AGAINST
from tfmigrate.report.html.weak import reasons
from tfmigrate.report.html.wording import number, sentence
from tfmigrate.report.words import counted
from tfmigrate.results import Migration, Verification

_MOST = 4  # names before "and more"


@dataclass(frozen=True)
class Story:
    """What a page tells first: one sentence, more of them, and places."""

    name: str
    sentence: str
    happened: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()


def of(subject: Subject, word: str) -> Story:
    """The story of a result whose verdict is ``word``."""
    if isinstance(subject, TfmigrateError):
        return _ended(subject)
    if isinstance(subject, Verification):
        return _checked(subject, word)
    return _migrated(subject, word)


def _migrated(done: Migration, word: str) -> Story:
    name, weights = done.source.path, plan_text.fates(done).summary()
    parity = done.parity
    if parity is None:
        return Story(name, "Nothing was written: this was a dry run.", (f"{weights}.",))
    if word == "UNVERIFIED":
        said = "The SavedModel was written, and its answers were not compared with anything."
        return Story(name, said, (f"{weights}.",), _output(done))
    if word == "FAILED":
        happened = ("Nothing was written.", f"{weights}.")
        return Story(name, _broken(parity), happened, _places(parity))
    match = _matching(parity)
    return Story(name, match, (*_first(parity, word), f"{weights}."), _output(done))


def _output(done: Migration) -> tuple[tuple[str, str], ...]:
    return (("SavedModel", done.output),) if done.output else ()


def _checked(found: Verification, word: str) -> Story:
    groups = {"changed": found.changed, "missing": found.missing, "added": found.extra}
    where = [(f"file {what}", n) for what, names in groups.items() for n in names[:_MOST]]
    where += [("tensor", f"{m.name}: {m.what}") for m in found.mismatches[:_MOST]]
    counts = {"file": sum(map(len, groups.values())), "tensor": len(found.mismatches)}
    wrong = " and ".join(counted(n, what) for what, n in counts.items() if n)
    if word == "UNVERIFIED":
        said = "The files are those of the certificate, but there are no answers to compare."
        return Story(found.path, said)
    if word == "FAILED" and wrong:
        verb = "is" if sum(counts.values()) == 1 else "are"
        said = f"{wrong} {verb} not as the certificate says."
        more = () if found.parity.outputs else ("The stored probes were not answered.",)
        return Story(found.path, said, more, tuple(where))
    if word == "FAILED":
        return Story(found.path, _broken(found.parity), (), _places(found.parity))
    said = "Every file is the one that was certified, and the stored probes get the stored answers."
    return Story(found.path, said, _first(found.parity, word), (("SavedModel", found.path),))


def _ended(error: TfmigrateError) -> Story:
    where = (("place", error.where),) if error.where else ()
    count = counted(len(error.problems), "problem")
    more = [f"{count}, all listed below."] if error.problems else []
    return Story(
        "",
        sentence(error.what),
        ("Nothing was written.", *more),
        where + tuple((p.where or "problem", p.what) for p in error.problems[:_MOST]),
    )


def _matching(parity: Parity) -> str:
    many = len(parity.outputs)
    verb = "matches" if many == 1 else "match"
    outputs = {1: "The output", 2: "Both outputs"}.get(many, f"All {many:,} outputs")
    return f"{outputs} of the exported model {verb} {AGAINST[parity.level]}."


def _first(parity: Parity, word: str) -> tuple[str, ...]:
    return reasons(parity)[:2] if word == "WEAK" else ()


def _broken(parity: Parity) -> str:
    wrong = [o for o in parity.outputs if not o]
    if not parity.outputs:
        return "The exported model gave no answers that could be compared."
    if not wrong:
        checks = ", ".join(n for n, held in parity.checks.items() if not held)
        return f"The answers match, but a check did not hold: {checks}."
    if len(parity.outputs) == 1:
        return f"The output does not match {AGAINST[parity.level]}."
    verb = "does" if len(wrong) == 1 else "do"
    outputs, reference = counted(len(parity.outputs), "output"), AGAINST[parity.level]
    return f"{len(wrong):,} of {outputs} {verb} not match {reference}."


def _places(parity: Parity) -> tuple[tuple[str, str], ...]:
    found = [("output", _off(o)) for o in parity.outputs if not o][:_MOST]
    if parity.divergence:
        by_name = {layer.layer: layer for layer in parity.divergence.layers}
        for name in parity.divergence.first[:_MOST]:
            layer = by_name.get(name)
            of = f", a {layer.class_name}" if layer and layer.class_name else ""
            found.append(("first layer", f"{name}{of}"))
    found += [("check", name) for name, held in parity.checks.items() if not held]
    return tuple(found)


def _off(output: OutputComparison) -> str:
    if not output.differing:
        return f"{output.name}: {output.why}" if output.why else output.name
    share = f"{output.differing:,} of {counted(output.elements, 'element')}"
    return f"{output.name}: {share} differ, by {number(output.max_abs)} at most"
