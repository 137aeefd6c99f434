"""The levels of evidence, and the sentence for each; the word "verified" is earned, never given."""

from __future__ import annotations

from collections.abc import Sequence

from tfmigrate.errors import NotProved, Problem, UsageProblem, nearest, shown
from tfmigrate.proof import LEVELS

_SAID = {
    "unverified": "UNVERIFIED: the exported model was not compared with anything",
    "rebuilt": (
        "weights and export proved; the architecture was rebuilt from the file's own config, "
        "not checked"
    ),
    "reader": (
        "verified against another reader of the same file, which shares layer code with the "
        "rebuilt model"
    ),
    "graph": "verified against the source's own graph, executed",
    "recorded": "verified against outputs that the original runtime recorded",
}
# Word for word in the screen, the JSON and the certificate.
_SAID_OF = {
    ("rebuilt", "declared"): (
        "weights and export proved; the architecture was rebuilt from the model's config and from "
        "what the recipe declares, not checked"
    ),
    ("rebuilt", "graph"): (
        "weights and export proved; the source's own graph was rewritten for TensorFlow 2, and "
        "could not be run as it was to check that"
    ),
    ("rebuilt", "recipe"): "weights proved; architecture taken from the recipe, not checked",
    (
        "rebuilt",
        "model.json",
    ): "weights proved; architecture taken from the model.json, not checked",
    ("reader", "model.json"): (
        "verified against another reader of the same weights, with the architecture of the same "
        "model.json; it shares layer code with the rebuilt model"
    ),
}


def said(level: str, origin: str | bool = "file") -> str:
    """The sentence that says how much a level proves.

    Args:
        level: One of :data:`tfmigrate.proof.LEVELS`.
        origin: Where the architecture came from: ``file``, ``model.json``, ``recipe``, or
            ``declared`` where a recipe adds to a config; True is a recipe, False the file.
    """
    if isinstance(origin, bool):
        origin = "recipe" if origin else "file"
    return _SAID_OF.get((level, origin), _SAID[level])


_AGAINST = {
    "rebuilt": "the rebuilt model before export",
    "reader": "another reader of the same file",
    "graph": "the source's own graph",
    "recorded": "what the original runtime recorded",
}


def refuted(level: str) -> str:
    """The sentence for an export that did not hold against a reference of this level."""
    return f"NOT proved: the exported model was compared with {_AGAINST[level]} and differs"


def insensitive(level: str) -> str:
    """The sentence for an export that held, by a check that was asked to notice more."""
    return (
        f"NOT proved: the exported model agrees with {_AGAINST[level]}, but the check would not "
        "notice every fault"
    )


def require(level: str, wanted: str, notes: Sequence[str] = ()) -> None:
    """Insist on a level of evidence.

    Args:
        level: What was reached.
        wanted: What was asked for.
        notes: Why it is no better.

    Raises:
        NotProved: ``level`` is below ``wanted``.
        UsageProblem: ``wanted`` is no level.
    """
    if wanted not in LEVELS:
        near = nearest(wanted, LEVELS)
        raise UsageProblem(
            f"--require-evidence {shown(wanted)} is no level of evidence",
            help=f"did you mean {near[0]}?" if near else f"one of {', '.join(LEVELS)}",
        )
    if LEVELS.index(level) < LEVELS.index(wanted):
        raise NotProved(
            f"the evidence is {level}, {wanted} was required; nothing was written",
            [Problem(note) for note in notes],
            help=_HELP[wanted],
        )


def refuse_unrecorded(wanted: str | None) -> None:
    """Say at once that recorded evidence cannot be had: there is no golden file.

    Raises:
        NotProved: It was asked for.
    """
    if wanted == "recorded":
        raise NotProved(
            "recorded evidence was required, and no golden file was given; nothing was written",
            help=_HELP[wanted],
        )


_HELP = {
    "rebuilt": "leave out --no-verify",
    "reader": (
        "the lines above say why no other reader could be asked; a golden file (--golden) of the "
        "original runtime proves more than one"
    ),
    "graph": (
        "the source's own graph is run where a .meta or graph.pbtxt lies beside a TF1 checkpoint;"
        " a golden file (--golden) of the original runtime proves more"
    ),
    "recorded": (
        "`tfmigrate golden record SOURCE` runs the original runtime and writes a golden file "
        "(arrays inputs/NAME and outputs/NAME of an .npz); give that with --golden"
    ),
}
