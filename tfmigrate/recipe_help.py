"""Help with recipes: does one fit, why not, what its variables are, and a first draft."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tfmigrate.errors import (
    EnvironmentProblem,
    NotRecognised,
    NotSupported,
    OutputExists,
    TfmigrateError,
    UsageProblem,
)
from tfmigrate.options import Options, Progress
from tfmigrate.pipeline import COMMANDS, at_step
from tfmigrate.results import Source
from tfmigrate.workers.crew import Crew

if TYPE_CHECKING:
    from tfmigrate.drafting.draft import Draft
    from tfmigrate.drafting.explanation import Explanation
    from tfmigrate.drafting.library import Match
    from tfmigrate.results import Migration
    from tfmigrate.trial import Trial

_TRIED = 2  # recipes of the library that are built; the others are less likely still
_WEIGHTS = frozenset(kind for kinds in COMMANDS.values() for kind in kinds)


def check(source: Path, options: Options, progress: Progress) -> Migration:
    """The dry run of a recipe against a source: what would be restored, what left out and why.

    Raises:
        MappingProblem: It does not fit; everything that is wrong, at once.
        TfmigrateError: The recipe has mistakes, the model cannot be built, or it is no source.
    """
    from tfmigrate import trial

    with _crew(options) as crew:
        found = trial.run(weights_in(at_step(source, options.step), crew), options, progress, crew)
    if found.migration is None:
        assert found.misfit is not None
        raise found.misfit
    return found.migration


def variables(options: Options, progress: Progress) -> Trial:
    """A recipe's model without a source: its variables and its signature.

    Raises:
        UsageProblem: The recipe has no architecture, so there is no model.
        TfmigrateError: The recipe has mistakes, or the model cannot be built.
    """
    from tfmigrate import trial
    from tfmigrate.recipe import load_recipe

    recipe = load_recipe(options.recipe or "", options.parameters)
    if recipe.architecture is None and recipe.keras_config is None:
        raise UsageProblem(
            "the recipe has no architecture, so it has no variables of its own",
            where=recipe.path,
            help="its weight rules are for a source with an architecture: `tfmigrate recipe explain"
            " RECIPE SOURCE` lists that model's variables",
        )
    with _crew(options) as crew:
        return trial.of_recipe(options, progress, crew)


def explain(source: Path, options: Options, progress: Progress) -> tuple[Source, Explanation]:
    """What does not fit between a recipe and a source, and the rules that would make it fit.

    Raises:
        TfmigrateError: The recipe has mistakes, the model cannot be built, or it is no source.
    """
    from tfmigrate import trial

    with _crew(options) as crew:
        described = weights_in(at_step(source, options.step), crew)
        found = trial.run(described, options, progress, crew)
    return described, _explained(described, found)


def _explained(source: Source, found: Trial) -> Explanation:
    from tfmigrate.drafting.explain import explained
    from tfmigrate.drafting.explanation import Explanation
    from tfmigrate.judge import graph_weights
    from tfmigrate.recipe.model import Weights

    if found.migration is not None:
        plan = found.migration.plan
        count = len(found.variables)
        return Explanation(count, count, plan.ignored)
    assert found.misfit is not None
    weights = found.recipe.weights if found.recipe else Weights()
    where = found.recipe.path if found.recipe else source.path
    tensors = source.tensors
    if found.architecture.graph is not None:
        tensors = graph_weights.tensors(tensors, found.architecture.graph)
        inside = graph_weights.rules(found.architecture.graph)
        weights = weights.model_copy(update={"rules": (*weights.rules, *inside)})
    answer = explained(tensors, found.variables, weights, where)
    # Not silent where the two disagree: what the plan objects to is what counts.
    return answer if not answer else replace(answer, problems=found.misfit.problems)


def weights_in(path: Path, crew: Crew) -> Source:
    """The description of a source that holds weights.

    Raises:
        NotRecognised: It is none of the formats we know.
        NotSupported: It is one that no recipe is for.
    """
    found = crew.describe(path.absolute())
    if found.kind in _WEIGHTS:
        return found
    raise (NotSupported if found.kind else NotRecognised)(
        f"recipes are for files of weights, not for this: {found.title}",
        where=found.path,
        help=found.next_command or "tfmigrate inspect says what can be done with it",
    )


@contextlib.contextmanager
def _crew(options: Options) -> Iterator[Crew]:
    with Crew(gpu=options.gpu, verbose=options.verbose) as crew:
        yield crew


def draft(source: Path, output: Path | None, progress: Progress, verbose: bool) -> Draft:
    """A first recipe for a source of weights, from whatever tells most about its model.

    Args:
        source: The source.
        output: A file to write it to; None for none.
        progress: Is told of each step.
        verbose: Let TensorFlow's own log lines through.

    Raises:
        OutputExists: There is something at ``output``.
        TfmigrateError: It is no source of weights, or damaged.
    """
    if output is not None and output.exists():
        raise OutputExists("there is something at the output already", where=str(output))
    with Crew(tensorflow=False, verbose=verbose) as crew:
        progress("looking at the source", 0, 0)
        described = weights_in(source, crew)
        progress("looking in the library", 0, 0)
        made, said = _in_library(described, progress, verbose)
        made = made or _drafted(described, crew)
    if said:
        head = "".join(f"# {line}\n" for line in said)
        made = replace(made, text=head + made.text, said=(*said, *made.said))
    if output is not None:
        _write(made.text, output)
    return made


def _in_library(
    source: Source, progress: Progress, verbose: bool
) -> tuple[Draft | None, tuple[str, ...]]:
    """The recipe of the library that a dry run shows to fit, and what is said of one that does not.

    Nothing that takes long is started where no name in the source is one of the library's.
    """
    from tfmigrate.drafting import library

    said: tuple[str, ...] = ()
    found = list(itertools.islice(library.matches(source.tensors), _TRIED))
    if not found:
        return None, said
    with Crew(verbose=verbose) as crew:
        for match in found:
            made, why = _tried(source, match, progress, crew)
            if made is not None:
                return made, ()
            said = said or why
    return None, said


def _tried(
    source: Source, match: Match, progress: Progress, crew: Crew
) -> tuple[Draft | None, tuple[str, ...]]:
    from tfmigrate import trial
    from tfmigrate.drafting import from_library

    try:
        found = first = trial.run(source, _asked(match), progress, crew)
        if first.misfit is not None and first.recipe is not None:
            tensors = source.tensors
            for way in from_library.refined(match, first.recipe, tensors, first.variables):
                match = replace(match, parameters=way)
                found = trial.run(source, _asked(match), progress, crew)
                if found.migration is not None:
                    break
    except TfmigrateError as error:
        return None, from_library.looks_like(match, 0, 0, f"it cannot be built: {error.what}")
    total = len(found.variables)
    if found.migration is None or found.recipe is None:
        fit = _explained(source, found)
        return None, from_library.looks_like(match, fit.restored, total, "")
    command = source.next_command.partition(" --recipe")[0]
    return from_library.drafted(match, found.recipe, total, command), ()


def _asked(match: Match) -> Options:
    return Options(recipe=match.recipe, parameters=match.parameters, dry_run=True)


def _drafted(source: Source, crew: Crew) -> Draft:
    from tfmigrate.drafting.draft import draft as drafted
    from tfmigrate.drafting.from_graph import Graph

    if source.kind not in COMMANDS["ckpt-to-savedmodel"]:
        return drafted(source)
    beside = crew.outline(Path(source.path))
    graph = Graph.from_json(beside["graph"]) if beside["graph"] else None
    return drafted(source, graph, beside["order"])


def _write(text: str, output: Path) -> None:
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise EnvironmentProblem(
            f"the draft cannot be written: {error.strerror}", where=str(output)
        ) from error
