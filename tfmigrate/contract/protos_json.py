"""The answer of TensorFlow Serving at ``/v1/models/NAME/metadata``: protobuf's JSON of signatures.

``{"model_spec": ..., "metadata": {"signature_def": {"signature_def": {KEY: {"inputs": ...}}}}}``;
numbers may be texts, and ``"-1"`` is a free dimension.
"""

from __future__ import annotations

from typing import Any

from tfmigrate.contract import by_hand
from tfmigrate.contract.model import Endpoint
from tfmigrate.errors import Problem
from tfmigrate.sources import meta_graph


def endpoints(said: dict[str, Any], problems: list[Problem]) -> list[Endpoint]:
    """The signatures in an answer; mistakes go to ``problems``."""
    signatures = said["metadata"]
    for _ in range(2):
        signatures = signatures.get("signature_def") if isinstance(signatures, dict) else None
    if not isinstance(signatures, dict):
        what = "no signatures are in the metadata"
        path = "$.metadata.signature_def.signature_def"
        problems.append(Problem(what, path=path, help="ask the server once more"))
        return []
    told = {k: _signature(v) for k, v in signatures.items() if not meta_graph.internal(k)}
    return by_hand.endpoints(told, problems, "$.metadata.signature_def.signature_def")


def _signature(said: Any) -> Any:
    if not isinstance(said, dict):
        return said
    method = meta_graph.short_method(str(said.get("method_name", "")))
    sides = {side: _tensors(said.get(side, {})) for side in ("inputs", "outputs")}
    return {"method": method, **sides}


def _tensors(said: Any) -> Any:
    if not isinstance(said, dict):
        return said
    return {name: _tensor(info) for name, info in said.items()}


def _tensor(info: Any) -> Any:
    if not isinstance(info, dict):
        return info
    if "coo_sparse" in info or "composite_tensor" in info:
        return {"kind": "composite"}
    shape = info.get("tensor_shape", {})
    if not isinstance(shape, dict):
        return {"dtype": info.get("dtype"), "shape": shape}
    dims = None if shape.get("unknown_rank") else [_size(d) for d in shape.get("dim", ())]
    return {"dtype": info.get("dtype"), "shape": dims}


def _size(dim: Any) -> Any:
    said = dim.get("size", 0) if isinstance(dim, dict) else dim
    try:
        size = int(said)
    except (TypeError, ValueError):
        return said
    return None if size < 0 else size
