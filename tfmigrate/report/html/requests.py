"""Requests to TensorFlow Serving that work as they stand.

Those that were executed are shown with their answers; where they are too long, a request with
harmless values of the right shapes is shown instead.
"""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from tfmigrate.export.serving.values import TYPES, b64
from tfmigrate.proof import Coverage
from tfmigrate.tensors import LENGTHS, Signature, TensorSpec

_SMALL = 300  # values that a person would still paste
_BYTES = b"hello"

Shapes = Mapping[str, tuple[int, ...]]


def sizes(signature: Signature, probes: tuple[Shapes, ...]) -> dict[str, tuple[int, ...]]:
    """The shapes of a request: those of the smallest probe, as it is known to work."""
    names = [spec.name for spec in signature.inputs]
    fitting = [probe for probe in probes if all(name in probe for name in names)]
    if fitting:
        smallest = min(fitting, key=lambda probe: sum(math.prod(probe[n]) for n in names))
        return {name: tuple(smallest[name]) for name in names}
    return {spec.name: _guessed(spec) for spec in signature.inputs}


def _guessed(spec: TensorSpec) -> tuple[int, ...]:
    free = (1, *([LENGTHS[0]] * len(spec.shape)))
    return tuple(free[i] if d is None else d for i, d in enumerate(spec.shape))


def value(spec: TensorSpec, coverage: Coverage | None) -> Any:
    """One harmless value of an input's type, inside the range that the probes had."""
    if spec.dtype == "string":
        return _BYTES
    if spec.dtype == "bool":
        return False
    known = next((c for c in coverage.inputs if c.name == spec.name), None) if coverage else None
    whole = "int" in spec.dtype
    plain: float = 1 if whole else 0.5
    if known is not None and known.high is not None and known.low is not None:
        plain = min(max(plain, known.low), known.high)
    return int(plain) if whole else float(plain)


def model_name(output: str) -> str:
    """What the model is called in a URL: the folder, or the one above a version's number."""
    path = PurePath(output or "model")
    return (path.parent.name if path.name.isdigit() else path.name) or "model"


def serve(output: str) -> str:
    """The command that serves the SavedModel; "" where there is none."""
    if not output:
        return ""
    path, name = PurePath(output), model_name(output)
    version = path.name if path.name.isdigit() else "1"
    folder = output if path.is_absolute() else f"$PWD/{output}"
    mount = f'-v "{folder}:/models/{name}/{version}"' if _plain(folder + name) else (
        f"-v {shlex.quote(f'{folder}:/models/{name}/{version}')}"
    )  # fmt: skip
    env = shlex.quote(f"MODEL_NAME={name}")
    return f"docker run -p 8500:8500 -p 8501:8501 {mount} -e {env} tensorflow/serving"


def _plain(text: str) -> bool:
    return all(c.isalnum() or c in "$/._- " for c in text)


def executed(example: Mapping[str, Any], name: str) -> str:
    """A curl command with the request that was executed; "" where it is too long to be shown."""
    if example.get("body") is None:
        return ""
    url = str(example["url"]).replace("${MODEL_NAME}", quote(name, safe=""))
    return f"curl -s {shlex.quote(url)} \\\n  -d {shlex.quote(json.dumps(example['body']))}"


def answer(example: Mapping[str, Any]) -> str:
    """What the model answers to it; "" where that is too long, or no JSON."""
    known = example.get("body") is not None and example.get("answer") is not None
    return json.dumps(example["answer"], ensure_ascii=False) if known else ""


def rest(signature: Signature, shapes: Shapes, values: Mapping[str, Any], name: str) -> str:
    """A curl command; "" where an input has a type that the REST API does not carry."""
    if any(spec.dtype not in TYPES for spec in signature.inputs):
        return ""
    url = f"http://localhost:8501/v1/models/{quote(name, safe='')}:predict"
    leaves = {n: b64(v) if v == _BYTES else v for n, v in values.items()}
    if sum(math.prod(s) for s in shapes.values()) <= _SMALL:
        inputs = {n: _filled(shapes[n], leaf) for n, leaf in leaves.items()}
        body = json.dumps({"signature_name": signature.key, "inputs": inputs})
        return f"curl -s {shlex.quote(url)} \\\n  -d {shlex.quote(body)}"
    quoted = {n: json.dumps(v) if isinstance(v, dict) else repr(v) for n, v in leaves.items()}
    lines = ",\n    ".join(
        f"{json.dumps(n)}: filled({list(shapes[n])}, {leaf})" for n, leaf in quoted.items()
    )
    program = (  # without a single quote, as the shell has those around it
        "import json\n\n"
        "def filled(shape, value):\n"
        "    return [filled(shape[1:], value)] * shape[0] if shape else value\n\n"
        f'print(json.dumps({{"signature_name": {json.dumps(signature.key)}, "inputs": {{\n'
        f"    {lines},\n}}}}))\n"
    )
    return f"python3 -c {shlex.quote(program)} | curl -s {shlex.quote(url)} -d @-"


def _filled(shape: tuple[int, ...], leaf: Any) -> Any:
    return [_filled(shape[1:], leaf)] * shape[0] if shape else leaf


def grpc(signature: Signature, shapes: Shapes, values: Mapping[str, Any], name: str) -> str:
    """A Python program that asks over gRPC (``pip install tensorflow-serving-api``)."""
    lines = [
        "import grpc",
        "import numpy as np",
        "import tensorflow as tf",
        "from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc",
        "",
        'channel = grpc.insecure_channel("localhost:8500")',
        "stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)",
        "request = predict_pb2.PredictRequest()",
        f"request.model_spec.name = {name!r}",
        f"request.model_spec.signature_name = {signature.key!r}",
    ]
    for spec in signature.inputs:
        array = f"np.full({tuple(shapes[spec.name])}, {values[spec.name]!r})"
        tensor = f"tf.make_tensor_proto({array}, dtype=tf.{spec.dtype})"
        lines.append(f"request.inputs[{spec.name!r}].CopyFrom({tensor})")
    lines += [
        "answer = stub.Predict(request, timeout=10)",
        f"for name in {[spec.name for spec in signature.outputs]!r}:",
        "    print(name, tf.make_ndarray(answer.outputs[name]))",
    ]
    return "\n".join(lines)
