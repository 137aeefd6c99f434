"""Read a contract: the signatures of an old SavedModel, or a JSON file.

Three kinds of JSON: what ``tfmigrate inspect SAVEDMODEL --signatures --format json`` prints; the
same written by hand, with mappings in place of lists; and what TensorFlow Serving answers at
``/v1/models/NAME/metadata`` (tensorflow_serving/apis/get_model_metadata.proto).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tfmigrate.contract import by_hand, protos_json
from tfmigrate.contract.model import COMPOSITE, DENSE, Contract, Endpoint, Tensor
from tfmigrate.errors import NotRecognised, UsageProblem, shown
from tfmigrate.sources import meta_graph, protos, saved_model, strict_json

_HOW = (
    "tfmigrate inspect OLD --signatures --format json > contract.json writes one; so does what "
    "TensorFlow Serving answers at /v1/models/NAME/metadata"
)


def read(path: Path) -> Contract:
    """The contract of an old SavedModel, or the one in a JSON file.

    Raises:
        NotRecognised: There is nothing of the kind.
        Damaged: It cannot be parsed.
        UsageProblem: A JSON file with mistakes, all of them at once.
    """
    if path.is_file() and path.name not in saved_model.FILES:
        return from_json(path.read_bytes(), str(path))
    return of_saved_model(path)


def of_saved_model(path: Path) -> Contract:
    """The signatures of a SavedModel; parsed, nothing is loaded.

    Raises:
        NotRecognised: There is none.
        Damaged: It cannot be parsed.
    """
    meta = saved_model.graph_of(path)
    if meta is None:
        help = f"a contract is a SavedModel, or a JSON file; {_HOW}"
        raise NotRecognised("there is no SavedModel, and no file", where=shown(path), help=help)
    found = protos.entries(meta.signature_def)
    endpoints = (_endpoint(k, found[k]) for k in sorted(found) if not meta_graph.internal(k))
    return Contract(tuple(endpoints), str(path))


def from_json(text: str | bytes, where: str) -> Contract:
    """The contract in a JSON document.

    Raises:
        Damaged: It is no JSON object.
        UsageProblem: It is no contract, or has mistakes.
    """
    said = strict_json.parse_object(text, where)
    said = said.get("source", said) if said.get("kind") == "inspection" else said
    problems: list[Any] = []
    if "signatures" in said:
        endpoints = by_hand.endpoints(said["signatures"], problems)
    elif "metadata" in said:
        endpoints = protos_json.endpoints(said, problems)
    else:
        raise UsageProblem("no signatures in it, so it is no contract", where=where, help=_HOW)
    if problems:
        raise UsageProblem("the contract has mistakes", problems, where=where, help=_HOW)
    if not endpoints:
        raise UsageProblem("the contract names no signature", where=where, help=_HOW)
    return Contract(tuple(sorted(endpoints, key=lambda e: e.key)), where)


def _endpoint(key: str, found: Any) -> Endpoint:
    method = meta_graph.short_method(found.method_name)
    return Endpoint(key, _tensors(found.inputs), _tensors(found.outputs), method)


def _tensors(entries: Any) -> tuple[Tensor, ...]:
    found = protos.entries(entries)
    return tuple(_tensor(name, found[name]) for name in sorted(found))


def _tensor(name: str, info: Any) -> Tensor:
    if not info.name:  # coo_sparse or composite_tensor is there instead
        return Tensor(name, "", None, COMPOSITE)
    return Tensor(name, protos.dtype(info.dtype), protos.shape(info.tensor_shape), DENSE)
