"""The recipes that come with the package, by name."""

from __future__ import annotations

from pathlib import Path

from tfmigrate.errors import RecipeProblem, nearest, shown

_PACKAGE = Path(__file__).resolve().parents[1]


def folder() -> Path | None:
    """Where the recipes are: in the wheel, or beside the package in a checkout."""
    for place in (_PACKAGE / "library", _PACKAGE.parent / "recipes"):
        if place.is_dir():
            return place
    return None


def recipes() -> dict[str, Path]:
    """Every shipped recipe: ``<family>/<model>`` and its file."""
    place = folder()
    files = sorted(place.glob("*/*.yaml")) if place else []
    return {f"{file.parent.name}/{file.stem}": file for file in files}


def find(name: str) -> Path:
    """The file of a shipped recipe, by ``<family>/<model>``, or by ``<model>`` where that is one.

    Raises:
        RecipeProblem: There is none of that name, or more than one.
    """
    known = recipes()
    if name in known:
        return known[name]
    matches = [full for full in known if full.partition("/")[2] == name]
    if len(matches) == 1:
        return known[matches[0]]
    if matches:
        raise RecipeProblem(
            f"more than one recipe is called {shown(name)}",
            where=shown(name),
            help=f"say which: {', '.join(matches)}",
        )
    near = nearest(name, [*known, *(full.partition("/")[2] for full in known)])
    raise RecipeProblem(
        "there is no such recipe file, and no recipe of that name in the library",
        where=shown(name),
        help=f"did you mean {', '.join(near)}?" if near else "give the path of a recipe",
    )
