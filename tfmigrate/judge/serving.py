"""Which signatures are served, over which functions of the model."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tfmigrate.engines.stating import KEY
from tfmigrate.errors import NotProved, Problem, UsageProblem, nearest, shown
from tfmigrate.export import naming
from tfmigrate.export.views import View, identity, view
from tfmigrate.options import Options
from tfmigrate.recipe import Recipe
from tfmigrate.results import Source
from tfmigrate.sources import config as configs
from tfmigrate.tensors import Signature


@dataclass(frozen=True)
class Serving:
    """What is served.

    Attributes:
        plain: The signatures as plain data, for the worker that exports them.
        views: The same, worked out.
        source: The folder of the files that their steps name.
        functions: The functions behind them, by key.
        layers: The layers whose answers are outputs of the first function.
    """

    plain: tuple[dict[str, Any], ...]
    views: tuple[View, ...]
    functions: Mapping[str, Signature]
    source: Path
    layers: tuple[str, ...] = ()

    def signature(self, key: str) -> Signature:
        """The signature of that key."""
        return next(v.signature for v in self.views if v.signature.key == key)

    def only(self, numbers: Sequence[int]) -> Serving:
        """The same with some of the signatures alone."""
        plain = tuple(self.plain[i] for i in numbers)
        return replace(self, plain=plain, views=tuple(self.views[i] for i in numbers))

    def with_more(self, plain: Sequence[dict[str, Any]]) -> Serving:
        """The same with further signatures."""
        more = [view(p, self.functions[p["function"]], self.source) for p in plain]
        return replace(self, plain=(*self.plain, *plain), views=(*self.views, *more))

    @property
    def main(self) -> str:
        """The key of the first function."""
        return next(iter(self.functions))

    def narrowed(self) -> list[str]:
        """The signatures whose inputs have shapes of their own: outputs follow from them."""
        return [
            p["key"]
            for p, v in zip(self.plain, self.views, strict=True)
            if v.chains or any(i.get("shape") is not None for i in p["inputs"].values())
        ]

    def processing(self) -> dict[str, Any]:
        """The steps of each signature that has any."""
        return {v.signature.key: v.steps() for v in self.views if v.chains}

    def order(self, scratch: Path) -> dict[str, Any]:
        """What the exporting worker is told; it reads copies of the files that the steps name.

        Args:
            scratch: Where the copies are made.
        """
        folder = scratch / "steps"
        folder.mkdir(exist_ok=True)
        for file in {f.name: f for v in self.views for c in v.chains for f in c.files}.values():
            copy = folder / file.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.path, copy)
        return {"signatures": list(self.plain), "folder": str(folder)}


def layers(recipe: Recipe | None) -> list[str]:
    """What a recipe's signatures give out: outputs of the model, or layers."""
    given = recipe.signatures.values() if recipe else ()
    return list(dict.fromkeys(o.from_ for spec in given for o in spec.outputs.values()))


def states(recipe: Recipe | None, config: Mapping[str, Any] | None) -> list[str]:
    """The recurrent layers whose states callers send and get.

    Args:
        recipe: Its signatures say whether.
        config: The model as it was stored: it says which layers kept their states.

    Raises:
        NotProved: A signature asks for states, and no layer keeps one.
    """
    found: dict[str, None] = {}
    for key, spec in (recipe.signatures if recipe else {}).items():
        if spec.state == "explicit":
            kept = _keeping(config)
            if not kept:
                raise NotProved(
                    f"the signature {shown(key)} asks for explicit states, and no layer of the"
                    " model keeps its state between batches",
                    help="name the layers: state: [lstm_1]",
                )
            found |= dict.fromkeys(kept)
        elif spec.state:
            found |= dict.fromkeys(spec.state)
    return list(found)


def _keeping(config: Mapping[str, Any] | None) -> list[str]:
    if config is None or "class_name" not in config:
        return []
    return [x.path for x in configs.layers(dict(config)) if x.config.get("stateful") is True]


def key_of(recipe: Recipe | None, options: Options) -> str:
    """The key of the model's first function, "" where it is to keep its own.

    Raises:
        UsageProblem: The recipe has signatures, and not the one that is asked for.
    """
    known = list(recipe.signatures) if recipe else []
    if options.signature and known and options.signature not in known:
        near = nearest(options.signature, known)
        guess = f"did you mean {near[0]}? " if near else ""
        raise UsageProblem(
            f"the recipe has no signature {shown(options.signature)}",
            help=f"{guess}it has {', '.join(known)}",
        )
    return "" if known else options.signature or ""


def renames(recipe: Recipe | None, options: Options) -> dict[str, dict[str, str]]:
    """New names for the functions' inputs and outputs; a recipe's signatures take them instead."""
    given = recipe is not None and recipe.signatures
    return {
        "rename_inputs": {} if given else dict(options.rename_inputs),
        "rename_outputs": {} if given else dict(options.rename_outputs),
    }


def is_one(recipe: Recipe | None, source: Source) -> bool:
    """Whether it is plain that only one signature will be served."""
    return len(recipe.signatures if recipe else ()) <= 1 and not source.signatures


def serving(
    recipe: Recipe | None,
    options: Options,
    functions: Sequence[Signature],
    renamed: Mapping[str, str],
    layers: Sequence[str] = (),
) -> Serving:
    """The signatures that are served.

    Args:
        recipe: Its signatures, over the functions; each function as it is without any.
        options: The one that was chosen, and new names.
        functions: What the model computes, under its public names.
        renamed: The model's own names that had to change.
        layers: Outputs of the first function that are layers, and served only where asked for.

    Raises:
        NotProved: A signature does not fit its function.
        UsageProblem: A new name is for nothing that there is.
    """
    known = {f.key: f for f in functions}
    folder = Path(recipe.path).absolute().parent if recipe and recipe.path else Path()
    if recipe is not None and recipe.signatures:
        plain = list(_of_recipe(recipe, options, functions, renamed, layers))
    else:
        outputs = [s.name for s in functions[0].outputs if s.name not in layers]
        plain = [identity(functions[0], outputs), *map(identity, functions[1:])]
    views = tuple(view(p, known[p["function"]], folder) for p in plain)
    return Serving(tuple(plain), views, known, folder, tuple(layers))


def _of_recipe(
    recipe: Recipe,
    options: Options,
    functions: Sequence[Signature],
    renamed: Mapping[str, str],
    layers: Sequence[str],
) -> Iterator[dict[str, Any]]:
    known = [f.key for f in functions]
    chosen = [options.signature] if options.signature else list(recipe.signatures)
    for key in chosen:
        spec = recipe.signatures[key].model_dump(mode="json", by_alias=True)
        usual = KEY if spec.pop("state") else key if key in known else known[0]
        function = spec.pop("of") or usual
        if function not in known:
            raise NotProved(
                f"the signature {shown(key)} is of {shown(function)}, which the model has not",
                help=f"it has {', '.join(map(shown, known))}",
            )
        method = spec["method"] or functions[known.index(function)].method
        plain = {**spec, "key": key, "function": function, "method": method}
        own = functions[known.index(function)]
        yield _renamed(_whole(_known(plain, renamed), own, layers), options)


def _whole(plain: dict[str, Any], function: Signature, layers: Sequence[str]) -> dict[str, Any]:
    """With what is sent and answered as it is because nothing is said of it."""
    made = {t for said in plain["inputs"].values() for t in _targets(said)}
    unsaid = [spec.name for spec in function.inputs if spec.name not in made]
    taken = [name for name in unsaid if name in plain["inputs"]]
    if taken:
        raise NotProved(
            f"the signature {shown(plain['key'])} does not say what becomes of an input",
            [
                Problem(
                    f"nothing becomes the model's input {shown(name)}, and its name is taken by the"
                    f" one that becomes {', '.join(map(shown, _targets(plain['inputs'][name])))}",
                    where=f"input {shown(name)}",
                    help=f"say which input becomes it: to: {shown(name)}",
                )
                for name in taken
            ],
        )
    inputs = plain["inputs"] | {name: {} for name in unsaid}
    outputs = (
        plain["outputs"]
        or identity(function, [s.name for s in function.outputs if s.name not in layers])["outputs"]
    )
    return {**plain, "inputs": inputs, "outputs": outputs}


def _targets(said: Mapping[str, Any]) -> list[str]:
    return list(said["to"]) if isinstance(said["to"], dict) else [said["to"]]


def _known(plain: dict[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    """With the names that the functions have: those that TensorFlow can carry."""
    inputs: dict[str, Any] = {}
    for public, said in plain["inputs"].items():
        to = said.get("to")
        if isinstance(to, dict):
            to = {renamed.get(n, n): steps for n, steps in to.items()}
        else:
            to = renamed.get(to or public, to or public)
        inputs[public] = {**said, "to": to}
    return {**plain, "inputs": inputs}


def _renamed(plain: dict[str, Any], options: Options) -> dict[str, Any]:
    """With the names that were asked for, as far as TensorFlow can carry them."""
    inputs = {n: said | {"to": said.get("to") or n} for n, said in plain["inputs"].items()}
    plain = {**plain, "inputs": inputs}
    names = naming.legal_inputs(list(inputs), dict(options.rename_inputs))
    outputs = naming.legal_outputs(list(plain["outputs"]), dict(options.rename_outputs))
    return {
        **plain,
        "inputs": {names[n]: said for n, said in plain["inputs"].items()},
        "outputs": {outputs[n]: said for n, said in plain["outputs"].items()},
    }
