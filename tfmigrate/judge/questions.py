"""What each witness is asked about every signature that is served, and where the files lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfmigrate.judge import probing, witness
from tfmigrate.judge.probing import Probing
from tfmigrate.judge.serving import Serving
from tfmigrate.judge.witness import Witness
from tfmigrate.options import Options
from tfmigrate.recipe import Recipe
from tfmigrate.tensors import Hint, from_json


@dataclass(frozen=True)
class Questions:
    """The signatures and their probes.

    Attributes:
        scratch: Where arrays are exchanged; the first signature's, the others have folders in it.
        serving: What is served.
        probings: The probes of each signature; none where nothing is compared.
    """

    scratch: Path
    serving: Serving
    probings: Sequence[Probing] = ()

    def folder(self, number: int) -> Path:
        """Where the files of a signature lie."""
        return self.scratch / str(number) if number else self.scratch

    def reading(self, whom: Witness) -> list[dict[str, Any]]:
        """What the second witness is asked: a signature that was recorded needs none."""
        return [
            self._files(i, "reader") | witness.names(whom, self.serving, view.function)
            for i, (view, asked) in enumerate(zip(self.serving.views, self.probings, strict=False))
            if not asked.recorded and witness.knows(whom, self.serving, view.function)
        ]

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
