"""What to do next, each step with a line to copy where there is one."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from tfmigrate.errors import TfmigrateError
from tfmigrate.proof import Diagnosis, Divergence, Parity
from tfmigrate.report.html.about import Context, Subject
from tfmigrate.report.html.wording import sentence
from tfmigrate.results import Migration, Verification

SHOWN = 3  # diagnoses that stand on top of the page
_TRUST = " (only for a file that you trust: it runs there without walls)"


@dataclass(frozen=True)
class Step:
    """One thing to do.

    Attributes:
        text: The sentence.
        code: What to copy, "" where there is nothing.
    """

    text: str
    code: str = ""


def after(subject: Subject, word: str, context: Context) -> tuple[Step, ...]:
    """The steps after a result whose verdict is ``word``."""
    if isinstance(subject, TfmigrateError):
        return _ended(subject)
    if isinstance(subject, Verification):
        return _checked(subject, word)
    if word == "DRY RUN":
        return (Step("Run the same command without --dry-run to migrate."),)
    if word == "UNVERIFIED":
        return (Step("Migrate again without --no-verify before anybody relies on this model."),)
    if word == "FAILED" and subject.parity is not None:
        return _failed(subject, subject.parity, context)
    return _kept(subject, word)


def _kept(done: Migration, word: str) -> tuple[Step, ...]:
    again = f"tfmigrate verify {shlex.quote(done.output)}" if done.output else ""
    found = [Step("Serve it: requests to paste are under Signatures.")]
    if done.parity is not None and done.parity.level != "recorded":
        text = f"For the strongest evidence, let the original runtime answer{_TRUST}."
        found.insert(0 if word == "WEAK" else 1, Step(text, _record(done)))
    return (*found, Step("Check it again at any time, years from now too.", again))


def _record(done: Migration) -> str:
    return f"tfmigrate golden record {shlex.quote(done.source.path)} --runtime auto"


def _failed(done: Migration, parity: Parity, context: Context) -> tuple[Step, ...]:
    found = parity.divergence
    if found and found.diagnoses:
        return (
            *_applied(found.diagnoses),
            *_unexplained(found),
            Step("Then run the same command again.", context.command),
        )
    if found and found.first:
        return (*_unexplained(found), Step("See what the source says of it.", _inspect(done)))
    text = f"Let the original runtime record what its layers answer{_TRUST}, and compare with that."
    return (
        Step(text, f"{_record(done)} --activations"),
        Step("See what the source says, and what is hard about it.", _inspect(done)),
    )


def _unexplained(found: Divergence) -> list[Step]:
    """What to do about layers that go wrong for no known reason."""
    known = {diagnosis.layer for diagnosis in found.diagnoses}
    names = [f"`{name}`" for name in found.first if name not in known][:SHOWN]
    text = "No known fault explains {}: compare its arguments and weights with the original's."
    return [Step(text.format(", ".join(names)))] if names else []


def _inspect(done: Migration) -> str:
    return f"tfmigrate inspect {shlex.quote(done.source.path)}"


def top(diagnoses: Sequence[Diagnosis]) -> list[Diagnosis]:
    """Those that stand on top of the page: of each layer the one that fits best."""
    first = {one.layer: one for one in reversed(diagnoses)}
    return [one for one in diagnoses if first[one.layer] is one][:SHOWN]


def _applied(diagnoses: Sequence[Diagnosis]) -> list[Step]:
    found = []
    doubt = (
        " (others fit as well: see below)" if len(diagnoses) > 1 else " (others were not all tried)"
    )
    for one in top(diagnoses):
        place = f"In `{one.layer}`, " if one.layer else ""
        said = f"{place}{one.what.rstrip('.')}"
        said = sentence(f"{said}{'' if one.certain else doubt}")
        found.append(Step(f"{said} Write in its place:" if one.apply else said, one.apply))
    return found


def _checked(found: Verification, word: str) -> tuple[Step, ...]:
    if word == "UNVERIFIED":
        return (Step("Migrate the source again, with verification."),)
    if word != "FAILED":
        return (Step("Nothing needs to be done."),)
    if not found.intact:
        text = "Take the SavedModel from where it was published, or migrate the source again."
        return (Step(text), Step("Do not serve this copy until you know who changed it."))
    text = "The files are the certified ones, so this machine computes differently: look at the "
    return (Step(f"{text}versions of TensorFlow and the processor."),)


def _ended(error: TfmigrateError) -> tuple[Step, ...]:
    own = dict.fromkeys(p.help for p in error.problems if p.help)
    said = [error.help, *(own if len(own) <= SHOWN else ())]
    found = [Step(sentence(line)) for help in said if help for line in help.split("\n")]
    if len(own) > SHOWN:
        found.append(Step("What can be done is said below, problem by problem."))
    return tuple(found) or (Step("Correct what is said here, and run the same command again."),)
