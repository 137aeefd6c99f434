"""Which names of the model the author's code has to define, and whether it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tfmigrate.errors import NotSupported, Problem, nearest, shown
from tfmigrate.trusted.load import Objects


def chosen(
    found: Objects, wanted: Sequence[Mapping[str, str]], files: Iterable[str], model: Iterable[str]
) -> dict[str, Any]:
    """The objects by the names that the model's config uses.

    Args:
        found: What the files define.
        wanted: ``{"name", "where"}`` of what Keras of that time did not have itself.
        files: The files' names.
        model: Every name that the config uses for a class or an activation.

    Raises:
        NotSupported: The files lack a name, or define one that Keras had of its own at the time,
            so that the config can mean either.
    """
    needed = {w["name"] for w in wanted}
    own = set(model) - {name.rpartition(">")[2] for name in needed} - needed
    missing = [*_missing(found, wanted), *_ambiguous(found, own)]
    if missing:
        given = ", ".join(shown(f, 80) for f in files)
        raise NotSupported(f"the code in {given} does not fit this model", missing)
    named = {name: found.find(name) for name in needed}
    return {**_harmless(found, own), **found.registered, **named}


def _missing(found: Objects, wanted: Sequence[Mapping[str, str]]) -> Iterator[Problem]:
    known = [*found.registered, *found.defined]
    for item in wanted:
        if found.find(item["name"]) is None:
            yield Problem(
                f"the model needs {shown(item['name'], 80)!r}, and no file given with --trust-code "
                "defines it",
                where=item["where"],
                nearest=nearest(item["name"], known),
                help="give the file that defines it; --trust-code can be repeated",
            )


def _ambiguous(found: Objects, own: set[str]) -> Iterator[Problem]:
    """Built-in names that the files define too, without saying that the model means theirs."""
    for name in sorted(own & set(found.defined) - set(found.registered)):
        yield Problem(
            f"{shown(name, 80)!r} is Keras's own, and the file defines one too; the model can mean "
            "either",
            where=name,
            help=f"to say it is the file's, add the line custom_objects = {{{name!r}: {name}}} to "
            "it; to say it is Keras's, rename it in the file",
        )


def _harmless(found: Objects, model: set[str]) -> dict[str, Any]:
    """What the model does not name itself: a layer of the author's may build others of them."""
    return {name: value for name, value in found.defined.items() if name not in model}
