"""A Sequential that starts with a Merge becomes the functional model it stood for."""

from __future__ import annotations

import pytest

from tfmigrate.engines.upgrades import branches, from_file
from tfmigrate.errors import NotSupported
from tfmigrate.results import LayerInfo
from tfmigrate.tensors import TensorInfo


def dense(name, **config):
    return {"class_name": "Dense", "config": {"name": name, **config}}


def merged(*inner, rest=()):
    merge = {"class_name": "Merge", "config": {"name": "merge", "mode": "sum", "layers": inner}}
    return {"class_name": "Sequential", "config": {"name": "s", "layers": [merge, *rest]}}


def branch(*layers):
    return {"class_name": "Sequential", "config": list(layers)}


def test_branches_are_laid_out_flat_each_with_its_input():
    model = merged(
        branch(dense("a", batch_input_shape=[None, 3])),
        branch(dense("b", batch_input_shape=[None, 5]), dense("c")),
        rest=[dense("d")],
    )
    branches.branches_to_model(model)
    config = model["config"]
    assert model["class_name"] == "Model"
    names = [x["name"] for x in config["layers"]]
    assert names == ["dense_input_1", "a", "dense_input_2", "b", "c", "merge", "d"]
    nodes = {x["name"]: x["inbound_nodes"] for x in config["layers"]}
    assert nodes["merge"] == [[["a", 0, 0, {}], ["c", 0, 0, {}]]]
    assert nodes["d"] == [[["merge", 0, 0, {}]]]
    assert config["input_layers"] == [["dense_input_1", 0, 0], ["dense_input_2", 0, 0]]
    assert config["output_layers"] == [["d", 0, 0]]


def test_a_branch_that_is_merged_twice_is_one_branch():
    left = branch(dense("a", batch_input_shape=[None, 3]))
    model = merged(left, {"class_name": "Sequential", "config": [dense("a")]})
    branches.branches_to_model(model)
    assert [x["name"] for x in model["config"]["layers"]] == ["dense_input_1", "a", "merge"]


def test_a_branch_with_several_outputs_is_refused():
    inner = {"name": "two", "layers": [], "input_layers": [], "output_layers": [[], []]}
    with pytest.raises(NotSupported, match="several outputs"):
        branches.branches_to_model(merged({"class_name": "Model", "config": inner}))


def test_other_models_stay_as_they_are():
    plain = {"class_name": "Sequential", "config": {"name": "s", "layers": [dense("a")]}}
    branches.branches_to_model(plain)
    assert plain["class_name"] == "Sequential"


def test_the_weights_file_names_a_nested_sequential_that_has_no_name():
    inner = {"class_name": "Sequential", "config": {"name": "unnamed_1", "layers": []}}
    model = {"class_name": "Sequential", "config": {"name": "s", "layers": [inner, dense("d")]}}
    groups = (LayerInfo("sequential_7", "", ()), LayerInfo("d", "", ()))
    found = from_file.named_as_filed(model, groups)
    assert found["config"]["layers"][0]["config"]["name"] == "sequential_7"
    assert from_file.named_as_filed(model, groups[:1]) == model


def test_the_shape_of_a_weight_says_which_axes_share_it():
    prelu = {"class_name": "PReLU", "config": {"name": "p"}}
    model = {"class_name": "Sequential", "config": {"name": "s", "layers": [prelu]}}
    tensors = (TensorInfo("p/p_alphas", (1, 1, 4), "float32", "p", key="p_alphas:0"),)
    found = from_file.with_shared_axes(model, tensors)
    assert found["config"]["layers"][0]["config"]["shared_axes"] == [1, 2]
