"""What each witness is asked about every signature that is served, and where the files lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tfmigrate.errors import NotSupported, shown
from tfmigrate.judge import probing, witness
from tfmigrate.judge.probing import Probing
from tfmigrate.judge.serving import Serving
from tfmigrate.judge.witness import Witness
from tfmigrate.options import Options
from tfmigrate.parity import probes
from tfmigrate.recipe import Recipe
from tfmigrate.tensors import Hint, from_json

_OTHERS = "give some that it takes with --inputs FILE.npz, or take another one with --signature KEY"


@dataclass(frozen=True)
class Questions:
    """The signatures and their probes.

    Attributes:
        scratch: Where arrays are exchanged; the first signature's, the others have folders in it.
        serving: What is served.
        probings: The probes of each signature; none where nothing is compared.
        numbers: The number of each signature's folder, where some were left out.
    """

    scratch: Path
    serving: Serving
    probings: Sequence[Probing] = ()
    numbers: tuple[int, ...] = ()

    def folder(self, at: int) -> Path:
        """Where the files of a signature lie."""
        number = self.numbers[at] if self.numbers else at
        return self.scratch / str(number) if number else self.scratch

    def reading(self, whom: Witness) -> list[dict[str, Any]]:
        """What the second witness is asked: a signature that was recorded needs none."""
        return [
            self._files(i, "reader")
            | {"alone": len(self.probings) == 1}
            | witness.names(whom, self.serving, view.function)
            for i, (view, asked) in enumerate(zip(self.serving.views, self.probings, strict=False))
            if not asked.recorded and witness.knows(whom, self.serving, view.function)
        ]

    def heard(self) -> tuple[Questions, tuple[str, ...]]:
        """The questions without the made-up values that the source itself does not take.

        A signature none of whose values it takes is left out, as long as another one is served.

        Returns:
            What is left to be asked, and why the others are not, a sentence each.

        Raises:
            NotSupported: The first signature is one of those, which nobody would expect to miss,
                or the user gave the values.
        """
        kept: dict[int, Probing] = {}
        notes: list[str] = []
        for i, asked in enumerate(self.probings):
            answers = probes.load(self.folder(i) / "reader.npz")[1] if self._read(i) else ()
            numbers = [n for n, answer in enumerate(answers) if answer]
            if len(numbers) == len(answers):
                kept[i] = asked
                continue
            notes.append(self._refused(i, len(answers) - len(numbers), len(answers)))
            if numbers:
                kept[i] = asked.only(numbers)
        if not notes:
            return self, ()
        serving, probings = self.serving.only(list(kept)), list(kept.values())
        left = replace(self, serving=serving, probings=probings, numbers=tuple(kept))
        for (i, asked), view in zip(kept.items(), serving.views, strict=True):
            if asked is not self.probings[i]:
                probing.write(asked, self.folder(i), view)
                answers = probes.load(self.folder(i) / "reader.npz")[1]
                probes.save(self.folder(i) / "reader.npz", (), [a for a in answers if a])
        return left, tuple(notes)

    def _refused(self, number: int, count: int, total: int) -> str:
        """What to say of values that the source does not take.

        Raises:
            NotSupported: The user gave them, or they are all there are for the first signature.
        """
        key = shown(self.serving.views[number].signature.key)
        why = (self.folder(number) / "reader.txt").read_text()
        if self.probings[number].given:
            raise NotSupported(f"the source does not take what --inputs gives for {key}: {why}")
        if count < total:
            few = f"{count} of {total} made-up inputs of {key} are not compared"
            return f"{few}: the source does not take them ({why})"
        what = f"the source takes none of the inputs that were made up for {key}: {why}"
        if not number:
            raise NotSupported(what, help=_OTHERS)
        return f"the signature {key} is left out: {what}; --inputs FILE.npz gives others"

    def _read(self, number: int) -> bool:
        return (self.folder(number) / "reader.npz").exists()

    def rebuilding(self, answered: Witness | None) -> dict[str, Any]:
        """What the rebuilt model is asked.

        Args:
            answered: The second witness, where it has answered already.
        """
        read = {run["outputs"] for run in self.reading(answered)} if answered else ()
        runs = [
            self._files(i, "" if asked.recorded else "rebuilt")
            | {
                "function": self.serving.views[i].function,
                "eager": str(self.folder(i) / "eager.npz"),
            }
            for i, asked in enumerate(self.probings)
            if self._files(i, "reader")["outputs"] not in read
        ]
        return {"runs": runs} if runs else {}

    def _files(self, number: int, name: str) -> dict[str, Any]:
        folder = self.folder(number)
        return {
            "probes": str(folder / "probes.npz"),
            "outputs": str(folder / f"{name}.npz") if name else "",
        }


def questions(
    scratch: Path,
    serving: Serving,
    hints: Mapping[str, Any],
    recipe: Recipe | None,
    options: Options,
) -> Questions:
    """The probes of every signature, written for the workers.

    Args:
        scratch: Where.
        serving: What is served.
        hints: What is known of the inputs of each function, as JSON by its key.
        recipe: What it says of the inputs.
        options: What the user gives.

    Raises:
        TfmigrateError: What is given does not fit, or nothing can be made up.
    """
    if not options.verify:
        return Questions(scratch, serving)
    known = {key: {n: from_json(Hint, h) for n, h in found.items()} for key, found in hints.items()}
    made = Questions(scratch, serving, probing.probings(serving.views, known, recipe, options))
    for i, (view, asked) in enumerate(zip(serving.views, made.probings, strict=True)):
        made.folder(i).mkdir(exist_ok=True)
        probing.write(asked, made.folder(i), view)
    return made
