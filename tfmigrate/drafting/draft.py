"""A first recipe from what a source tells: its graph, its objects, or names and shapes alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tfmigrate.drafting import as_yaml, families, from_graph, ordering, recurrent
from tfmigrate.drafting.chain import chained
from tfmigrate.drafting.entries import Drafted, Entry
from tfmigrate.drafting.from_graph import Graph
from tfmigrate.drafting.generalise import ProposedRule, rules_for
from tfmigrate.drafting.scopes import Scope, plain, scopes
from tfmigrate.errors import NotSupported
from tfmigrate.recipe.forms import DTYPES
from tfmigrate.results import Source
from tfmigrate.sources import training_names, writers
from tfmigrate.tensors import TensorInfo

_OBJECTS = ("tf2-checkpoint", "keras-tf-weights")
_STANDS_IN = re.compile(r"unknown_\d+")


@dataclass(frozen=True)
class Draft:
    """A first recipe.

    Attributes:
        basis: What it was made from: library, graph, objects or names.
        text: The recipe, as YAML with comments.
        said: What a person should know, in sentences.
    """

    basis: str
    text: str
    said: tuple[str, ...] = ()


def draft(source: Source, graph: Graph | None = None, order: Sequence[str] = ()) -> Draft:
    """The recipe that a source tells most about.

    Args:
        source: The source.
        graph: The graph beside it, if there is one.
        order: Its keys in the order in which their objects were attached, if it has objects.

    Raises:
        NotSupported: Nothing in the source is a weight.
    """
    name = _name(source)
    if graph is not None:
        text, said = from_graph.recipe(name, graph)
        _, averaged = weights_of(source)
        if averaged:
            text = as_yaml.with_averages(text, averaged)
        return Draft("graph", text, said)
    tensors, averaged = weights_of(source)
    ignored = [(t.name, why) for t in tensors if (why := _left_out(t))]
    names = {name for name, _ in ignored}
    tensors = [t for t in tensors if t.name not in names]
    if not tensors:
        raise NotSupported("nothing in it is a weight of a model", where=source.path)
    basis = "objects" if source.kind in _OBJECTS else "names"
    known = {key: i for i, key in enumerate(order)}
    if known:
        tensors.sort(key=lambda t: known.get(t.key, len(known)))
    elif not source.kind.startswith("keras"):
        tensors.sort(key=lambda t: ordering.natural(plain(t.name).rpartition("/")[0] or t.name))
    semantics = semantics_of(source, tensors)
    entries = entries_of(tensors, semantics)
    whole = _in_order(entries, semantics, bool(known) or source.kind.startswith("keras"))
    rules = _rules(source, whole)
    comments = (*_head(source, whole, basis), *whole.comments)
    whole = replace(whole, comments=comments)
    text = as_yaml.recipe(name, whole, rules, ignored)
    if averaged:
        text = as_yaml.with_averages(text, averaged)
    return Draft(basis, text, comments)


def _left_out(tensor: TensorInfo) -> str:
    """Why a tensor is left out of a draft, "" where it is not."""
    if not tensor.shape and "int" in tensor.dtype:
        return "guessed: a counter, for it is a single whole number"
    if 0 in tensor.shape:
        return "sure: it is empty"
    return "" if tensor.dtype in DTYPES else f"unknown: what {tensor.dtype} values are for"


def weights_of(source: Source) -> tuple[list[TensorInfo], int]:
    """The tensors that are weights of the model, and how many moving averages of them there are."""
    weights = [t for t in source.tensors if not t.training]
    averages = set(training_names.averages([t.name for t in weights]))
    return [t for t in weights if t.name not in averages], len(averages)


def entries_of(tensors: Sequence[TensorInfo], semantics: str) -> list[Entry]:
    """The layers that tensors belong to, in the order of the tensors."""
    style = families.Style(semantics)
    running, used = recurrent.cells_in({t.name: t for t in tensors}) if style.tf1 else ({}, ())
    first = {name: i for i, name in enumerate(t.name for t in tensors)}
    found: list[tuple[int, Entry]] = []
    for scope in _merged(scopes([t for t in tensors if t.name not in used])):
        place = first[next(iter(scope.tensors.values())).name]
        found += [(place, entry) for entry in families.recognised(scope, style)]
    for name, layers in running.items():
        found += [(first[name], entry) for entry in layers]
    found.sort(key=lambda item: item[0])
    return recurrent.bidirectional([entry for _, entry in found])


def _merged(found: Sequence[Scope]) -> list[Scope]:
    """Scopes of Keras's cells under the names of their layers: ``lstm/cell`` is ``lstm``."""
    names = {scope.name for scope in found}
    merged = []
    for scope in found:
        head, _, last = scope.name.rpartition("/")
        inner = last == "cell" or re.fullmatch(r"(lstm|gru|simple_rnn)_cell(_\d+)?", last)
        if inner and head and head not in names and "recurrent_kernel" in scope.tensors:
            scope = Scope(head, scope.tensors, scope.hint)
        merged.append(scope)
    return merged


def semantics_of(source: Source, tensors: Sequence[TensorInfo]) -> str:
    """Whose defaults apply, as far as the names say."""
    if source.kind.startswith("tf1"):
        slim = any(t.name.rpartition("/")[2] in ("weights", "biases") for t in tensors)
        return "slim" if slim else "tf1-layers"
    if source.kind == "keras-weights-v3":
        return "keras-3"
    major, minor = writers.numbers(source.writer.version)
    era = writers.era(source.writer, source.tensors)
    if era == "keras-1":
        return "keras-1.2"
    if era == "keras-2":
        return f"keras-2.{min(minor, 3)}"
    if source.writer.name == "tf.keras" and (major, minor) < (2, 2) and source.writer.version:
        return "tf.keras-1.15"
    return f"tf.keras-2.{minor}" if source.writer.version and minor <= 15 else "tf.keras-2.8"


def _in_order(entries: list[Entry], semantics: str, ordered: bool) -> Drafted:
    whole = chained(entries, semantics)
    if ordered or not _stand_ins(whole):
        said = "in the order of the file" if ordered else "in the order of their names"
        return replace(whole, comments=(f"guessed: the layers stand {said}",))
    other = ordering.by_size(entries)
    if other is None:
        said = "guessed: the layers stand in the order of their names; sizes do not decide it"
        return replace(whole, comments=(said,))
    said = "guessed: the layers stand in the only order in which their sizes fit"
    return replace(chained(other, semantics), comments=(said,))


def _stand_ins(whole: Drafted) -> list[str]:
    return [name for name in whole.inputs if _STANDS_IN.fullmatch(name)]


def _rules(source: Source, whole: Drafted) -> tuple[ProposedRule, ...]:
    """Rules for what is called otherwise; none for an H5 file whose own names say it."""
    links = [link for entry in whole.entries for link in entry.links]
    if source.kind.startswith("keras-h5") and not _keras_1(source) and _by_group(source, whole):
        return ()
    wanted = [link for link in links if link.targets != (link.source,)]
    return rules_for(wanted, [t.name for t in source.tensors])


def _by_group(source: Source, whole: Drafted) -> bool:
    """Whether the layers are those that an H5 file groups its weights by."""
    groups = {t.group for t in source.tensors if not t.training}
    return groups == {entry.name for entry in whole.entries if entry.links}


def _keras_1(source: Source) -> bool:
    return writers.era(source.writer, source.tensors) in ("keras-0", "keras-1")


def _head(source: Source, whole: Drafted, basis: str) -> list[str]:
    layers = sum(1 for e in whole.entries if e.layer and e.links)
    alone = sum(1 for e in whole.entries if not e.layer)
    origin = {"objects": "the objects in the checkpoint", "names": "names and shapes alone"}[basis]
    said = [
        f"A first draft from {origin}: {layers} layers"
        + (f", {alone} variables that belong to no layer that is known" if alone else ""),
        "sure: names and shapes of what has weights; layers without weights leave no trace",
    ]
    if whole.semantics:
        said.append(f"guessed: the defaults are those of {whole.semantics}")
    bare = [layer.name for layer in source.layers if not layer.weights]
    if bare:
        said.append(f"sure: the file also names layers without weights: {', '.join(bare)}")
    if _stand_ins(whole):
        said.append(
            f"unknown: {len(_stand_ins(whole))} inputs called unknown_N stand in for connections"
            " that nothing tells; connect them with `from`, and take them away"
        )
    return said


def _name(source: Source) -> str:
    stem = re.split(r"[/\\]", source.path.rstrip("/"))[-1]
    stem = re.sub(r"\.(ckpt|h5|hdf5|index|weights)\b.*", "", stem)
    return re.sub(r"[^A-Za-z0-9_-]+", "_", stem).strip("_") or "draft"
