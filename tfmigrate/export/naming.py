"""Names that a TensorFlow signature can carry, and what became of the ones it cannot."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tfmigrate.errors import Problem, UsageProblem, nearest, shown
from tfmigrate.tensors import Signature, TensorSpec

Call = Callable[[dict[str, Any]], dict[str, Any]]

# What survives as argument, as op name and as FunctionDef argument in TensorFlow 2.21: tried
# there, "_x" and "é" are Python identifiers and still fail in tf.saved_model.save.
_LEGAL = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_RESERVED = frozenset([*keyword.kwlist, "self"])
# Keys of SignatureDefs that are no signatures: __saved_model_init_op, __saved_model_train_op.
_RESERVED_KEYS = "__saved_model_"


@dataclass(frozen=True)
class Names:
    """The public name of every input and output of a model, original to public."""

    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)

    def changed(self) -> dict[str, str]:
        """The names that are not what they were, original to public; inputs first."""
        pairs = [*self.inputs.items(), *self.outputs.items()]
        return {old: new for old, new in pairs if old != new}


def legal_inputs(names: Sequence[str], renames: Mapping[str, str]) -> dict[str, str]:
    """The public name of each input: renamed as asked, else made legal for TensorFlow.

    Raises:
        UsageProblem: A rename names no input, TensorFlow cannot carry the new name, or two
            inputs would get one name. TensorFlow folds the case of argument
            names, so ``X`` and ``x`` are one name too.
    """
    asked = _renamed(names, renames, "input", _legal)
    public = {old: _legal(new) for old, new in asked.items()}
    _refuse_collisions(public, "input", str.lower)
    return public


def legal_outputs(names: Sequence[str], renames: Mapping[str, str]) -> dict[str, str]:
    """The public name of each output: renamed as asked, else as it is.

    Output names are keys of a map, never arguments: ``head/fc``, ``a b`` and ``é`` reach Python,
    ``saved_model_cli show`` and the C++ loader unchanged (tried with TensorFlow 2.21).

    Raises:
        UsageProblem: A rename names no output, or two outputs would get one name.
    """
    public = _renamed(names, renames, "output")
    _refuse_collisions(public, "output", str)
    return public


def legal_key(key: str) -> None:
    """Refuse a signature key that TensorFlow keeps for itself.

    Raises:
        UsageProblem: It starts with ``__saved_model_``; a loader would not show it as a signature.
    """
    if key.startswith(_RESERVED_KEYS):
        raise UsageProblem(
            f"a signature key cannot start with {_RESERVED_KEYS}: TensorFlow keeps those",
            where=shown(key),
            help="give another key (--signature), serving_default for example",
        )


def named(
    signature: Signature, rename_inputs: Mapping[str, str], rename_outputs: Mapping[str, str]
) -> tuple[Signature, Names]:
    """A signature of original names as the signature that will be served, and the names' fate.

    Raises:
        UsageProblem: See :func:`legal_key`, :func:`legal_inputs` and :func:`legal_outputs`.
    """
    legal_key(signature.key)
    names = Names(
        legal_inputs([s.name for s in signature.inputs], rename_inputs),
        legal_outputs([s.name for s in signature.outputs], rename_outputs),
    )
    inputs = tuple(replace(s, name=names.inputs[s.name]) for s in signature.inputs)
    outputs = tuple(replace(s, name=names.outputs[s.name]) for s in signature.outputs)
    return replace(signature, inputs=inputs, outputs=outputs), names


def publicly(call: Call, names: Names) -> Call:
    """A function of original names as one of public names."""

    def renamed(values: dict[str, Any]) -> dict[str, Any]:
        found = call({old: values[new] for old, new in names.inputs.items()})
        return {new: found[old] for old, new in names.outputs.items()}

    return renamed


def signature_problems(
    asked: Signature, exported: Signature, narrowed: bool = False
) -> tuple[Problem, ...]:
    """Everything in which the exported signature is not the one that was asked for.

    A dimension that was asked to be free must be free; a fixed one must have that size. Where the
    inputs were narrowed, sizes of outputs that follow from theirs are known and need not be free;
    so are all but the batch where no input has another free dimension (Keras 3 leaves them open).
    """
    settled = all(None not in spec.shape[1:] for spec in asked.inputs)
    if narrowed or settled:
        known = _following(asked.outputs, exported.outputs, 0 if narrowed else 1)
        asked = replace(asked, outputs=tuple(known))
    pairs = ((asked.inputs, exported.inputs, "input"), (asked.outputs, exported.outputs, "output"))
    return tuple(p for a, e, what in pairs for p in _spec_problems(a, e, what))


def _following(
    asked: Sequence[TensorSpec], exported: Sequence[TensorSpec], first: int
) -> Iterable[TensorSpec]:
    known = {s.name: s.shape for s in exported}
    for spec in asked:
        there = known.get(spec.name, spec.shape)
        if len(there) == len(spec.shape):
            pairs = enumerate(zip(spec.shape, there, strict=True))
            spec = replace(
                spec, shape=tuple(h if a is None and i >= first else a for i, (a, h) in pairs)
            )
        yield spec


def _spec_problems(
    asked: Iterable[TensorSpec], exported: Iterable[TensorSpec], what: str
) -> Iterable[Problem]:
    wanted, there = {s.name: s for s in asked}, {s.name: s for s in exported}
    for name in [*wanted, *(n for n in there if n not in wanted)]:
        want, have = wanted.get(name), there.get(name)
        if want != have:
            yield Problem(
                f"the exported {what} is not the one that was asked for",
                where=shown(name),
                found=f"{have.dtype} {have.shape}" if have else "nothing",
                expected=f"{want.dtype} {want.shape}" if want else "nothing",
            )


def _renamed(
    names: Sequence[str],
    renames: Mapping[str, str],
    what: str,
    carried: Callable[[str], str] = str,
) -> dict[str, str]:
    problems = [
        Problem(
            f"there is no {what} of that name",
            where=shown(old),
            nearest=nearest(old, names),
            help=f"the {what}s are {', '.join(shown(n) for n in names)}",
        )
        for old in renames
        if old not in names
    ]
    problems += [
        Problem("the new name is empty", where=shown(o)) for o, n in renames.items() if not n
    ]
    problems += [
        Problem("TensorFlow cannot carry this name", where=shown(f"{o}:{n}"), nearest=(carried(n),))
        for o, n in renames.items()
        if n and carried(n) != n
    ]
    if problems:
        raise UsageProblem(f"--rename-{what} does not fit the model", problems)
    return {name: renames.get(name, name) for name in names}


def _legal(name: str) -> str:
    """The nearest name that TensorFlow can carry; ``arg_`` in front is TensorFlow's own habit."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    swapped = re.sub(r"[^A-Za-z0-9_]", "_", plain)
    if swapped in _RESERVED:
        return f"{swapped}_"
    return swapped if _LEGAL.fullmatch(swapped) else f"arg_{swapped}"


def _refuse_collisions(public: Mapping[str, str], what: str, fold: type[str] | object) -> None:
    groups: dict[str, list[str]] = defaultdict(list)
    for old, new in public.items():
        groups[fold(new)].append(old)  # type: ignore[operator]
    problems = [
        Problem(
            f"these {what}s would share the name {shown(public[olds[0]])}",
            where=", ".join(shown(o) for o in olds),
            help=f"give one of them another name: --rename-{what} {shown(olds[-1])}:NEW",
        )
        for olds in groups.values()
        if len(olds) > 1
    ]
    if problems:
        raise UsageProblem(
            f"two {what}s would have the same name in the SavedModel",
            problems,
            help=f"--rename-{what} OLD:NEW",
        )
