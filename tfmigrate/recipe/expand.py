"""Blocks, groups and repeats written out: the architecture as one flat list of entries.

Every reference becomes a full name, every entry says what it is called with, and each keeps the
place in the recipe that it came from, so that mistakes are told there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tfmigrate.errors import nearest, shown
from tfmigrate.recipe import blocks, forms, tf1_layers
from tfmigrate.recipe.blocks import Use
from tfmigrate.recipe.calls import inputs_of, of_expression
from tfmigrate.recipe.outputs import named_outputs, without_absent
from tfmigrate.recipe.parameters import Filler, lost, unresolved
from tfmigrate.recipe.repeats import Instance, instances
from tfmigrate.recipe.reporter import Path, Reporter
from tfmigrate.recipe.scope import Scope
from tfmigrate.recipe.tolerant import mapping, text

MAX_ENTRIES = 20_000
_GONE = frozenset({"repeat", "start", "when", "otherwise", "layers"})
# As Keras names layers: MaxPooling2D is max_pooling2d, ReLU is re_lu.
_WORD = re.compile(r"(?<=.)(?=[A-Z][a-z0-9]+)|(?<=[a-z])(?=[A-Z])")


def expanded(data: dict[str, Any], filler: Filler, report: Reporter) -> dict[str, Any]:
    """The recipe with a flat architecture; what is wrong with it goes to ``report``.

    Args:
        data: The recipe, parameters filled in but for blocks and layers.
        filler: Fills them in there.
        report: Is told where each entry came from, too.
    """
    expander = Expander(mapping(data, "blocks"), filler, report)
    architecture = data.get("architecture")
    if not isinstance(architecture, dict) or not isinstance(architecture.get("layers"), list):
        return data
    top = Scope(names={name: name for name in mapping(architecture, "inputs")})
    if len(top.names) == 1:
        (top.previous,) = top.names
    expander.entries(architecture["layers"], ("architecture", "layers"), top)
    for name in expander.blocks:
        if name not in expander.used and ("blocks", name) not in report.elsewhere:
            report.add(("blocks", name), f"the block {shown(name, 60)} is used nowhere")
    report.origins = tuple(expander.origins)
    flat = {**architecture, "layers": expander.flat}
    if architecture.get("outputs"):
        flat["outputs"] = named_outputs(architecture["outputs"], top, report)
        data = without_absent(data, architecture["outputs"], flat["outputs"])
    return {**data, "architecture": flat}


@dataclass
class Expander:
    """The state of an architecture while it is written out.

    Attributes:
        blocks: The recipe's blocks.
        filler: Fills parameters in.
        report: Where mistakes go.
        flat: The entries so far.
        origins: Where each of them stands in the recipe.
        used: The blocks that were used.
        uses: Each use of a block by its full name.
        taken_names: The full names of all entries so far.
    """

    blocks: dict[str, Any]
    filler: Filler
    report: Reporter
    flat: list[Any] = field(default_factory=list)
    origins: list[Path] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    uses: dict[str, Use] = field(default_factory=dict)
    taken_names: set[str] = field(default_factory=set)

    def apart(self) -> Expander:
        """Another one for a model of its own."""
        return Expander(self.blocks, self.filler, self.report, used=self.used)

    def entries(self, raw: list[Any], path: Path, scope: Scope) -> None:
        """A list of entries, in order."""
        scope.later = frozenset(text(entry, "name") for entry in raw) - {""}
        for i, entry in enumerate(raw):
            if len(self.flat) >= MAX_ENTRIES:
                what = f"the architecture has more than {MAX_ENTRIES:,} layers"
                if not any(p.what == what for p in self.report.problems):
                    self.report.add((*path, i), what)
                return
            if isinstance(entry, dict):
                self.entry(entry, (*path, i), scope)
            else:
                self.emit(entry, (*path, i))

    def entry(self, raw: dict[str, Any], path: Path, scope: Scope) -> None:
        """One entry: left out, or as often as it is repeated."""
        if not self.holds(raw, path, scope):
            return
        found = instances(raw, path, scope, self.filler)
        for number, instance in enumerate(found):
            self.instance(raw, path, scope, instance, chained=number > 0)
        base = text(raw, "name")
        if found and found[-1].numbered and base and base not in scope.names:
            scope.names[base] = scope.previous

    def holds(self, raw: dict[str, Any], path: Path, scope: Scope) -> bool:
        """Whether ``when`` holds; where not, the name stands for ``otherwise``."""
        other = raw.get("otherwise")
        if "when" not in raw:
            if other is not None:
                self.report.add((*path, "otherwise"), "`otherwise` needs a `when`")
            return True
        value = self.filler.filled(raw["when"], (*path, "when"), scope.values)
        if unresolved(value) or value:
            return True
        self.filler.note(raw)
        name = self.filler.filled(raw.get("name"), (*path, "name"), scope.values)
        if other is not None:
            other = self.filler.filled(other, (*path, "otherwise"), scope.values)
            found = inputs_of(other, scope, (*path, "otherwise"), self.report)
            if isinstance(found, str) and isinstance(name, str):
                scope.names[name] = scope.previous = found
        elif isinstance(name, str):
            scope.absent.add(name)
        return False

    def instance(
        self, raw: dict[str, Any], path: Path, scope: Scope, instance: Instance, chained: bool
    ) -> None:
        """An entry once, with the values of this time."""
        local = {**scope.values, **instance.values}
        entry = {
            key: self.filler.filled(value, (*path, key), local)
            for key, value in raw.items()
            if key not in _GONE
        }
        if instance.numbered and isinstance(entry.get("name"), str):
            entry["name"] += str(instance.values["index"])
        kinds = [kind for kind in forms.KINDS if raw.get(kind) is not None]
        if len(kinds) > 1:  # told by the schema
            self.emit({**entry, "from": None}, path)
        elif isinstance(raw.get("block"), str):
            blocks.use(self, entry, path, scope, instance, chained)
        elif isinstance(raw.get("layers"), list):
            self.group(entry, raw["layers"], path, scope, local)
        elif blocks.again(self, entry, path, scope):
            return
        else:
            self.plain(entry, path, scope, chained)

    def plain(self, entry: dict[str, Any], path: Path, scope: Scope, chained: bool) -> None:
        """A layer, another call of one, an expression or a variable."""
        own = entry.get("name")
        name = own if isinstance(own, str) else self.unused(_class_of(entry), scope)
        full = scope.prefix + name
        entry = {**entry, "name": full if isinstance(own, str) or own is None else own}
        if isinstance(entry.get("call_layer"), str):
            entry["call_layer"] = self.maker(entry["call_layer"], path, scope)
        if isinstance(entry.get("compute"), str):
            entry = of_expression(entry, path, scope, self.report)
        elif "variable" not in entry:
            if isinstance(entry.get("with"), dict):
                entry["with"] = blocks.nested(self, entry["with"], (*path, "with"), scope.depth)
            entry["from"] = self.taken(entry.get("from"), path, scope, chained)
        first = None if scope.shares is None else scope.shares + name
        if first is not None and "variable" in entry:
            full = first
        elif first is not None:  # the layer of the block's first use, applied once more
            kept = {k: v for k, v in entry.items() if k in ("name", "from", "call")}
            self.emit({**kept, "call_layer": first}, path)
        else:
            self.emit(entry, path)
        scope.names[name] = scope.made[name] = full
        if "variable" not in entry:  # nothing flows through a variable
            scope.previous = full

    def maker(self, word: str, path: Path, scope: Scope) -> str:
        """The layer that ``call_layer`` means."""
        found = scope.maker(word)
        if found is None and not unresolved(word):
            made = Scope(names={name: name for name in scope.makers()}, later=scope.later)
            made.report_unknown(word, (*path, "call_layer"), self.report)
        return found or lost(word)

    def taken(self, source: Any, path: Path, scope: Scope, chained: bool) -> Any:
        """What an entry is called with, as full names."""
        if source is None and not scope.previous:
            self.report.add(
                path,
                "the first layer must say which input it takes",
                expected=f"from: one of {', '.join(scope.names)}",
            )
            return lost("?")
        found = inputs_of(source, scope, (*path, "from"), self.report)
        return _first_replaced(found, scope.previous) if chained or source is None else found

    def group(
        self, entry: dict[str, Any], raw: list[Any], path: Path, scope: Scope, local: dict[str, Any]
    ) -> None:
        """Entries under one name, which see what is around them."""
        self.refuse_unknown(entry, path)
        name = self.name_of(entry, path)
        prefix = f"{scope.prefix}{name}/" if name else scope.prefix
        start = entry.get("from")
        previous = scope.previous
        if start is not None:
            previous = inputs_of(start, scope, (*path, "from"), self.report)
        shares = None if scope.shares is None else scope.shares + (f"{name}/" if name else "")
        inner = Scope(prefix, local, scope, shares, previous, depth=scope.depth + 1)
        self.entries(raw, (*path, "layers"), inner)
        scope.close(name, inner, inner.previous)

    def name_of(self, entry: dict[str, Any], path: Path) -> str:
        """The name of a block's use or a group, "" where it has none."""
        name = entry.get("name")
        if name is None or isinstance(name, str):
            return name or ""
        self.report.add((*path, "name"), "name must be a text", found=shown(name, 60))
        return ""

    def unused(self, base: str, scope: Scope) -> str:
        """A name that no entry of the scope has yet."""
        name, number = base, 0  # as Keras and TF1 number: dense, dense_1, dense_2
        while name in scope.names or scope.prefix + name in self.taken_names:
            number += 1
            name = f"{base}_{number}"
        return name

    def emit(self, entry: Any, path: Path) -> None:
        """Note an entry of the expanded architecture, and where it stands."""
        self.flat.append(entry)
        self.origins.append(path)
        if isinstance(entry, dict):
            self.taken_names.add(str(entry.get("name")))

    def refuse_unknown(self, entry: dict[str, Any], path: Path) -> None:
        """Report keys that a use of a block, or a group, cannot have."""
        known = ("name", "block", "with", "from", *sorted(_GONE))
        for key in entry:
            if key not in known:
                near = nearest(key, known)
                self.report.add((*path, key), f"unknown key {shown(key, 60)}", nearest=near)


def _class_of(entry: dict[str, Any]) -> str:
    """The name of an entry that has none: its class's, in small letters."""
    if isinstance(entry.get("layer"), str):
        word = _WORD.sub("_", entry["layer"].rpartition(".")[2]).lower()
        return tf1_layers.SCOPES.get(entry["layer"], word)
    return next((kind for kind in forms.KINDS if kind in entry), "layer")


def _first_replaced(source: Any, new: str) -> Any:
    """What an entry is called with, its first input replaced by the result before it."""
    if isinstance(source, list) and source:
        return [new, *source[1:]]
    if isinstance(source, dict) and source:
        first = next(iter(source))
        return {**source, first: new}
    return new
