"""A model from a recipe's entries: the same for both Kerases."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tfmigrate.engines import legal_names
from tfmigrate.errors import NotSupported, Problem, RecipeProblem, TfmigrateError, shown

Plain = Mapping[str, Any]

# Before the name of an entry, among the classes and in messages.
ENTRY = "entry:"


def assemble(
    keras: Any, architecture: Plain, classes: Mapping[str, Any], called: str = "model"
) -> tuple[Any, list[str]]:
    """The functional model of a recipe's architecture, and the names of its outputs.

    Args:
        keras: The library that builds it.
        architecture: ``inputs``, ``layers`` and ``outputs`` as the recipe has them once it is
            expanded, every parameter and default filled in.
        classes: Layers that take the place of the library's own, and those of the entries that
            are expressions or variables.
        called: The model's own name.

    Raises:
        RecipeProblem: The library refuses an entry, or its expression does not fit what it gets;
            the entry is named.
    """
    names = [*architecture["inputs"], *(spec["name"] for spec in architecture["layers"])]
    bench = _Bench(keras, classes, legal_names.for_layers(names, slashes=keras.__name__ != "keras"))
    for name, spec in architecture["inputs"].items():
        bench.tensors[name] = _input(keras, bench.legal.get(name, name), name, spec)
    inputs = list(bench.tensors.values())
    for spec in architecture["layers"]:
        try:
            layer = bench.layers.get(spec.get("call_layer")) or bench.made(spec)
            bench.tensors[spec["name"]] = bench.called(layer, spec, inputs[0])
        except (ValueError, TypeError, KeyError, AttributeError, IndexError, NotSupported) as error:
            raise _refused(keras, spec, error, bench.tensors) from error
        bench.layers[spec["name"]] = layer
    last = architecture["layers"][-1]["name"]
    outputs = architecture.get("outputs") or {last: last}
    results = [_tensor(ref, bench.tensors) for ref in outputs.values()]
    inner = called != "model" and len(results) == 1  # a wrapper takes a model of one tensor
    model = keras.Model(inputs, results[0] if inner else results, name=called)
    legal_names.remember(model, {legal: name for name, legal in bench.legal.items()})
    return model, list(outputs)


def _input(keras: Any, legal: str, name: str, spec: Plain) -> Any:
    if not spec["shape"]:
        raise NotSupported("a scalar input cannot be fed to Keras layers", where=name)
    batch, *shape = spec["shape"]
    return keras.Input(shape, batch, dtype=spec.get("dtype") or "float32", name=legal)


@dataclass
class _Bench:
    """What is there of a model while it is put together."""

    keras: Any
    classes: Mapping[str, Any]
    legal: Mapping[str, str]
    tensors: dict[str, Any] = field(default_factory=dict)
    layers: dict[str, Any] = field(default_factory=dict)

    def made(self, spec: Plain) -> Any:
        """The layer of an entry."""
        name = spec["name"]
        if "layer" in spec:
            return self.layer({**spec, "name": self.legal.get(name, name)})
        layer = self.classes[f"{ENTRY}{name}"](name=self.legal.get(name, name))
        layer.share({local: self.variable(of) for local, of in layer.spec["shared"].items()})
        return layer

    def layer(self, spec: Plain) -> Any:
        """A layer by its class, and the layers inside its arguments."""
        made = self.classes.get(spec["layer"]) or getattr(self.keras.layers, spec["layer"])
        arguments = {key: self.argument(value) for key, value in (spec.get("with") or {}).items()}
        return made(**arguments, **({"name": spec["name"]} if spec.get("name") else {}))

    def argument(self, value: Any) -> Any:
        """An argument as Keras takes it: ``{layer: LSTM, with: {...}}`` is a layer of its own."""
        if isinstance(value, dict) and "layer" in value:
            return self.layer(value)
        if isinstance(value, dict) and "model" in value:
            return assemble(self.keras, value["model"], self.classes, value["name"])[0]
        return [self.argument(item) for item in value] if isinstance(value, list) else value

    def called(self, layer: Any, spec: Plain, first: Any) -> Any:
        """What a layer gives; one without inputs is called with the model's first one."""
        constants = dict(spec.get("call") or {})
        source = spec.get("from")
        if source is None:
            return layer(first, **constants)
        if not isinstance(source, dict):
            return layer(_value(source, self.tensors), **constants)
        values = {name: _value(ref, self.tensors) for name, ref in source.items()}
        declared = getattr(layer, "declared_inputs", ())
        if declared and values.keys() == set(declared):
            inputs = [values[name] for name in declared]
            return layer(inputs if len(inputs) > 1 else inputs[0], **constants)
        argument = next(iter(inspect.signature(layer.call).parameters))
        return layer(values.pop(argument), **values, **constants)

    def variable(self, of: str) -> Any:
        """A variable of an earlier entry, by the entry's name and its own."""
        head, leaf = of, ""
        while head not in self.layers and head:
            head, _, part = head.rpartition("/")
            leaf = f"{part}/{leaf}" if leaf else part
        layer = self.layers[head] if head else None
        weights = layer.weights if layer is not None else []
        found = [w for w in weights if not leaf or _called_so(w, leaf)]
        if len(found) != 1:
            known = ", ".join(f"{head}/{_name(w)}" for w in weights) or "it has none"
            what = "names no variable" if not found else "names more than one variable"
            raise NotSupported(f"{shown(of, 80)} {what}", where=head, help=f"variables: {known}")
        return found[0]


def _name(weight: Any) -> str:
    return str(getattr(weight, "path", "") or weight.name).split(":")[0].rpartition("/")[2]


def _called_so(weight: Any, leaf: str) -> bool:
    full = str(getattr(weight, "path", "") or weight.name).split(":")[0]
    return f"/{full}".endswith(f"/{leaf}")


def _value(source: Any, tensors: Mapping[str, Any]) -> Any:
    if isinstance(source, list | tuple):
        return [_tensor(ref, tensors) for ref in source]
    return _tensor(source, tensors)


def _tensor(ref: str, tensors: Mapping[str, Any]) -> Any:
    """``lstm`` is a layer's first output, ``lstm.1`` its second."""
    if ref in tensors:
        found = tensors[ref]
        return found[0] if isinstance(found, list | tuple) else found
    name, _, number = ref.rpartition(".")
    return tensors[name][int(number)]


def _refused(
    keras: Any, spec: Plain, error: Exception, tensors: Mapping[str, Any]
) -> TfmigrateError:
    what = spec.get("layer") or (
        f"another call of {spec['call_layer']}" if spec.get("call_layer") else "the expression"
    )
    said = error.what if isinstance(error, NotSupported) else f"{keras.__name__} says: {error}"
    problem = Problem(
        f"{what} does not fit: {shown(_plainly(said), 300)}",
        where=f"{ENTRY}{spec['name']}",
        found=", ".join(_described(spec.get("from"), tensors)),
        help=getattr(error, "help", ""),
    )
    return RecipeProblem("the recipe's architecture cannot be built", [problem])


def _plainly(text: str) -> str:
    """What TensorFlow and Keras say, without the names of their nodes and a list of arguments."""
    text = re.sub(r" for '\{\{node .*?\}\}.*?'(?= with|$)", "", text)
    text = re.sub(r"Exception encountered when calling layer .*?\.\s+", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*(Call a|A)rguments received by .*", "", text, flags=re.DOTALL)
    return " ".join(text.split())


def _described(source: Any, tensors: Mapping[str, Any]) -> Iterator[str]:
    """What an entry is called with: ``x (None, 5) float32``."""
    named = source.items() if isinstance(source, dict) else [("", source)]
    for name, refs in named:
        for ref in refs if isinstance(refs, list | tuple) else [refs]:
            try:
                tensor = _tensor(ref, tensors)
            except (KeyError, IndexError, TypeError, AttributeError):
                continue  # that it is not there is the problem itself
            shape = tuple(getattr(tensor, "shape", ()))
            dtype = getattr(tensor.dtype, "name", tensor.dtype)
            yield f"{name + ' = ' if name else ''}{ref} {shape} {dtype}"
