"""What one migration was asked to do."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from tfmigrate.errors import Problem, UsageProblem, nearest, shown
from tfmigrate.proof import LEVELS

# Called with (step, done, total); total 0 where it is not known.
Progress = Callable[[str, int, int], None]

# Less does not even hold TensorFlow's graph; 512MB as --memory spells it.
MIN_MEMORY = 512 * 10**6
_BACKENDS = ("theano", "tensorflow")
_FLAGS = ("prove", "alias", "overwrite", "dry_run", "verify", "gpu", "verbose")
_Tolerance = str | float | Sequence[str | float]


class Asked(TypedDict, total=False):
    """The keywords of :func:`tfmigrate.migrate`, each in every form that :class:`Options` takes."""

    recipe: str | os.PathLike[str] | None
    parameters: Mapping[str, str]
    golden: str | os.PathLike[str] | None
    inputs: str | os.PathLike[str] | None
    samples: int
    seed: int
    rtol: _Tolerance
    atol: _Tolerance
    require_evidence: str | None
    prove: bool
    rename_inputs: Mapping[str, str]
    rename_outputs: Mapping[str, str]
    contract: str | os.PathLike[str] | None
    alias: bool
    tags: str | Sequence[str]
    input_tensors: Mapping[str, str]
    output_tensors: Mapping[str, str]
    batch: str | int
    backend: str | None
    trust_code: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
    signature: str
    step: int | None
    model_version: int | None
    overwrite: bool
    dry_run: bool
    verify: bool
    memory: int | None
    gpu: bool
    verbose: bool


@dataclass(frozen=True)
class Options:
    """What one migration was asked to do.

    A path may be given as text, a batch as a number, a tolerance as a number or as the text that
    the command line takes.

    Raises:
        UsageProblem: Values that make no sense, all of them at once.

    Attributes:
        recipe: A recipe file, the name of one in the library, or a Keras model.json / model.yaml.
        parameters: Values for the recipe's parameters.
        golden: A golden file with recorded inputs and outputs.
        inputs: An .npz of inputs to probe with (``inputs/NAME``).
        samples: How many random probes to make; zeros, ones and extremes follow by themselves.
        seed: The seed of the probes.
        rtol: ``1e-5`` or ``output:1e-4``, each.
        atol: As ``rtol``.
        require_evidence: The least level of evidence that is accepted.
        prove: Plant faults into the rebuilt model and insist that the check notices each.
        rename_inputs: Old to new names of the signature's inputs.
        rename_outputs: Old to new names of the signature's outputs.
        contract: An old SavedModel, or a JSON file, whose callers are to notice nothing.
        alias: Keep the contract's names as a second signature where they are others now.
        tags: The tags of the graph in a SavedModel of several; () for the one that serves.
        input_tensors: Inputs of a frozen graph, by the names that they are to have.
        output_tensors: Its outputs, the same.
        batch: ``dynamic``, or a number that fixes the batch dimension.
        backend: ``theano`` or ``tensorflow``, where a file does not say.
        trust_code: Python files of the model's author, run inside the worker that rebuilds it.
        signature: The key of the exported signature; the recipe's only one, or serving_default,
            where it is empty.
        step: The step of the checkpoint that is meant, where the source holds several.
        model_version: Write OUTPUT/N/, the layout TensorFlow Serving watches.
        overwrite: Replace what is at OUTPUT, by one atomic exchange.
        dry_run: Stop after the plan; write nothing.
        verify: Check the export; without it the certificate says UNVERIFIED.
        memory: Bytes that a worker may use beyond its start, instead of the computed limit.
        gpu: Let workers see CUDA devices.
        verbose: Let TensorFlow's own log lines through.
    """

    recipe: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    golden: Path | None = None
    inputs: Path | None = None
    samples: int = 3
    seed: int = 0
    rtol: tuple[str, ...] = ()
    atol: tuple[str, ...] = ()
    require_evidence: str | None = None
    prove: bool = False
    rename_inputs: Mapping[str, str] = field(default_factory=dict)
    rename_outputs: Mapping[str, str] = field(default_factory=dict)
    contract: Path | None = None
    alias: bool = False
    tags: tuple[str, ...] = ()
    input_tensors: Mapping[str, str] = field(default_factory=dict)
    output_tensors: Mapping[str, str] = field(default_factory=dict)
    batch: str = "dynamic"
    backend: str | None = None
    trust_code: tuple[Path, ...] = ()
    signature: str = ""
    step: int | None = None
    model_version: int | None = None
    overwrite: bool = False
    dry_run: bool = False
    verify: bool = True
    memory: int | None = None
    gpu: bool = False
    verbose: bool = False

    def __post_init__(self) -> None:
        for name, plain in _PLAIN.items():
            object.__setattr__(self, name, plain(getattr(self, name)))
        problems = [
            Problem(what, where=name, found=shown(repr(getattr(self, name))), nearest=near)
            for name, what, near in _mistakes(self)
        ]
        if problems:
            raise UsageProblem("these options make no sense", problems)


def _path(value: Any) -> Any:
    return Path(value) if isinstance(value, str | os.PathLike) else value


def _paths(value: Any) -> Any:
    if isinstance(value, str | os.PathLike):
        return (Path(value),)
    return tuple(map(_path, value)) if isinstance(value, Iterable) else value


def _text(value: Any) -> Any:
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def _batch(value: Any) -> Any:
    return str(value) if _is_int(value) else value


def _parts(value: Any) -> Any:
    """The parts of a tolerance as texts; what is none is left for the check to name."""
    if isinstance(value, str):
        return tuple(part for part in re.split(r"[\s,]+", value) if part)
    if isinstance(value, int | float):
        return (str(value),)
    if isinstance(value, Iterable):
        return tuple(str(v) if isinstance(v, int | float) else v for v in value)
    return value


_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "recipe": _text, "golden": _path, "inputs": _path, "contract": _path, "batch": _batch,
    "rtol": _parts, "atol": _parts, "trust_code": _paths, "tags": _parts,
}  # fmt: skip


def _mistakes(asked: Options) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    near = nearest(str(asked.require_evidence), LEVELS)
    memory = (
        "--memory must be at least 512MB" if _is_int(asked.memory) else "it is a number of bytes"
    )
    checks = [
        ("recipe", asked.recipe is None or isinstance(asked.recipe, str), "it is a path or a name"),
        ("golden", asked.golden is None or isinstance(asked.golden, Path), "it is a path"),
        ("inputs", asked.inputs is None or isinstance(asked.inputs, Path), "it is a path"),
        ("contract", asked.contract is None or isinstance(asked.contract, Path), "it is a path"),
        ("samples", _is_int(asked.samples, 1), "it is a number from 1 on"),
        ("seed", _is_int(asked.seed, 0), "it is a number from 0 on"),
        ("rtol", _tolerable(asked.rtol), "it is no tolerance such as 1e-5 or probs:1e-4"),
        ("atol", _tolerable(asked.atol), "it is no tolerance such as 1e-5 or probs:1e-4"),
        ("batch", _is_batch(asked.batch), "it is neither 'dynamic' nor a positive number"),
        ("backend", asked.backend in (None, *_BACKENDS), f"it is one of {', '.join(_BACKENDS)}"),
        ("trust_code", _is_paths(asked.trust_code), "it is a path, or several"),
        ("signature", isinstance(asked.signature, str), "it is a text"),
        ("step", asked.step is None or _is_int(asked.step, 0), "it is a number from 0 on"),
        ("model_version", asked.model_version is None or _is_int(asked.model_version, 0),
         "it is a number from 0 on"),
        ("memory", asked.memory is None or _is_int(asked.memory, MIN_MEMORY), memory),
    ]  # fmt: skip
    names = ("parameters", "rename_inputs", "rename_outputs", "input_tensors", "output_tensors")
    checks += [(n, _is_texts(getattr(asked, n)), "it maps names to texts") for n in names]
    checks += [(n, isinstance(getattr(asked, n), bool), "it is True or False") for n in _FLAGS]
    yield from ((name, what, ()) for name, fine, what in checks if not fine)
    if asked.verify is False and asked.require_evidence not in (None, "unverified"):
        yield "require_evidence", "with verify=False nothing is checked, so it cannot be met", ()
    if asked.alias is True and asked.contract is None:
        yield "alias", "it keeps the names of a contract, and there is none", ()
    if asked.prove is True and (asked.verify is False or asked.dry_run is True):
        yield "prove", "without a check there is none to plant faults for", ()
    if asked.require_evidence not in (None, *LEVELS):
        yield "require_evidence", f"it is one of {', '.join(LEVELS)}", near[:1]


def _is_int(value: Any, least: float = -math.inf) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_batch(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    return value == "dynamic" or (value.isascii() and value.isdigit() and int(value) > 0)


def _is_paths(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(path, Path) for path in value)


def _is_texts(value: Any) -> bool:
    pairs = value.items() if isinstance(value, Mapping) else [(None, None)]
    return all(isinstance(old, str) and isinstance(new, str) for old, new in pairs)


def _tolerable(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(v, str) and _is_size(v) for v in value)


def _is_size(text: str) -> bool:
    try:
        number = float(text.rpartition(":")[2])
    except ValueError:
        return False
    return math.isfinite(number) and number >= 0
