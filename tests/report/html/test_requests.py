from __future__ import annotations

import ast
import json
import shlex
import subprocess
import sys

import pytest

from tfmigrate.proof import Coverage, InputCoverage
from tfmigrate.report.html import requests
from tfmigrate.tensors import Signature, TensorSpec

SPECS = (
    TensorSpec("ids", (None, None), "int32"),
    TensorSpec('it\'s "ü" $x', (None, 3), "float32"),
    TensorSpec("text", (None,), "string"),
    TensorSpec("mask", (), "bool"),
)
SIGNATURE = Signature("serve's", SPECS, (TensorSpec("y", (None,), "float32"),))


def asked(signature: Signature, probes=(), coverage=None) -> tuple[str, str]:
    shapes = requests.sizes(signature, probes)
    values = {spec.name: requests.value(spec, coverage) for spec in signature.inputs}
    return tuple(
        make(signature, shapes, values, "my model") for make in (requests.rest, requests.grpc)
    )


def nested(value) -> tuple[int, ...]:
    return (len(value), *nested(value[0])) if isinstance(value, list) else ()


def body_of(command: str) -> dict:
    """What curl would send, as the shell and Python make it."""
    words = shlex.split(command)
    assert "http://localhost:8501/v1/models/my%20model:predict" in words
    if words[:2] == ["python3", "-c"]:
        done = subprocess.run([sys.executable, "-c", words[2]], capture_output=True, check=True)
        return json.loads(done.stdout)
    return json.loads(words[words.index("-d") + 1])


@pytest.mark.parametrize("width", [3, 400])
def test_the_rest_body_has_the_shapes_and_types(width):
    specs = (*SPECS[:1], TensorSpec(SPECS[1].name, (None, width), "float32"), *SPECS[2:])
    rest, _ = asked(Signature(SIGNATURE.key, specs, ()))
    body = body_of(rest)
    assert body["signature_name"] == "serve's"
    assert {n: nested(v) for n, v in body["inputs"].items()} == {
        "ids": (1, 8), SPECS[1].name: (1, width), "text": (1,), "mask": (),
    }  # fmt: skip
    assert body["inputs"]["text"] == [{"b64": "aGVsbG8="}]
    assert body["inputs"]["mask"] is False
    assert body["inputs"]["ids"][0][0] == 1
    assert body["inputs"][SPECS[1].name][0][0] == 0.5
    assert len(rest) < 3000


def test_shapes_are_those_of_the_smallest_probe():
    probes = tuple({"x": (n, 4 * n)} for n in (5, 2, 3))
    one = Signature("s", (TensorSpec("x", (None, None), "float32"),), ())
    assert requests.sizes(one, probes) == {"x": (2, 8)}


def test_values_stay_where_the_probes_were():
    seen = Coverage((InputCoverage("ids", 3, (), 0.0, 0.0), InputCoverage("x", 3, (), 2.0, 9.0)))
    assert requests.value(SPECS[0], seen) == 0
    assert requests.value(TensorSpec("x", (), "float32"), seen) == 2.0


def test_what_rest_cannot_carry_is_asked_over_grpc():
    half = Signature("s", (TensorSpec("x", (None,), "float16"),), ())
    rest, grpc = asked(half)
    assert rest == ""
    assert "dtype=tf.float16" in grpc


def test_the_grpc_program_is_python():
    _, grpc = asked(SIGNATURE)
    strings = {n.value for n in ast.walk(ast.parse(grpc)) if isinstance(n, ast.Constant)}
    assert {spec.name for spec in SPECS} <= strings
    assert {"my model", "serve's", b"hello"} <= strings


@pytest.mark.parametrize(
    ("output", "name"), [("out/faces", "faces"), ("/srv/faces/3", "faces"), ("", "model")]
)
def test_the_name_of_the_model(output, name):
    assert requests.model_name(output) == name


def test_the_folder_is_mounted_as_a_version():
    assert "/models/faces/3" in requests.serve("/srv/faces/3")
    words = shlex.split(requests.serve("my 'out'/faces"))
    assert "$PWD/my 'out'/faces:/models/faces/1" in words
    assert requests.serve("") == ""
