"""Which declarations a model's config asks for, without building it."""

from __future__ import annotations

import hashlib

import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.expressions import of_writer, text
from tfmigrate.judge.declared import of_config
from tfmigrate.recipe import load_recipe
from tfmigrate.results import Writer
from tfmigrate.sources import hazards

KERAS_2 = Writer("Keras", "2.2.4", "tensorflow")
KERAS_3 = Writer("Keras", "3.8.0", "tensorflow")


def sequential(*layers):
    return {"class_name": "Sequential", "config": {"name": "s", "layers": list(layers)}}


def layer(class_name, name, **config):
    return {"class_name": class_name, "config": {"name": name, **config}}


@pytest.fixture
def declared(tmp_path):
    def found(config, body, writer=KERAS_2):
        path = tmp_path / "recipe.yaml"
        path.write_text(f"tfmigrate: 1\n{body}")
        everything = hazards.find(config, writer)
        return of_config(config, everything, load_recipe(str(path)), writer, of_writer(writer))

    return found


def codes(found):
    return [h.code for h in found.left if h.exit_code]


def test_a_lambda_that_only_names_its_function(declared):
    lam = layer(
        "Lambda", "lam", function="double", function_type="function", arguments={"factor": 2.0}
    )
    found = declared(sequential(lam), "functions: {double: x * factor}")
    assert codes(found) == []
    assert text(found.lambdas["double"]) == "x * factor"
    with pytest.raises(RecipeProblem, match="a mistake") as raised:
        declared(sequential(lam), "functions: {double: x * factr}")
    assert raised.value.problems[0].nearest == ("factor",)


def test_the_name_of_the_layer_comes_before_that_of_the_function(declared):
    lam = layer("Lambda", "lam", function="double", function_type="function")
    other = layer("Lambda", "other", function="double", function_type="function")
    found = declared(sequential(lam, other), "functions: {double: x * 2, lam: x + 1}")
    assert codes(found) == []
    assert [n for n in found.notes if "other" in n] == [
        "the function double is what the recipe says it is, in other"
    ]


def test_code_beside_the_function_of_a_lambda_is_still_refused(declared):
    code = "4wEAAAAAAAAAAAAAAAEAAAACAAAAQwAAAHMIAAAAfABkARQAUwApAk7pAgAAAKkA"
    lam = layer(
        "Lambda", "lam", function="f", function_type="function", other_type="lambda", other=code
    )
    found = declared(sequential(lam), "functions: {lam: x * 2}")
    assert codes(found) == ["lambda"]


def test_an_unliftable_lambda_by_the_hash_of_its_code(declared):
    code = b"\xe3no code of any Python"
    lam = layer("Lambda", "lam", function=[code.decode("latin-1"), None, None])
    lam["config"]["function_type"] = "lambda"
    digest = hashlib.sha256(code).hexdigest()
    assert codes(declared(sequential(lam), f"functions: {{{digest}: x * 2}}")) == []


def test_registered_objects_of_keras_3_go_by_their_name_or_their_whole_one(declared):
    custom = {**layer("Gated", "g", units=2), "module": None, "registered_name": "corp>Gated"}
    function = {
        "module": "builtins", "class_name": "function", "config": "corp>soft",
        "registered_name": "function",
    }  # fmt: skip
    dense = {**layer("Dense", "d", units=2, activation=function), "module": "keras.layers",
             "registered_name": None}  # fmt: skip
    gated = "layer_types: {Gated: {compute: x * units}}\n"
    found = declared(sequential(custom, dense), gated + "functions: {corp>soft: x}", KERAS_3)
    assert codes(found) == []
    assert list(found.layers) == ["corp>Gated"]
    found = declared(sequential(custom, dense), gated + "functions: {soft: x}", KERAS_3)
    assert list(found.functions) == ["corp>soft"]


def test_what_keras_has_itself_is_never_replaced(declared):
    dense = layer("Dense", "d", units=2, activation="relu")
    with pytest.raises(RecipeProblem) as raised:
        declared(sequential(dense), "functions: {relu: x * 0}\nlayer_types: {Dense: {compute: x}}")
    assert [p.path for p in raised.value.problems] == ["$.functions.relu", "$.layer_types.Dense"]


def test_an_op_that_meant_nothing_to_the_writer_is_told_with_its_place(declared):
    dense = layer("Dense", "d", units=2, activation="soft")
    with pytest.raises(RecipeProblem) as raised:
        declared(sequential(dense), "functions: {soft: x * ops.silu(x)}")
    (problem,) = raised.value.problems
    assert "Keras 3 has it" in problem.what
    assert (problem.line, problem.path) == (2, "$.functions.soft, column 23")


def test_a_required_argument_that_the_config_lacks(declared):
    body = "layer_types: {Scale: {arguments: [powr], compute: x ** powr}}"
    with pytest.raises(RecipeProblem) as raised:
        declared(sequential(layer("Scale", "sc", power=2.0)), body)
    (problem,) = raised.value.problems
    assert problem.what == "the config of sc has no powr"
    assert problem.nearest == ("power",)
    assert problem.line == 2
