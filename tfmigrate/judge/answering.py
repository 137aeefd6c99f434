"""Two SavedModels asked the same, signature by signature, each in a worker of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tfmigrate.contract.common import Common, common
from tfmigrate.contract.difference import Answers
from tfmigrate.contract.model import Contract
from tfmigrate.errors import NotSupported, UsageProblem, shown
from tfmigrate.options import Options, Progress
from tfmigrate.parity import golden, probes
from tfmigrate.parity.compare import compare
from tfmigrate.parity.probes import Probe
from tfmigrate.parity.tolerances import tolerances
from tfmigrate.tensors import Hint, Signature
from tfmigrate.workers.crew import Crew, Room

_BYTES = Hint(0, 256)
# Nothing says how many rows a table has, or which words a vocabulary.
_LITTLE = {
    **dict.fromkeys(("int8", "int16", "int32", "int64", "uint16", "uint32", "uint64"), "0 and 1"),
    "string": "made-up words",
}


@dataclass(frozen=True)
class Witness:
    """A SavedModel that is asked.

    Attributes:
        name: What it is called in messages: ``A`` or ``B``.
        path: Its folder.
        contract: Its signatures.
        weights: The bytes of its tensors.
    """

    name: str
    path: Path
    contract: Contract
    weights: int


@dataclass(frozen=True)
class _Question:
    """A signature of both, and its probes."""

    about: Common
    probes: tuple[Probe, ...]


class Asking:
    """Asks both the same.

    Args:
        options: ``inputs``, ``samples``, ``seed``, ``rtol``, ``atol`` and ``memory`` count.
        progress: Is told of each step.
        crew: The workers.
        scratch: Where probes and answers lie meanwhile.
    """

    def __init__(self, options: Options, progress: Progress, crew: Crew, scratch: Path) -> None:
        self.options, self.progress, self.crew, self.scratch = options, progress, crew, scratch

    def both(self, a: Witness, b: Witness) -> tuple[Answers, ...]:
        """What the signatures that both have answer.

        Raises:
            UsageProblem: The inputs fit none of them, or the tolerances do not.
        """
        theirs = b.contract.by_key()
        shared = [common(e, theirs[e.key]) for e in a.contract.signatures if e.key in theirs]
        found = {c.key: Answers(c.key, skipped=c.why) for c in shared if c.why}
        outputs = {s.name: s for c in shared for s in c.outputs}
        self.allowed = tolerances(tuple(outputs.values()), self.options.rtol, self.options.atol)
        questions = []
        for one in (c for c in shared if not c.why):
            asked = self._question(one)
            if isinstance(asked, str):
                found[one.key] = Answers(one.key, skipped=asked)
            else:
                questions.append(asked)
        if questions:
            runs = zip(self._ask(a, questions), self._ask(b, questions), strict=True)
            for question, (one_run, other_run) in zip(questions, runs, strict=True):
                found[question.about.key] = self._judged(question, one_run, other_run)
        elif self.options.inputs is not None and (why := _misfit(found)):
            raise UsageProblem("the inputs fit no signature that both have", help=why)
        return tuple(found[c.key] for c in shared)

    def _question(self, about: Common) -> _Question | str:
        """The probes of a signature, or why there are none."""
        asked = Signature(about.key, about.inputs, ())
        try:
            if self.options.inputs is None:
                return self._made_up(about)
            read = golden.read(self.options.inputs, asked, "inputs file", UsageProblem)
        except NotSupported as error:
            return error.what
        except UsageProblem as error:
            return "; ".join([error.what, *(f"{p.where}: {p.what}" for p in error.problems)])
        return _Question(about, (read.inputs, *(inputs for inputs, _ in read.more)))

    def _made_up(self, about: Common) -> _Question:
        count, seed = self.options.samples, self.options.seed
        hints = {s.name: _BYTES for s in about.inputs if s.dtype == "uint8"}
        made = probes.make_probes(about.inputs, hints, seed, count, True)
        notes = [
            f"input {shown(s.name)} was asked with {_LITTLE[s.dtype]} only; --inputs gives others"
            for s in about.inputs
            if s.dtype in _LITTLE
        ]
        return _Question(replace(about, notes=(*about.notes, *notes)), made)

    def _ask(self, witness: Witness, questions: Sequence[_Question]) -> list[_Ran]:
        own = self.scratch / witness.name
        own.mkdir()
        files = [(own / f"{i}.npz", own / f"{i}.answers.npz") for i in range(len(questions))]
        asked = []
        for question, (given, answers) in zip(questions, files, strict=True):
            probes.save(given, question.probes)
            names = question.about.input_names
            names = names if witness.name == "B" else {n: n for n in names}
            asked.append({"key": question.about.key, "names": names,
                          "probes": str(given), "outputs": str(answers)})  # fmt: skip
        room = Room((str(witness.path),), (str(own),), witness.weights, self.options.memory)
        self.progress(f"asking {witness.name}", 0, 0)
        payload = {"path": str(witness.path), "asked": asked}
        told = self.crew.start("answerer", payload, room).result()["runs"]
        return [_Ran(run, file) for run, (_, file) in zip(told, files, strict=True)]

    def _judged(self, question: _Question, a: _Ran, b: _Ran) -> Answers:
        about = question.about
        if a.refused or b.refused:
            return Answers(about.key, skipped=_of_both("is not run", a.refused, b.refused))
        if a.failed or b.failed:
            why = _of_both("does not answer", a.failed, b.failed)
            if not a.failed or not b.failed:
                return Answers(about.key, apart=why)
            hint = "" if self.options.inputs else "; --inputs FILE.npz asks with others"
            return Answers(about.key, skipped=f"{why}{hint}")
        moving = _moving(about, a, b)
        kept = {n: o for n, o in about.output_names.items() if n not in moving}
        notes = (
            *about.notes,
            *(f"not compared: output {shown(n)} {why}" for n, why in moving.items()),
        )
        apart = "; ".join(f"output {shown(n)} {why}" for n, why in moving.items() if why != _BOTH)
        if not kept:
            return Answers(about.key, apart=apart, skipped="" if apart else f"every output {_BOTH}")
        one, other = a.answers({n: n for n in kept}), b.answers(kept)
        compared = compare(one, other, self.allowed)
        return Answers(about.key, len(question.probes), compared, apart, notes=notes)


_BOTH = "differs from call to call in both"


def _moving(about: Common, a: _Ran, b: _Ran) -> dict[str, str]:
    """The outputs that differ from call to call, and in which of the two."""
    found = {}
    for name, other in about.output_names.items():
        one_moves, other_moves = name in a.unsteady, other in b.unsteady
        if one_moves or other_moves:
            only = "A" if one_moves else "B"
            both = one_moves and other_moves
            found[name] = _BOTH if both else f"differs from call to call in {only} alone"
    return found


class _Ran:
    """What a worker tells of a signature."""

    def __init__(self, told: Mapping[str, Any], file: Path) -> None:
        self.refused, self.failed = str(told["refused"]), str(told["failed"])
        self.unsteady, self._file = set(told["unsteady"]), file

    def answers(self, names: Mapping[str, str]) -> list[Probe]:
        """The answers by A's names."""
        _, found = probes.load(self._file)
        return [{ours: probe[own] for ours, own in names.items()} for probe in found]


def _of_both(what: str, a: str, b: str) -> str:
    if a and b:
        told = a if a == b else f"{a}; the other: {b}"
        return f"each of them {what}: {told}"
    return "; ".join(f"{name} {what}: {why}" for name, why in (("A", a), ("B", b)) if why)


def _misfit(found: Mapping[str, Answers]) -> str:
    return "; ".join(f"{key}: {answers.skipped}" for key, answers in found.items())
