"""Two contracts beside each other: each difference, and whether callers notice it.

An input may take more than it did and an output may promise more than it did; the other way round
breaks callers. What a server does with names is TensorFlow Serving's: a request has to hold every
input and no other one; a row of REST's answer is the bare value where there is one output, and an
object of names where there are several (tensorflow.org/tfx/serving/api_rest).
"""

from __future__ import annotations

from collections.abc import Iterator

from tfmigrate.contract.changes import BREAKING, COMPATIBLE, NOTED, Change, Changes, ordered
from tfmigrate.contract.model import COMPOSITE, Contract, Endpoint, Tensor
from tfmigrate.contract.shapes import shape_change, written
from tfmigrate.errors import shown

_BARE = (
    "REST answers of one output hold the bare values; with a second output they become objects "
    "with names"
)


def compare(old: Contract, new: Contract) -> Changes:
    """What callers of ``old`` meet in ``new``."""
    before, now = old.by_key(), new.by_key()
    found: list[Change] = []
    for key, endpoint in before.items():
        found += _signature(endpoint, now[key]) if key in now else [_missing(endpoint, now)]
    for key in now.keys() - before.keys():
        said = "a signature that was not there"
        found.append(Change("signature-added", COMPATIBLE, said, key))
    return ordered(sorted(found, key=lambda c: (c.signature, c.severity == NOTED)))


def _missing(endpoint: Endpoint, now: dict[str, Endpoint]) -> Change:
    alike = [k for k, other in now.items() if not compare_endpoints(endpoint, other)]
    return Change(
        "signature-missing",
        BREAKING,
        "the signature is gone",
        endpoint.key,
        old=endpoint.key,
        new=", ".join(sorted(now)) or "none",
        help=f"{shown(sorted(alike)[0])} has all of it under another name" if alike else "",
    )


def compare_endpoints(old: Endpoint, new: Endpoint) -> tuple[Change, ...]:
    """What breaks callers of one signature when another one answers them."""
    return tuple(c for c in _signature(old, new) if c.severity == BREAKING)


def _signature(old: Endpoint, new: Endpoint) -> list[Change]:
    found: list[Change] = []
    if old.method != new.method:
        what = "the method is another one, so servers answer by another API"
        found.append(Change("method", BREAKING, what, old.key, "", old.method, new.method))
    found += _Side("input", old, new).changes()
    found += _Side("output", old, new).changes()
    return found


class _Side:
    """The inputs of a signature, or its outputs."""

    def __init__(self, side: str, old: Endpoint, new: Endpoint) -> None:
        self.side, self.old_endpoint = side, old
        self.old = {t.name: t for t in (old.inputs if side == "input" else old.outputs)}
        self.new = {t.name: t for t in (new.inputs if side == "input" else new.outputs)}

    def changes(self) -> Iterator[Change]:
        gone = [n for n in self.old if n not in self.new]
        fresh = [n for n in self.new if n not in self.old]
        renamed = self._renamed(gone, fresh)
        if renamed:
            yield renamed
        else:
            yield from (self._gone(name) for name in gone)
            yield from (self._fresh(name) for name in fresh)
        for name, tensor in self.old.items():
            if name in self.new:
                yield from self._tensor(tensor, self.new[name])
        yield from self._order()

    def _change(
        self, code: str, severity: str, what: str, name: str, said: tuple[str, ...] = ()
    ) -> Change:
        key = self.old_endpoint.key
        return Change(f"{self.side}-{code}", severity, what, key, name, *said)

    def _renamed(self, gone: list[str], fresh: list[str]) -> Change | None:
        """One name for another, where nothing else about the tensor changed."""
        if len(gone) != 1 or len(fresh) != 1:
            return None
        name, other = gone[0], fresh[0]
        if any(c.severity == BREAKING for c in self._tensor(self.old[name], self.new[other])):
            return None
        bare = self.side == "input" and len(self.old) == 1
        help = "REST calls that name no input go on working" if bare else ""
        what = f"the {self.side} has another name"
        return self._change("renamed", BREAKING, what, name, (name, other, help))

    def _gone(self, name: str) -> Change:
        what = f"the {self.side} is gone"
        there = ", ".join(self.new) or "none"
        return self._change("missing", BREAKING, what, name, (name, there))

    def _fresh(self, name: str) -> Change:
        if self.side == "input":
            what = "an input that callers do not send"
            return self._change("added", BREAKING, what, name, ("", name))
        if len(self.old) == 1 and self.old_endpoint.method == "predict":
            help = "give it in a signature of its own"
            return self._change("added", BREAKING, _BARE, name, ("", name, help))
        return self._change("added", COMPATIBLE, "an additional output", name, ("", name))

    def _tensor(self, old: Tensor, new: Tensor) -> Iterator[Change]:
        if old.kind != new.kind:
            what = "one of them is a single tensor, the other sparse, ragged or of several parts"
            yield self._change("kind", BREAKING, what, old.name, (old.kind, new.kind))
            return
        if old.kind == COMPOSITE:
            return
        if old.dtype != new.dtype:
            what = "the type is another one"
            yield self._change("type", BREAKING, what, old.name, (old.dtype, new.dtype))
        verdict = shape_change(old.shape, new.shape, self.side == "input")
        if verdict is not None:
            said = (written(old.shape), written(new.shape), verdict.help)
            yield self._change(verdict.code, verdict.severity, verdict.what, old.name, said)

    def _order(self) -> Iterator[Change]:
        """A SavedModel keeps no order; TensorFlow hands tensors over sorted by name."""
        before, now = sorted(self.old), sorted(self.new)
        kept = [n for n in before if n in self.new]
        if any(before.index(n) != now.index(n) for n in kept):
            what = f"callers that count {self.side}s, sorted by name, get other ones"
            said = (", ".join(before), ", ".join(now))
            yield self._change("order", NOTED, what, "", said)
