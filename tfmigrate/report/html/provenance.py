"""Where the model came from, and how its migration can be repeated."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tfmigrate.report.html.about import Context, Subject
from tfmigrate.report.inspection_text import writer
from tfmigrate.report.migration_text import serving
from tfmigrate.report.words import size
from tfmigrate.results import Migration, Verification


@dataclass(frozen=True)
class Provenance:
    """Facts about the run, and the files it read.

    Attributes:
        facts: What it is, and the value.
        files: Each file that was read with its SHA-256, "" where that was not taken.
        versions: The packages that took part.
        command: The command line that repeats it.
    """

    facts: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]
    command: str


def view(subject: Subject, context: Context) -> Provenance:
    """The provenance of any result."""
    platform = (("platform", context.platform),) if context.platform else ()
    return Provenance(
        (*_facts(subject), *platform),
        _files(subject) if isinstance(subject, Migration) else (),
        tuple(sorted(context.versions.items())),
        context.command,
    )


def _facts(subject: Subject) -> tuple[tuple[str, str], ...]:
    if isinstance(subject, Migration):
        return _of_migration(subject)
    if isinstance(subject, Verification):
        found = [
            ("checked", subject.path),
            ("migrated from", subject.source),
            ("evidence then", subject.level),
            ("SHA-256 of the certificate", subject.certificate),
            ("tensors read again", _count(subject.tensors)),
        ]
    else:
        found = [
            ("place", subject.where),
            ("error", type(subject).__name__),
            ("exit code", str(subject.exit_code)),
        ]
    return tuple(pair for pair in found if pair[1])


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _of_migration(done: Migration) -> tuple[tuple[str, str], ...]:
    source, recipe = done.source, done.recipe
    found = [
        ("source", source.path),
        ("format", f"{source.title}, {size(source.size)}"),
        ("writer", writer(source.writer)),
        ("rebuilt with", done.engine),
        ("written to", done.output or "nothing was written"),
    ]
    if recipe is not None:
        found.append(("recipe", recipe.name))
        found += [("parameter", f"{name} = {value}") for name, value in recipe.parameters.items()]
    if done.portability is not None and done.output:
        found.append(("serves on", serving(done.portability)))
    found += [("declared", f"{name}: {text}") for name, text in sorted(done.declared.items())]
    if done.seconds:
        steps = ", ".join(f"{step} {taken:.1f} s" for step, taken in done.seconds.items())
        found.append(("time", steps))
    return tuple(found)


def _files(done: Migration) -> tuple[tuple[str, str], ...]:
    named = {Path(path).name for path in done.source.files}
    whole = len(named) != len(done.source.files)
    found = [(p if whole else Path(p).name, done.hashes.get(p, "")) for p in done.source.files]
    found += [(f"code that was run: {n}", digest) for n, digest in sorted(done.trusted.items())]
    if done.recipe is not None:
        found.append((f"recipe {done.recipe.name}", done.recipe.sha256))
    return tuple(found)
