"""Uses of blocks: their entries under the name of the use, once more, or as a model of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tfmigrate.errors import nearest, shown
from tfmigrate.recipe.calls import inputs_of, of_block
from tfmigrate.recipe.parameters import unresolved
from tfmigrate.recipe.repeats import Instance
from tfmigrate.recipe.reporter import Path
from tfmigrate.recipe.scope import Scope
from tfmigrate.recipe.tolerant import items, mapping

if TYPE_CHECKING:
    from tfmigrate.recipe.expand import Expander

_MAX_DEPTH = 30
_MOST_CELLS = 1000


@dataclass(frozen=True)
class Use:
    """A use of a block.

    Attributes:
        kind: The block.
        values: Its parameters.
        name: The name of the use, "" where its entries stand without one.
        shares: The prefix of the use whose layers are applied once more, None for new ones.
    """

    kind: str
    values: dict[str, Any]
    name: str
    shares: str | None = None


def known(expander: Expander, kind: Any, path: Path) -> Any:
    """What the recipe says under a block; None, and a problem, where there is none."""
    if not isinstance(kind, str):  # a parameter that is no text
        found = shown(kind, 60)
        expander.report.add((*path, "block"), "block must be a text", found=found)
        return None
    if kind in expander.blocks:
        expander.used.add(kind)
        return expander.blocks[kind]
    near = nearest(kind, expander.blocks)
    expander.report.add((*path, "block"), f"there is no block {shown(kind, 60)}", nearest=near)
    return None


def use(
    expander: Expander, entry: dict[str, Any], path: Path, scope: Scope, instance: Instance,
    chained: bool,
) -> None:  # fmt: skip
    """An entry that uses a block."""
    kind = entry["block"]
    definition = None if unresolved(kind) else known(expander, kind, path)
    if definition is None:
        return
    expander.refuse_unknown(entry, path)
    given = {**(instance.given or {}), **mapping(entry, "with")}
    call = of_block(kind, definition, given, path, expander.filler)
    source = expander.taken(entry.get("from"), path, scope, chained)
    name = expander.name_of(entry, path)
    shares = None if scope.shares is None else scope.shares + (f"{name}/" if name else "")
    made = Use(kind, call.values, name, shares)
    if name:
        expander.uses[scope.prefix + name] = made
    _write_out(expander, made, call.inputs(source, path, expander.report), path, scope)


def again(expander: Expander, entry: dict[str, Any], path: Path, scope: Scope) -> bool:
    """Another call of a block; False where the entry is none."""
    word = entry.get("call_layer")
    first = (scope.maker(word) if isinstance(word, str) else None) or ""
    made = expander.uses.get(first)
    if made is None:
        return False
    source = expander.taken(entry.get("from"), path, scope, False)
    definition = expander.blocks[made.kind]
    call = of_block(made.kind, definition, {}, path, expander.filler, made.values)
    name = expander.name_of(entry, path) or expander.unused(str(word), scope)
    more = Use(made.kind, made.values, name, f"{first}/")
    expander.uses[scope.prefix + name] = more
    _write_out(expander, more, call.inputs(source, path, expander.report), path, scope)
    return True


def _write_out(
    expander: Expander, made: Use, names: dict[str, str], path: Path, scope: Scope
) -> None:
    """The entries of a block, called with ``names``."""
    if _too_deep(expander, made.kind, path, scope.depth):
        return
    definition = expander.blocks[made.kind]
    inner = Scope(
        prefix=f"{scope.prefix}{made.name}/" if made.name else scope.prefix,
        values=made.values,
        shares=made.shares,
        previous=next(iter(names.values()), ""),
        names=dict(names),
        depth=scope.depth + 1,
    )
    expander.entries(items(definition, "layers"), ("blocks", made.kind, "layers"), inner)
    scope.close(made.name, inner, _output(expander, made, inner), frozenset(names))


def _too_deep(expander: Expander, kind: str, path: Path, depth: int) -> bool:
    if depth < _MAX_DEPTH:
        return False
    what = f"blocks nest deeper than {_MAX_DEPTH}: {shown(kind, 60)} seems to use itself"
    expander.report.add((*path, "block"), what)
    return True


def _output(expander: Expander, made: Use, inner: Scope) -> str:
    """What the block's name stands for: its output, the last entry where it names none."""
    definition, place = expander.blocks[made.kind], ("blocks", made.kind, "output")
    output = definition.get("output") if isinstance(definition, dict) else None
    if not isinstance(output, str):
        return inner.previous
    output = expander.filler.filled(output, place, made.values)
    return str(inputs_of(output, inner, place, expander.report))


def nested(expander: Expander, value: Any, path: Path, depth: int) -> Any:
    """The arguments of a layer, each block in them as a model of its own."""
    if isinstance(value, list):
        items_ = [item for one in value for item in _times(one)]
        return [nested(expander, item, (*path, i), depth) for i, item in enumerate(items_)]
    if not isinstance(value, dict):
        return value
    kind = value.get("block")
    if not isinstance(kind, str):
        return {key: nested(expander, item, (*path, key), depth) for key, item in value.items()}
    definition = known(expander, kind, path)
    if not isinstance(definition, dict) or _too_deep(expander, kind, path, depth):
        return value
    values = of_block(kind, definition, mapping(value, "with"), path, expander.filler).values
    return {"name": kind, **value, "model": _model(expander, Use(kind, values, ""), path, depth)}


def _times(item: Any) -> list[Any]:
    """A cell of a list, as often as its ``repeat`` says."""
    count = item.get("repeat") if isinstance(item, dict) and "layer" in item else None
    if type(count) is not int or not 0 < count <= _MOST_CELLS:
        return [item]
    return [{key: value for key, value in item.items() if key != "repeat"}] * count


def _model(expander: Expander, made: Use, path: Path, depth: int) -> dict[str, Any]:
    """A block as a model of its own; it has to say the shapes of its inputs."""
    definition, place = expander.blocks[made.kind], ("blocks", made.kind, "inputs")
    inputs = expander.filler.filled(definition.get("inputs"), place, made.values)
    specs = list(inputs.values()) if isinstance(inputs, dict) else [None]
    if not all(isinstance(spec, dict) and "shape" in spec for spec in specs):
        what = f"the block {shown(made.kind, 60)} has to say the shapes of its inputs here"
        expected = "inputs: {x: {shape: [null, 8]}}"
        expander.report.add((*path, "block"), what, expected=expected)
        inputs = {}
    first = next(iter(inputs), "x")
    inner = Scope(values=made.values, names={n: n for n in inputs}, previous=first, depth=depth + 1)
    inside = expander.apart()
    inside.entries(items(definition, "layers"), ("blocks", made.kind, "layers"), inner)
    for entry, at in zip(inside.flat, inside.origins, strict=True):
        if isinstance(entry, dict) and not {"layer", "call_layer"} & entry.keys():
            expander.report.add(at, "inside a wrapper a block holds layers only")
    outputs = {"output": _output(inside, made, inner)}
    return {"inputs": inputs, "layers": inside.flat, "outputs": outputs, "at": inside.origins}
