import json
from pathlib import Path

import jsonschema
import pytest

from tfmigrate.recipe import library
from tfmigrate.recipe.json_schema import schema
from tfmigrate.recipe.weight_ops import OPS
from tfmigrate.recipe.yaml_nodes import parse

HERE = Path(__file__).parent
GOOD = sorted(
    path
    for path in (*library.recipes().values(), *(HERE / "good").glob("*.yaml"),
                 *(HERE.parent / "recipes").glob("*/*.yaml"))
    if "tfmigrate:" in path.read_text()
)  # fmt: skip


@pytest.fixture(scope="module")
def validator():
    made = schema()
    jsonschema.Draft202012Validator.check_schema(made)
    return jsonschema.Draft202012Validator(json.loads(json.dumps(made)))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_recipes_that_are_right_are_valid(path, validator):
    data = parse(path.read_text(), file=str(path)).data
    assert [e.message for e in validator.iter_errors(data)] == []


@pytest.mark.parametrize(
    "name",
    ["10_surprises", "11_ten_mistakes", "12_unknown_keys", "13_blocks", "15_names", "21_rules",
     "22_signatures", "23_wrong_types", "25_no_version", "30_declared", "36_steps"],
)  # fmt: skip
def test_recipes_with_mistakes_in_their_form_are_not(name, validator):
    path = HERE / "bad" / f"{name}.yaml"
    assert list(validator.iter_errors(parse(path.read_text(), file=str(path)).data))


def _recipe(**more):
    return {"tfmigrate": 1, **more}


def _rule(**more):
    return _recipe(weights={"rules": [{"from": "a", "to": "b", **more}]})


@pytest.mark.parametrize(
    "data",
    [
        _rule(ops=[{"transpose": [1, 0]}]),
        _rule(ops=[{"transpose": {"perm": [1, 0]}}]),
        _rule(ops=[{"squeeze": 0}]),
        _rule(**{"from": ["a", "b"]}),
        _recipe(architecture={"inputs": {"x": {"shape": [None, "$n"]}},
                              "layers": [{"layer": "Dense", "with": {"units": "2 * $n"}}]}),
        _recipe(architecture={"graph": "source", "inputs": {"x": "x:0"}, "outputs": ["y:0"]}),
        _recipe(blocks={"b": {"parameters": ["n", {"m": 2}], "inputs": "x",
                              "layers": [{"layer": "Dense"}]}}),
        _recipe(signatures={"s": {
            "inputs": {"x": {"steps": [
                {"decode": "any"}, {"resize": {"size": ["$n", 8], "method": "area"}}, "lower",
                {"normalise": "caffe"}, {"scale": {"to": [-1, "$m"]}}, {"crop": 8},
            ]}},
            "outputs": {"y": {"from": "z", "steps": [
                "softmax", {"top_k": {"k": "$k", "give": "labels", "labels": "l.txt"}},
            ]}},
        }}),
        _recipe(functions={"swish": "x * sigmoid(x)"}),
    ],
)  # fmt: skip
def test_short_forms_and_parameters_are_valid(data, validator):
    assert [e.message for e in validator.iter_errors(data)] == []


@pytest.mark.parametrize(
    "data",
    [
        *(_recipe(signatures={"s": {"inputs": {"x": {"steps": [step]}}}}) for step in (
            "decode", "softmax", {"resize": {"size": 3, "method": "area", "metod": "area"}},
            {"resize": {"size": 3}}, {"cast": "flaot32"}, {"crop": {"size": 3, "fraction": 1}},
        )),
        _rule(ops=[{"transpoze": [1, 0]}]),
        _rule(ops=[{"transpose": {"axis": [1, 0]}}]),
        _rule(ops=[{"transpose": {"perm": [1, 0], "axis": 1}}]),
        _rule(expect="three"),
        _rule(because="x"),
        _recipe(architecture={"inputs": {"x": {"shape": [None, "four"]}}}),
        _recipe(architecture={"semantics": "kreas-2", "layers": []}),
        _recipe(blocks={"b": {"layers": [{"layer": "Dense", "wiht": {}}]}}),
        {"name": "x"},
        [],
    ],
)  # fmt: skip
def test_wrong_keys_types_and_ops_are_not(data, validator):
    assert list(validator.iter_errors(data))


def test_keys_are_spelt_and_described_as_the_user_writes_them():
    made = schema()
    layer = made["$defs"]["Layer"]["properties"]
    assert {"from", "with"} <= layer.keys()
    assert not {"from_", "with_"} & layer.keys()
    assert "arguments of the layer" in layer["with"]["description"]
    assert made["$schema"].endswith("2020-12/schema")
    written = json.dumps(made["$defs"]["Rule"]["properties"]["ops"])
    assert all(f'"{name}"' in written for name in OPS)
