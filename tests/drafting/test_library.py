import json
from pathlib import Path

import pytest

from tfmigrate.drafting import library
from tfmigrate.drafting.from_library import refined, with_parameters
from tfmigrate.drafting.library import Layers, Match, matches
from tfmigrate.drafting.settings import offers
from tfmigrate.recipe import load_recipe
from tfmigrate.recipe.yaml_nodes import parse
from tfmigrate.sources import training_names

from .conftest import tensor, variable

CASES = Path(__file__).parents[1] / "fixtures" / "library"


def _stored(name):
    """The tensors of a checkpoint that the original code wrote: names and shapes."""
    data = json.loads((CASES / name / "case.json").read_text())
    shapes = {n: tuple(shape) for n, (shape, _) in data["variables"].items()}
    return data, [
        tensor(n, *shape, training=training_names.training(n, shapes))
        for n, shape in shapes.items()
    ]


@pytest.mark.parametrize(
    ("case", "seen"),
    [
        ("slim_resnet_v1_50", ("classes",)),
        ("slim_resnet_v1_101_narrow", ("depth", "width", "classes")),
        ("slim_mobilenet_v2_035", ("depth_multiplier", "last", "classes")),
        ("bert_classifier", ("hidden", "layers", "intermediate")),
        ("estimator_dnn_classifier", ("hidden", "classes")),
        ("char_rnn_gru", ("cell", "layers")),
    ],
)
def test_checkpoints_of_the_original_code_are_known_with_their_parameters(case, seen):
    data, tensors = _stored(case)
    best = next(matches(tensors))
    assert best.recipe == data["recipe"]
    told = {key: parse(f"v: {value}").data["v"] for key, value in best.parameters.items()}
    assert {key: told[key] for key in seen} == {key: data["parameters"][key] for key in seen}


def test_a_model_of_nobodys_is_none_of_the_library():
    names = ("generator/conv2d/kernel", "generator/dense/kernel", "critic/dense/kernel")
    assert list(matches([tensor(n, 3, 4) for n in names])) == []


def test_a_setting_that_a_recipe_refuses_is_no_match():
    assert library._loaded("slim/resnet_v1", {"depth": "50"}) is not None
    assert library._loaded("slim/resnet_v1", {"no_such": "1"}) is None


def test_a_layer_is_called_as_the_rules_take_it():
    recipe = load_recipe("slim/resnet_v1")
    sizes = Layers.of_recipe(recipe).sizes
    assert sizes["resnet_v1_50/conv1"] == 64
    assert "resnet_v1_50/conv1/Conv" not in sizes


def test_parameters_that_only_a_built_model_shows():
    recipe = load_recipe("bert/bert", {"layers": "1"})
    match = Match("bert/bert", {"layers": "1"}, 1.0)
    stored = [tensor("bert/embeddings/position_embeddings", 24, 768)]
    built = [variable("bert/embeddings/position_embeddings", 512, 768)]
    assert refined(match, recipe, stored, built) == [{"layers": "1", "positions": "24"}]


def test_where_two_parameters_have_one_value_each_is_tried():
    recipe = load_recipe("bert/bert_classifier", {"layers": "1"})
    match = Match("bert/bert_classifier", {}, 1.0)
    ways = refined(match, recipe, [tensor("output_bias", 3)], [variable("output_bias", 2)])
    assert sorted(map(sorted, ways)) == [["labels"], ["types"]]


def test_other_defaults_in_a_text():
    block = "tfmigrate: 1\nparameters:\n  units: 2   # so many\n\n  mode: x\nblocks: {}\n"
    wanted = "tfmigrate: 1\nparameters: {units: 3}\nblocks: {}\n"
    assert with_parameters(block, {"units": 3}) == wanted
    assert with_parameters("name: a\nblocks: {}\n", {"units": 3}) == (
        "name: a\nparameters: {units: 3}\nblocks: {}\n"
    )


def test_what_a_parameter_could_be():
    assert offers("top", True, (), ()) == ["false"]
    assert offers("classes", 1000, (), [(1000, 7)]) == ["7"]
    assert offers("classes", 3, (), [(3, 1)])[0] == "2"
    assert "3" in offers("layers", 12, ["a/layer_0", "a/layer_2"], ())
    assert "[10, 8]" in offers("hidden", [10, 10], (), [(10, 8)])
    assert "0.5" in offers("alpha", 1.0, (), [(8, 4)])
