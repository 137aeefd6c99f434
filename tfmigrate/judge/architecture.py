"""What is to be rebuilt, and by which engine: decided from the source and the recipe, before any
TensorFlow is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tfmigrate.engines import upgrades
from tfmigrate.engines.lambda_upgrades import given_name, without_lambdas
from tfmigrate.errors import (
    NotSupported,
    Problem,
    RecipeProblem,
    TfmigrateError,
    UnsafeContent,
    UsageProblem,
)
from tfmigrate.expressions import Expression
from tfmigrate.judge import backends, graph_sources, graphs, of_recipe, trust
from tfmigrate.judge.declared import Declared, of_config
from tfmigrate.judge.graphs import Graphed
from tfmigrate.lambdas import loops
from tfmigrate.lambdas.dialects import dialect_of
from tfmigrate.options import Options
from tfmigrate.results import Hazard, Source, Writer
from tfmigrate.sources import config as configs
from tfmigrate.sources import hazards, writers
from tfmigrate.sources.config_era import dated

if TYPE_CHECKING:
    from tfmigrate.recipe import Recipe


@dataclass(frozen=True)
class Architecture:
    """What an engine rebuilds.

    Attributes:
        engine: The engine's name.
        config: The upgraded model config, or a recipe's ``architecture``.
        origin: Where it comes from: ``file``, ``model.json`` or ``recipe``.
        stored: The config as it was stored, None for a recipe.
        of_day: The config in the terms of its day, every layer named; None for a recipe and for
            Keras 3, whose weights need no restating.
        writer: Who wrote it, and with which backend.
        era: The era of its writer.
        misread: What today's library would read wrongly in the stored config.
        notes: What a person should know about it.
        needs: What only the author's code can give it.
        declared: What a recipe declares for it, None where it declares nothing.
        graph: The graph that a recipe takes it from, None for layers.
    """

    engine: str
    config: dict[str, Any]
    origin: str
    stored: dict[str, Any] | None = None
    of_day: dict[str, Any] | None = None
    writer: Writer = field(default_factory=Writer)
    era: str = ""
    misread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    needs: tuple[Hazard, ...] = ()
    declared: Declared | None = None
    graph: Graphed | None = None

    @property
    def basis(self) -> str:
        """What the architecture rests on: its origin, or ``declared`` where a recipe adds to it."""
        return "declared" if self.declared and self.origin != "recipe" else self.origin


def decide(
    source: Source,
    recipe: Recipe | None,
    backend: str | None = None,
    trusted: bool = False,
    asked: Options | None = None,
) -> Architecture:
    """The architecture to rebuild.

    Args:
        source: The source, as its reader described it.
        recipe: The recipe that was given.
        backend: The backend that the user says it was trained on.
        trusted: Whether the author's code was given for what the source only names.
        asked: The other options: which signature, which tags, which tensors of a graph.

    Raises:
        UsageProblem: The user says another backend than the file.
        RecipeProblem: The source holds no architecture and no recipe gives one.
        NotSupported: Something in it cannot be migrated; every such thing is listed.
        UndecidedBackend: It makes a difference which backend trained it, and nobody says it.
        UnsafeContent: Something in it would run code or reach outside the file.
    """
    _refuse_backend(source, backend)
    own = graph_sources.own(source, recipe, asked or Options())
    if own is not None:
        return _of_own(own, backend)
    if recipe is not None and recipe.architecture is not None:
        chosen = _of_graph(recipe, source) if recipe.architecture.graph else _of_recipe(recipe)
        return replace(chosen, notes=(*chosen.notes, *_unheeded(backend)))
    config, writer, origin, where = _config_of(source, recipe, backend)
    # Found again where the user says the backend: what a function means may depend on it.
    era = writers.era(writer, source.tensors)
    _refuse_theano(writer, era, backend, where)
    first = era in backends.ERAS
    known = origin == "file" and not (backend and first)
    found = source.hazards if known else hazards.find(config, writer, source.tensors)
    declared = of_config(config, found, recipe, writer, dialect_of(config, writer))
    refuse(trust.left(declared.left, trusted), where)
    config = trust.calling(declared.config, declared.left) if trusted else declared.config
    chosen = _of_config(config, writer, origin, source, declared.lambdas)
    lifted = (h for h in declared.left if h.code == "lambda" and not h.exit_code)
    read = tuple(f"{h.where}: {h.what}" for h in lifted)
    chosen = replace(chosen, notes=(*chosen.notes, *read))
    if declared.said:
        chosen = replace(chosen, declared=declared, notes=(*chosen.notes, *declared.notes))
    return trust.reliant(chosen, declared.left) if trusted else chosen


def _of_own(found: Graphed, backend: str | None) -> Architecture:
    """A source that is a graph itself."""
    return Architecture(
        "graph", found.config(), "graph", notes=(*found.notes, *_unheeded(backend)), graph=found
    )


def _unheeded(backend: str | None) -> tuple[str, ...]:
    """That a recipe's own layers are TensorFlow's, whatever the user says of the weights."""
    if backend != "theano":
        return ()
    said = (
        "--backend theano changes nothing here: the layers are the recipe's own, and TensorFlow's;"
        " kernels that Theano turned are turned with `ops: [{reverse: [0, 1]}]`"
    )
    return (said,)


def _config_of(
    source: Source, recipe: Recipe | None, backend: str | None
) -> tuple[dict[str, Any], Writer, str, str]:
    """The config that there is, who wrote it, and where it comes from."""
    if recipe is not None and recipe.keras_config is not None:
        config = recipe.keras_config
        writer = dated(_writer_of(recipe, source.writer, backend), config)
        return config, writer, "model.json", recipe.path
    if source.architecture is not None:
        writer = replace(source.writer, backend=source.writer.backend or backend or "")
        return source.architecture, writer, "file", source.path
    refuse(source.hazards, source.path)
    raise RecipeProblem(
        "the file holds weights only, so the architecture has to come with --recipe",
        where=source.path,
        help="--recipe takes the model.json or model.yaml that to_json() or to_yaml() wrote,"
        " or a recipe of your own",
    )


def _refuse_backend(source: Source, backend: str | None) -> None:
    said = source.writer.backend
    if backend and said and backend != said:
        raise UsageProblem(
            f"--backend {backend} contradicts the file, which says {said}", where=source.path
        )


def _refuse_theano(writer: Writer, era: str, backend: str | None, where: str) -> None:
    if backend == "theano" and era in ("tf.keras", "keras-3"):
        name = f"{writer.name} {writer.version}".strip()
        raise UsageProblem(f"{name} never ran on Theano, so --backend theano is wrong", where=where)


def refuse(found: tuple[Hazard, ...], where: str) -> None:
    """Refuses everything that a migration cannot get past, all at once.

    Raises:
        UnsafeContent: One of them would run code or reach outside the file.
        NotSupported: Otherwise.
    """
    blocking = [h for h in found if h.exit_code]
    if not blocking:
        return
    problems = [Problem(h.what, where=h.where, help=h.help) for h in blocking]
    kind: type[TfmigrateError] = NotSupported
    what = "this model cannot be migrated by this version"
    if any(h.exit_code == UnsafeContent.exit_code for h in blocking):
        kind, what = UnsafeContent, "this model holds content that would have to be run"
    raise kind(what, problems, where=where)


def refuse_loops(architecture: Architecture, where: str) -> None:
    """Refuse Lambdas that a loop may have made, where no golden file can show their answers.

    Raises:
        NotSupported: Several have the same code and the same closure.
    """
    if architecture.stored is None:
        return
    given = architecture.declared.lambdas if architecture.declared else ()
    lambdas = [
        x
        for x in configs.layers(architecture.stored)
        if x.class_name == "Lambda" and given_name(x.entry, given) != x.name
    ]
    groups = loops.alike((layer.path, layer.config) for layer in lambdas)
    if groups:
        raise NotSupported(
            "Lambdas with the same code and the same values around it: made in a loop, all of them"
            " were stored with the last value of its variable",
            [Problem("stored alike", where=", ".join(paths)) for paths in groups],
            where=where,
            help="if that is what they compute, show it with --golden FILE.npz; otherwise the"
            " right values are not in the file",
        )


def _of_recipe(recipe: Recipe) -> Architecture:
    from tfmigrate.recipe.semantics import engine_of

    plain, notes = of_recipe.plain(recipe)
    semantics = plain.get("semantics") or ""
    writer = of_recipe.writer_of(semantics)
    declared = of_recipe.declared(recipe, plain)
    return Architecture(
        engine_of(semantics), plain, "recipe", writer=writer, notes=notes, declared=declared
    )


def _of_graph(recipe: Recipe, source: Source) -> Architecture:
    found = graphs.of_recipe(recipe, source)
    return Architecture("graph", found.config(), "graph", notes=found.notes, graph=found)


def _of_config(
    config: dict[str, Any],
    writer: Writer,
    origin: str,
    source: Source,
    given: Mapping[str, Expression],
) -> Architecture:
    era = writers.era(writer, source.tensors)
    if era in backends.ERAS and not writer.backend:
        return backends.whichever(
            lambda b: _of_config(config, replace(writer, backend=b), origin, source, given), source
        )
    if era == "keras-0" and not writer.version:
        writer = replace(writer, version="0.3")
    if era == "keras-3":
        of_day = None
    else:
        of_day = upgrades.of_its_day(config, writer.version, era, source.layers, source.tensors)
    table = upgrades.table_for(writer, era, of_day or config)
    misread = upgrades.misread_today(of_day or config, writer, era)
    notes: tuple[str, ...] = ()
    if "forget_state" in misread:
        notes = ("recurrent layers kept their state between batches; each request starts from"
                 " zeros, unless its signature has `state: explicit`",)  # fmt: skip
    return Architecture(
        "keras3" if era == "keras-3" else "keras2",
        upgrades.upgraded(without_lambdas(of_day or config, writer, given), table),
        origin, config, of_day, writer, era, misread, notes,
    )  # fmt: skip


def _writer_of(recipe: Recipe, writer: Writer, backend: str | None) -> Writer:
    """Who wrote the architecture: the recipe says it, else the weights' own file."""
    version = recipe.keras_version or writer.version
    said = {b for b in (recipe.backend, writer.backend) if b}
    # Keras 2 turned kernels by what the weights say, and padded as the backend that ran it: where
    # config and weights are of both, neither alone says how the model answered.
    known = "" if said == set(backends.BACKENDS) else writer.backend or recipe.backend
    inside = writers.keras(version, None).name == "tf.keras"
    return replace(
        writer,
        name="tf.keras" if inside else writer.name,
        version=version,
        backend=backend or known or "",
    )
