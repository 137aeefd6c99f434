"""Layer names that TensorFlow refuses are replaced inside the model only."""

from __future__ import annotations

from types import SimpleNamespace

from tfmigrate.engines import legal_names


def layer(name, *sources):
    nodes = [[[s, 0, 0, {}] for s in sources]] if sources else []
    return {"class_name": "Dense", "name": name, "config": {"name": name}, "inbound_nodes": nodes}


def test_names_and_references_change_together_and_stay_apart():
    layers = [layer("in 1"), layer("in_1"), layer("été", "in 1", "in_1")]
    config = {"class_name": "Model", "config": {"layers": layers, "output_layers": [["été", 0, 0]]}}
    found, originals = legal_names.legalised(config)
    names = [x["config"]["name"] for x in found["config"]["layers"]]
    assert names == ["in_1_2", "in_1", "t_"]
    assert found["config"]["layers"][2]["inbound_nodes"] == [
        [["in_1_2", 0, 0, {}], ["in_1", 0, 0, {}]]
    ]
    assert found["config"]["output_layers"] == [["t_", 0, 0]]
    assert originals == {"in_1_2": "in 1", "t_": "été"}
    assert config["config"]["layers"][0]["name"] == "in 1"


def test_legal_names_stay():
    config = {"class_name": "Model", "config": {"layers": [layer("a/b.c-1")]}}
    assert legal_names.legalised(config) == (config, {})


def test_the_model_says_its_original_names():
    model = SimpleNamespace()
    assert legal_names.original(model, "a") == "a"
    legal_names.remember(model, {"a": "à"})
    assert legal_names.original(model, "a") == "à"
