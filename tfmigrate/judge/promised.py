"""What callers were promised: a contract is held before the work begins, old names are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfmigrate import contract
from tfmigrate.contract import Alias, Contract, Endpoint
from tfmigrate.errors import NotProved, Problem, shown
from tfmigrate.judge.serving import Serving
from tfmigrate.options import Options


def kept(serving: Serving, old: Contract | None, options: Options) -> Serving:
    """What is served, with the old names as further signatures where that was asked for.

    Args:
        serving: What is served.
        old: What callers rely on; None where nobody says.
        options: Whether old names are kept, and the new names that were given.

    Raises:
        NotProved: Callers would break; every breaking change is a problem of it.
    """
    if old is None:
        return serving
    new = [v.signature for v in serving.views]
    _refuse_exchanged([s for s in old.signatures if s.key in {n.key for n in new}], options)
    extra: tuple[Alias, ...] = ()
    if options.alias:
        renames = dict(options.rename_inputs), dict(options.rename_outputs)
        extra = contract.aliases(old, new, *renames)
    signatures = [*new, *(alias.signature for alias in extra)]
    contract.compare(old, contract.of(signatures)).refuse(str(options.contract))
    return serving.with_more([_plain(serving, alias) for alias in extra])


def _refuse_exchanged(kept: Sequence[Endpoint], options: Options) -> None:
    """Refuse names of a kept signature that now mean another tensor: no comparison would show it.

    Raises:
        NotProved: A name that callers use was given away, and given to something else.
    """
    problems = []
    for what, renames in (("input", options.rename_inputs), ("output", options.rename_outputs)):
        for name, other in renames.items():
            used = any(t.name == name for s in kept for t in getattr(s, f"{what}s"))
            if used and name != other and name in renames.values():
                place = f"{what} {shown(name)}"
                problems.append(Problem("the name now means another tensor", place, found=other))
    if problems:
        raise NotProved(
            "the new names break the contract with callers", problems, where=str(options.contract)
        )


def _plain(serving: Serving, alias: Alias) -> dict[str, Any]:
    """A second signature under the old names, as plain data."""
    (like,) = (p for p in serving.plain if p["key"] == alias.of)
    said = {s.name: like["inputs"].get(s.name, {}) for s in serving.signature(alias.of).inputs}
    inputs = {old: {"to": new, **said[new]} for old, new in alias.inputs.items()}
    outputs = {old: like["outputs"][new] for old, new in alias.outputs.items()}
    method = alias.signature.method
    key = alias.signature.key
    return {**like, "key": key, "method": method, "inputs": inputs, "outputs": outputs}
