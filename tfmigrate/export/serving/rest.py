"""Requests to the REST API of TensorFlow Serving and the answers to them, as JSON.

Source: ``g3doc/api_rest.md``, and ``json_tensor.cc`` where that says more (the key ``results``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfmigrate.export.serving import values
from tfmigrate.export.serving.values import Array, NoJson, Probe
from tfmigrate.processing import tf_examples
from tfmigrate.tensors import Signature

# The name is that of the deployment, which is not known.
URL = "http://localhost:8501/v1/models/${MODEL_NAME}:%s"


def url(signature: Signature) -> str:
    """Where a signature is asked."""
    return URL % signature.method


def body(signature: Signature, probe: Probe, answer: Probe) -> dict[str, Any]:
    """The request.

    Args:
        signature: What is asked.
        probe: Its inputs.
        answer: What it answers: rows are asked for where that comes in rows too.

    Raises:
        NoJson: The API does not carry such values.
    """
    named = {"signature_name": signature.key}
    if signature.method != "predict":
        return {**named, "examples": [_features(e) for e in probe["inputs"].tolist()]}
    if not probe:
        raise NoJson("the REST API knows no request without inputs")
    _refuse(probe)
    sent = {name: values.sent(name, array) for name, array in probe.items()}
    if rows(probe, answer):
        return {**named, "instances": _rows(sent)}
    return {**named, "inputs": sent}


def answer(signature: Signature, probe: Probe, answer: Probe) -> dict[str, Any]:
    """What the server answers to :func:`body`.

    Raises:
        NoJson: The API does not carry such values.
    """
    _refuse(answer)
    said = {name: values.answered(name, array) for name, array in answer.items()}
    if signature.method == "classify":
        return {"results": _classes(said, len(probe["inputs"]))}
    if signature.method == "regress":
        return {"results": [values.number(v) for v in answer["outputs"].reshape(-1)]}
    if rows(probe, answer):
        return {"predictions": _rows(said)}
    return {"outputs": said if len(said) > 1 else next(iter(said.values()))}


def rows(probe: Probe, answer: Probe) -> bool:
    """Whether every tensor, sent and answered, has a row for each of the same samples."""
    arrays = [*probe.values(), *answer.values()]
    return all(a.ndim for a in arrays) and len({a.shape[0] for a in arrays}) == 1


def _refuse(arrays: Mapping[str, Array]) -> None:
    for name, array in arrays.items():
        kind = values.dtype(array)
        if kind not in values.TYPES:
            raise NoJson(f"the REST API carries no {kind}: {name} is asked over gRPC")
        if not array.size:
            raise NoJson(f"JSON cannot say the shape of {name}, which is empty")


def _rows(columns: Mapping[str, list[Any]]) -> list[Any]:
    """Sample by sample; without names where there is only one."""
    if len(columns) == 1:
        return next(iter(columns.values()))
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _classes(said: Mapping[str, list[Any]], count: int) -> list[Any]:
    """Label and score of each class; a server fills in what the model does not say."""
    labels, scores = said.get("classes"), said.get("scores")
    known = [len(row) for row in labels or scores or [[]] * count]
    return [
        [[labels[i][j] if labels else "", scores[i][j] if scores else 0.0] for j in range(n)]
        for i, n in enumerate(known)
    ]


def _features(example: bytes) -> dict[str, Any]:
    read = sorted(tf_examples.read(example).items())
    return {name: [_feature(v) for v in found] for name, found in read}


def _feature(value: Any) -> Any:
    if isinstance(value, bytes):
        return values.text_or_b64(value)
    return values.single(value) if isinstance(value, float) else value
