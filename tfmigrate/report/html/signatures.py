"""The signatures, and for each a request to paste."""

from __future__ import annotations

from dataclasses import dataclass

from tfmigrate.report.html import requests
from tfmigrate.report.html.about import Context, Subject
from tfmigrate.report.words import shape
from tfmigrate.results import Migration
from tfmigrate.tensors import Signature


@dataclass(frozen=True)
class Signed:
    """One signature: its tensors, and requests to it ("" where there can be none).

    ``answer`` is what the model answers to ``rest``, "" where that was made up.
    """

    key: str
    tensors: tuple[tuple[str, str, str, str], ...]
    rest: str
    grpc: str
    answer: str = ""


@dataclass(frozen=True)
class Signatures:
    """All signatures, and how to serve the model; "" where nothing was written."""

    serve: str
    signatures: tuple[Signed, ...]


def view(subject: Subject, context: Context) -> Signatures | None:
    """The signatures of a migrated model; None where there are none."""
    if not isinstance(subject, Migration) or not subject.signatures:
        return None
    signed = tuple(_signed(subject, s) for s in subject.signatures)
    return Signatures(requests.serve(subject.output), signed)


def _signed(done: Migration, signature: Signature) -> Signed:
    rows = [("in", t.name, shape(t.shape), t.dtype) for t in signature.inputs]
    rows += [("out", t.name, shape(t.shape), t.dtype) for t in signature.outputs]
    if not done.output:  # nothing to ask
        return Signed(signature.key, tuple(rows), "", "")
    parity = done.parity
    shapes = requests.sizes(signature, parity.probes if parity is not None else ())
    coverage = parity.coverage if parity is not None else None
    values = {spec.name: requests.value(spec, coverage) for spec in signature.inputs}
    name = requests.model_name(done.output)
    example = done.requests.get(signature.key, {})
    return Signed(
        signature.key,
        tuple(rows),
        requests.executed(example, name) or requests.rest(signature, shapes, values, name),
        requests.grpc(signature, shapes, values, name),
        requests.answer(example),
    )
