"""Warm-up records: requests that a server runs before it lets a model be asked.

A record that fails blocks the load, so only what was executed belongs into the file. The name of
the model stays empty: the server does not look at it, and nobody knows it yet. Sources:
``saved_model_warmup_util.cc`` and ``prediction_log.proto``, ``predict.proto``,
``classification.proto``, ``input.proto`` of TensorFlow Serving.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tfmigrate.export import methods
from tfmigrate.export.serving.values import Array, Probe
from tfmigrate.sources import protos
from tfmigrate.tensors import Signature

FILE = Path("assets.extra", "tf_serving_warmup_requests")
# A server takes a thousand; it runs every one before the model can be asked.
MOST = 100
# Bytes of one record, and of the file.
LARGEST, TOTAL = 4 << 20, 16 << 20

_NUMBERS = {name: number for number, name in protos.DTYPES.items()}


def refusal(signature: Signature) -> str:
    """Why a server would refuse every request to a signature; "" where it would not."""
    if signature.method not in ("predict", *methods.NAMES):
        return "its method is none that a server knows"
    if methods.problems(signature):
        return f"its tensors are not those of the method {signature.method}"
    return ""


def batch(signature: Signature, probe: Probe) -> int | None:
    """The batch that all inputs share, None where it is not free to choose."""
    free = all(s.shape and s.shape[0] is None for s in signature.inputs)
    sizes = {array.shape[0] for array in probe.values() if array.ndim}
    return sizes.pop() if free and len(sizes) == 1 else None


def chosen(signature: Signature, probes: Sequence[Probe]) -> list[int]:
    """The probes to warm up with: the smallest batch, and the next one.

    No bigger one: a server that batches requests refuses what is above its ``max_batch_size``, and
    then it does not load the model.
    """
    sizes: dict[int, int] = {}
    for number, probe in enumerate(probes):
        size = batch(signature, probe)
        if size:
            sizes.setdefault(size, number)
    return [sizes[size] for size in sorted(sizes)[:2]] or list(range(len(probes)))[:1]


def size(probe: Probe) -> int:
    """How many bytes the values of a request take."""
    return sum(
        sum(map(len, a.reshape(-1).tolist())) if a.dtype.kind == "O" else a.nbytes
        for a in probe.values()
    )


def record(signature: Signature, probe: Probe) -> bytes:
    """A serialized PredictionLog: the request, in the form that the signature's method takes.

    Args:
        signature: What is asked.
        probe: Its inputs by public name; strings are bytes.
    """
    log = protos.message("PredictionLog")()
    if signature.method == "predict":
        request = log.predict_log.request
        dtypes = {s.name: s.dtype for s in signature.inputs}
        for name in sorted(probe):
            value = _tensor(probe[name], dtypes[name]).SerializeToString(deterministic=True)
            request.inputs.add(key=name, value=value)
    else:
        request = (log.classify_log if signature.method == "classify" else log.regress_log).request
        request.input.example_list.examples.extend(probe["inputs"].tolist())
    request.model_spec.signature_name = signature.key
    made: bytes = log.SerializeToString(deterministic=True)
    return made


def _tensor(array: Array, dtype: str) -> Any:
    made = protos.message("TensorProto")(dtype=_NUMBERS[dtype])
    made.tensor_shape.SetInParent()
    for length in array.shape:
        made.tensor_shape.dim.add(size=length)
    if dtype == "string":
        made.string_val.extend(array.reshape(-1).tolist())
    else:
        plain = np.ascontiguousarray(array)
        made.tensor_content = plain.astype(plain.dtype.newbyteorder("<")).tobytes()
    return made
