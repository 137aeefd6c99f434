import pytest

from tfmigrate.errors import Damaged
from tfmigrate.sources import config


def _dense(name):
    return {"class_name": "Dense", "config": {"name": name, "units": 2}}


def _paths(architecture):
    return [(layer.path, layer.class_name) for layer in config.layers(architecture)]


def test_a_sequential_model_that_is_a_bare_list():
    architecture = {"class_name": "Sequential", "config": [_dense("a"), {"class_name": "Flatten"}]}
    assert _paths(architecture) == [("", "Sequential"), ("a", "Dense"), ("Flatten", "Flatten")]


def test_nested_models_wrappers_and_cells_are_walked_in_file_order():
    inner = {
        "class_name": "Model",
        "name": "enc",
        "config": {"name": "enc", "layers": [_dense("d")]},
    }
    wrapper = {"class_name": "TimeDistributed", "config": {"name": "td", "layer": inner}}
    cells = {"class_name": "StackedRNNCells", "config": {"name": "s", "cells": [
        {"class_name": "LSTMCell", "config": {"name": "c0"}},
        {"class_name": "GRUCell", "config": {"name": "c1"}}]}}  # fmt: skip
    both = {"class_name": "Bidirectional", "config": {
        "name": "bi", "layer": {"class_name": "LSTM", "config": {"name": "f"}},
        "backward_layer": {"class_name": "RNN", "config": {"name": "b", "cell": cells}},
    }}  # fmt: skip
    top = {"class_name": "Functional", "config": {"layers": [wrapper, both, _dense("out")]}}
    assert _paths(top) == [
        ("", "Functional"),
        ("td", "TimeDistributed"),
        ("td/enc", "Model"),
        ("td/enc/d", "Dense"),
        ("bi", "Bidirectional"),
        ("bi/f", "LSTM"),
        ("bi/b", "RNN"),
        ("bi/b/s", "StackedRNNCells"),
        ("bi/b/s/c0", "LSTMCell"),
        ("bi/b/s/c1", "GRUCell"),
        ("out", "Dense"),
    ]
    assert [layer.name for layer in config.top_level(top)] == ["td", "bi", "out"]


def test_the_branches_of_a_keras_1_merge_are_layers():
    merge = {"class_name": "Merge", "config": {"name": "m", "layers": [
        {"class_name": "Sequential", "config": [_dense("left")]}]}}  # fmt: skip
    found = _paths({"class_name": "Sequential", "config": [merge]})
    assert found[1:] == [
        ("m", "Merge"),
        ("m/Sequential", "Sequential"),
        ("m/Sequential/left", "Dense"),
    ]


def test_values_hold_everything_but_children_and_a_models_training():
    child = _dense("inner")
    entry = {
        "class_name": "TimeDistributed",
        "config": {"layer": child, "deep": {"list": [{"key": "found"}]}},
        "inbound_nodes": [[["x", 0, 0, {"training": True}]]],
        "compile_config": {"loss": "mse"},
    }
    top, layer, _ = config.layers(
        {"class_name": "Sequential", "config": [entry], "compile_config": {"loss": "top"}}
    )
    assert "top" not in [v.value for v in top.values]  # a model's own, and never built
    keys = [v.key for v in layer.values]
    assert "training" in keys
    assert ("key", "found") in [(v.key, v.value) for v in layer.values]
    assert "units" not in keys
    assert "loss" in keys  # nothing reads it there, and nothing can hide there


def test_layers_without_end_are_refused():
    many = {"class_name": "Sequential", "config": [_dense("a")] * 20_000}
    with pytest.raises(Damaged, match="more than 20,000 layers"):
        list(config.layers(many))


def test_a_value_knows_whether_it_is_its_keys_own():
    entry = {"class_name": "StringLookup", "config": {"vocabulary": ["a"], "other": "path"}}
    (_, layer) = config.layers({"class_name": "Sequential", "config": [entry]})
    direct = {str(v.value): v.direct for v in layer.values}
    assert direct["a"] is False
    assert direct["path"] is True
