"""The levels of evidence, and the sentence for each; the word "verified" is earned, never given."""

from __future__ import annotations

from tfmigrate.errors import NotProved, UsageProblem, nearest, shown
from tfmigrate.results import LEVELS

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
_REBUILT_FROM_RECIPE = "weights proved; architecture taken from the recipe, not checked"


def said(level: str, recipe: bool = False) -> str:
    """The sentence that says how much a level proves.

    Args:
        level: One of :data:`tfmigrate.results.LEVELS`.
        recipe: Whether the architecture came from a recipe.
    """
    return _REBUILT_FROM_RECIPE if recipe and level == "rebuilt" else _SAID[level]


_AGAINST = {
    "rebuilt": "the rebuilt model before export",
    "reader": "another reader of the same file",
    "graph": "the source's own graph",
    "recorded": "what the original runtime recorded",
}


def refuted(level: str) -> str:
    """The sentence for an export that did not hold against a reference of this level."""
    return f"NOT proved: the exported model was compared with {_AGAINST[level]} and differs"


def require(level: str, wanted: str) -> None:
    """Insist on a level of evidence.

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
            f"the evidence is {level}, {wanted} was required",
            help=_HELP[wanted],
        )


_HELP = {
    "rebuilt": "leave out --no-verify",
    "reader": "a golden file (--golden) of the original runtime proves more than a reader",
    "graph": "put the .meta, SavedModel or frozen graph beside the source, or give --golden",
    "recorded": "record outputs with `tfmigrate golden record`, and give them with --golden",
}
