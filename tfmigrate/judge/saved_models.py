"""A SavedModel as architecture: its signatures, checked, and where its values lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tfmigrate.errors import (
    NotSupported,
    TfmigrateError,
    UsageProblem,
    nearest,
    shown,
)
from tfmigrate.graphs.allowed import RANDOM, VARIABLES
from tfmigrate.graphs.asked import Endpoint
from tfmigrate.graphs.nodes import Node
from tfmigrate.graphs.saved import Call
from tfmigrate.judge import (
    graphs,
    saved_endpoints,
    saved_functions,
    saved_init,
    saved_names,
    saved_variables,
)
from tfmigrate.judge.graph_files import GraphFile
from tfmigrate.judge.graph_names import Names
from tfmigrate.judge.graph_slices import Stored, parts, stored
from tfmigrate.judge.graphs import Graphed
from tfmigrate.judge.saved_files import SavedFile, open_saved
from tfmigrate.judge.saved_sorting import DEFAULT, Sorted, refuse_left, sort
from tfmigrate.results import Assignment, Source
from tfmigrate.tensors import as_json

if TYPE_CHECKING:
    from tfmigrate.recipe import Recipe


def of_source(source: Source, signature: str = "", tags: Sequence[str] = ()) -> Graphed:
    """The model of a SavedModel.

    Args:
        source: The SavedModel.
        signature: The key of the only signature that is wanted; "" for all that can be served.
        tags: The tags of the graph that is meant; () for the one that serves.

    Raises:
        UsageProblem: It has no such signature, or no graph with these tags.
        NotSupported: The signature that is wanted cannot be served.
        UnsafeContent: It would run code or reach outside the model.
        Damaged: The file contradicts itself.
    """
    saved = open_saved(source, tags)
    file, endpoints, calls, left = _endpoints(saved, signature)
    return _checked(saved, file, endpoints, calls, Sorted(signature, left=left), source)


def _checked(
    saved: SavedFile,
    file: GraphFile,
    endpoints: Sequence[Endpoint],
    calls: list[Call],
    found: Sorted,
    source: Source,
) -> Graphed:
    """The model of some endpoints, those that cannot be served left out.

    Raises:
        NotSupported, UnsafeContent, Damaged: See :func:`of_source`.
    """
    numbers = saved_functions.held(saved.meta, dict(file.original.nodes))
    numbers |= _new(calls)
    there = {t.key or t.name: t for t in source.tensors}
    known = saved_variables.found(file.graph, saved, numbers, there)
    file = replace(
        file,
        graph=replace(file.graph, stored=known.tables),
        called=replace(file.original, stored=known.tables),
    )
    found.started = saved_init.nodes(saved.meta, file.graph)
    for endpoint in endpoints:
        sort(file, endpoint, found)
    refuse_left(found.left, [e.key for e, _ in found.good], found.signature, source)
    return _graphed(saved, file, found, calls, known, source)


def of_recipe(recipe: Recipe, source: Source, tags: Sequence[str] = ()) -> Graphed:
    """The model that a recipe takes from the graph of a SavedModel, between tensors of its own.

    Raises:
        RecipeProblem: The recipe does not fit the graph; all mistakes at once.
        NotSupported, UnsafeContent, Damaged: See :func:`of_source`.
    """
    said = recipe.architecture
    assert said is not None
    saved = open_saved(source, tags)
    file = saved.graph()
    names = Names(recipe, replace(file, graph=file.original), ("architecture",))
    asked = names.asked(said.inputs, said.outputs, said.feeds, said.training is False)
    return _checked(saved, file, [Endpoint(DEFAULT, asked)], [], Sorted(), source)


def _endpoints(
    saved: SavedFile, signature: str
) -> tuple[GraphFile, list[Endpoint], list[Call], dict[str, TfmigrateError]]:
    """The endpoints of a file, the graph that they are of, and why others are none."""
    file = saved.graph()
    keys = saved_endpoints.keys(saved.meta)
    left: dict[str, TfmigrateError] = {}
    endpoints: list[Endpoint] = []
    if keys and (not signature or signature in keys):
        for key in _wanted(keys, signature, saved):
            try:
                endpoints.append(saved_endpoints.endpoint(file, key))
            except NotSupported as error:
                left[key] = error
        return file, endpoints, [], left
    tried = dict(saved_functions.endpoints(saved.meta, dict(file.original.nodes)))
    calls: list[Call] = []
    # A function is an endpoint too where it is asked for by its name.
    for key in _wanted([*keys, *tried], signature, saved):
        made = tried[key]
        if isinstance(made, NotSupported):
            left[key] = made
        else:
            calls += made[0]
            endpoints.append(made[1])
    once = list({call.node: call for call in calls}.values())
    return saved.graph(once), endpoints, once, left


def _wanted(keys: list[str], signature: str, saved: SavedFile) -> list[str]:
    if not keys:
        raise NotSupported(
            "it has neither a signature nor a function, so nothing says what it computes",
            where=str(saved.path),
            help="name its tensors in a recipe, architecture: {graph: source, inputs: ...,"
            " outputs: ...}; `tfmigrate inspect` lists them",
        )
    if not signature:
        return keys
    if signature not in keys:
        near = nearest(signature, keys)
        guess = f"did you mean {shown(near[0])}? " if near else ""
        raise UsageProblem(
            f"the SavedModel has no signature {shown(signature)}",
            where=str(saved.path),
            help=f"{guess}it has {', '.join(map(shown, keys))}",
        )
    return [signature]


def _new(calls: Iterable[Call]) -> dict[int, str]:
    """The objects of variables that calls brought with them."""
    handles = (h.node for call in calls for h in call.handles)
    return {int(node.rpartition("/")[2]): node for node in handles}


def _graphed(
    saved: SavedFile,
    file: GraphFile,
    found: Sorted,
    calls: list[Call],
    known: saved_variables.Found,
    source: Source,
) -> Graphed:
    variables = {n.name: n for _, pruned in found.good for n in pruned.variables()}
    values, slices = _values(file, known, list(variables.values()), source)
    names = saved_names.public(list(variables), known.names, values, source)
    endpoints = tuple(e for e, _ in found.good)
    nodes = {name: node for _, p in found.good for name, node in p.nodes.items()}
    extra = {
        "tags": list(saved.tags),
        "calls": [as_json(c) for c in calls],
        "assets": saved.assets,
        "stored": {n: list(k) for n, k in known.tables.items()},
    }
    return Graphed(
        file, endpoints[0].asked, tuple(variables), frozenset(known.variables), slices,
        random=tuple(n for n, node in nodes.items() if node.op in RANDOM),
        training=graphs.training(nodes),
        notes=(*_notes(saved, found), *graphs.notes_on(nodes)),
        endpoints=endpoints, saved=extra, values=values, public=names,
    )  # fmt: skip


def _values(
    file: GraphFile, known: saved_variables.Found, needed: list[Node], source: Source
) -> tuple[tuple[Assignment, ...], tuple[Stored, ...]]:
    """Where every known variable's value lies, and the parts of partitioned ones."""
    tensors = {t.key or t.name: t.name for t in source.tensors}
    by_key = {node: tensors[key] for node, key in known.variables.items() if key in tensors}
    there = set(tensors.values())
    for name, node in file.graph.nodes.items():
        if node.op in VARIABLES and name in there:
            by_key.setdefault(name, name)
    slices = tuple(s for s in stored(file, needed, source) if not by_key.keys() & set(s.variables))
    split = (s.assignment() for s in (*slices, *(p for p in parts(file) if p.tensor in there)))
    plain = [Assignment((tensor,), (node,), rule="the graph's own saver")
             for node, tensor in sorted(by_key.items())]  # fmt: skip
    every = {a.targets: a for a in (*split, *plain)}
    return tuple(every.values()), slices


def _notes(saved: SavedFile, found: Sorted) -> tuple[str, ...]:
    notes = [
        f"the signature {shown(key, 60)} is left out: {shown(_why(error), 300)}"
        for key, error in found.left.items()
    ]
    for endpoint, pruned in found.good:
        if endpoint.key in saved_endpoints.keys(saved.meta):
            notes += saved_endpoints.notes(saved.meta, endpoint.key)
        if pruned.skipped:
            names = ", ".join(shown(n, 60) for n in pruned.skipped[:3])
            notes.append(f"signature {shown(endpoint.key, 60)}: not run are {names}, which change"
                         " variables; no answer depends on them")  # fmt: skip
    functions = [n for n in saved_functions.named(saved.meta) if n != "__call__"]
    if saved_endpoints.keys(saved.meta) and functions and not found.signature:
        names = ", ".join(shown(n, 60) for n in functions[:5])
        notes.append(f"without a signature: {names}; --signature NAME takes one of them")
    notes += saved_init.notes(found.started, saved.assets)
    if saved.others:
        tags = ", ".join(saved.tags) or "no tag"
        notes.append(f"of {len(saved.others) + 1} graphs the one with {shown(tags)} is taken, not"
                     f" {shown('; '.join(saved.others))}; --tags takes another")  # fmt: skip
    return tuple(notes)


def _why(error: TfmigrateError) -> str:
    said = [f"{p.what}{f', {p.where}' if p.where else ''}" for p in error.problems[:2]]
    return "; ".join((error.what, *said))
