"""Hands the vocabularies of a ``.keras`` archive to the lookup layers of the rebuilt model.

Which layer a vocabulary belongs to is told by the library's own walk over the model
(``saving_lib._load_state``), with a store that names paths and opens nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unittest import mock

from tfmigrate.errors import NotSupported, Problem, shown

# Tokens, special ones first, and their inverse document frequencies where there are any.
Vocabulary = tuple[tuple[str, ...], Any]
Vocabularies = Mapping[str, Vocabulary]


def fill(model: Any, saving_lib: Any, lookup: type, found: Vocabularies) -> None:
    """Set the vocabulary of every lookup layer whose config has none.

    Args:
        model: The rebuilt model.
        saving_lib: The library's module of that name.
        lookup: The library's ``IndexLookup``.
        found: The archive's vocabularies by path of attributes.

    Raises:
        NotSupported: A layer's vocabulary is not there, or not one that it can have.
    """
    lookups = (x for x in model._flatten_layers() if isinstance(x, lookup))
    empty: dict[int, Any] = {id(x): x for x in lookups if _empty(x)}
    if not empty:
        return
    problems: dict[int, Problem] = {}

    def load_assets(layer: Any, path: str) -> None:
        if id(layer) in empty and path in found and (why := _set(layer, found[path])):
            problems[id(layer)] = Problem(why, where=layer.name)
        elif id(layer) in empty and path in found:
            empty.pop(id(layer))

    with mock.patch.object(lookup, "load_assets", load_assets):
        saving_lib._load_state(model, None, _paths(saving_lib, found), "", False, set())
    for key, layer in empty.items():
        what = "its vocabulary is neither in the config nor among the file's assets"
        problems.setdefault(key, Problem(what, where=layer.name))
    if problems:
        raise NotSupported(
            "lookup layers have no vocabulary to look up in", list(problems.values()),
            help="save the model as .keras from the program that adapted them",
        )  # fmt: skip


def _empty(layer: Any) -> bool:
    given = layer.input_vocabulary
    return given is None or len(given) == 0


def _set(layer: Any, vocabulary: Vocabulary) -> str:
    """Give a layer its vocabulary; why that is not possible, "" where it was."""
    tokens: list[Any] = list(vocabulary[0])
    size = layer._frozen_vocab_size
    if size is not None and len(tokens) != size:
        return f"its vocabulary has {len(tokens)} lines, its config says {size}: a token holds one"
    if str(getattr(layer.vocabulary_dtype, "name", layer.vocabulary_dtype)) != "string":
        try:
            tokens = [int(token) for token in tokens]
        except ValueError:
            return "its vocabulary holds text where whole numbers are needed"
    given: dict[str, Any] = {}
    if layer.output_mode == "tf_idf":
        if vocabulary[1] is None:
            return "its TF-IDF weights are not in the file"
        given = {"idf_weights": vocabulary[1][: len(tokens)]}
    try:
        layer.set_vocabulary(tokens, **given)
    except (ValueError, TypeError, RuntimeError) as error:
        return f"its vocabulary is refused: {shown(error, 200)}"
    return ""


def _paths(saving_lib: Any, found: Vocabularies) -> Any:
    class Paths(saving_lib.DiskIOStore):  # type: ignore[misc]
        def __init__(self) -> None:
            """Opens no folder."""

        def __bool__(self) -> bool:
            return True

        def get(self, path: str) -> str:
            return path

        def has_path(self, path: str) -> bool:
            return any(known == path or known.startswith(f"{path}/") for known in found)

    return Paths()
