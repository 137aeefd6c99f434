"""Old names kept as a second signature, beside the new ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tfmigrate.contract.compare import compare_endpoints
from tfmigrate.contract.model import Contract, Endpoint, of
from tfmigrate.contract.pairing import paired
from tfmigrate.errors import NotProved, Problem, shown
from tfmigrate.tensors import Signature, TensorSpec


@dataclass(frozen=True)
class Alias:
    """A second signature that computes what another one does, under the old names.

    Attributes:
        signature: The second signature: the old key, method and names, with today's shapes.
        of: The key of the signature that computes it.
        inputs: Old input names, and those of the other signature.
        outputs: Old output names, and those of the other signature; what it does not name is
            left out.
    """

    signature: Signature
    of: str
    inputs: dict[str, str]
    outputs: dict[str, str]


def aliases(
    old: Contract,
    new: Sequence[Signature],
    rename_inputs: Mapping[str, str] | None = None,
    rename_outputs: Mapping[str, str] | None = None,
) -> tuple[Alias, ...]:
    """The signatures that keep old names alive; none for a signature that is as it was.

    Names belong together where they are equal, where a renaming says so, or where there is but
    one on either side.

    Args:
        old: What callers rely on.
        new: The signatures of this run.
        rename_inputs: Old to new names, as ``--rename-input`` gives them.
        rename_outputs: The same of outputs.

    Raises:
        NotProved: For an old signature there is no new one without doubt, or its key is taken.
    """
    renames = (rename_inputs or {}, rename_outputs or {})
    found: list[Alias] = []
    problems: list[Problem] = []
    taken = {s.key: s for s in new}
    for endpoint in old.signatures:
        if endpoint.key in taken and not _broken(endpoint, taken[endpoint.key]):
            continue
        fitting = [made for s in new if (made := _alias(endpoint, s, renames)) is not None]
        if len(fitting) == 1 and endpoint.key not in taken:
            found += fitting
        else:
            problems.append(_problem(endpoint, fitting, taken))
    if problems:
        raise NotProved("old names cannot be kept as a second signature", problems)
    return tuple(found)


def _alias(
    old: Endpoint, new: Signature, renames: tuple[Mapping[str, str], Mapping[str, str]]
) -> Alias | None:
    """The second signature; None where names do not correspond, or callers would notice."""
    inputs = paired([t.name for t in old.inputs], [s.name for s in new.inputs], renames[0])
    outputs = paired([t.name for t in old.outputs], [s.name for s in new.outputs], renames[1])
    if inputs is None or outputs is None or set(inputs.values()) != {s.name for s in new.inputs}:
        return None
    signature = Signature(
        old.key, _named(new.inputs, inputs), _named(new.outputs, outputs), old.method
    )
    made = Alias(signature, new.key, inputs, outputs)
    return None if _broken(old, signature) else made


def _named(specs: Iterable[TensorSpec], names: Mapping[str, str]) -> tuple[TensorSpec, ...]:
    by_name = {spec.name: spec for spec in specs}
    return tuple(
        TensorSpec(old, by_name[new].shape, by_name[new].dtype) for old, new in names.items()
    )


def _broken(old: Endpoint, new: Signature) -> bool:
    return bool(compare_endpoints(old, of([new]).signatures[0]))


def _problem(old: Endpoint, fitting: Sequence[Alias], taken: Mapping[str, Signature]) -> Problem:
    where = f"signature {shown(old.key)}"
    if not fitting:
        return Problem(
            "no signature has, name by name, what this one had",
            where=where,
            expected=_names(old),
            help="say which name is which with --rename-input and --rename-output",
        )
    if len(fitting) > 1:
        found = ", ".join(shown(alias.of) for alias in fitting)
        return Problem("several signatures could stand for this one", where=where, found=found)
    return Problem(
        "the key of the old names is that of the new ones",
        where=where,
        found=", ".join(map(shown, taken)),
        help="give the new names a key of their own, as --signature latest; this one then keeps "
        "the old names",
    )


def _names(old: Endpoint) -> str:
    inputs, outputs = (", ".join(shown(t.name) for t in side) for side in (old.inputs, old.outputs))
    return f"{inputs} -> {outputs}"
