import pytest
import yaml

from tfmigrate.drafting.explain import explained
from tfmigrate.mapping.plan import make_plan
from tfmigrate.recipe.model import Rule, Weights

from .conftest import tensor, variable


def _weights(*rules):
    return Weights.model_validate({"rules": list(rules)})


def _layer(name, inputs, units, make=variable):
    return [make(f"{name}/kernel", inputs, units), make(f"{name}/bias", units)]


def test_one_renamed_variable_is_named_first_and_its_rule_explains_everything():
    variables = _layer("fc1", 4, 4) + _layer("fc2", 4, 4)
    tensors = [*_layer("fc1", 4, 4, tensor), tensor("fc2/kernel", 4, 4), tensor("fc2/offset", 4)]
    found = explained(tensors, variables, Weights(), "r.yaml")
    assert not found
    (spare,) = found.tensors
    assert (spare.name, spare.candidates[0].name) == ("fc2/offset", "fc2/bias")
    assert [(p.text, p.count) for p in found.proposals] == [
        ("- {from: fc2/offset, to: fc2/bias}", 1)
    ]
    assert found.left == ()


def test_proposals_and_the_recipes_own_rules_together_make_a_plan():
    variables = [v for i in (1, 2, 3) for v in _layer(f"conv{i}", 4, 4)] + _layer("out", 4, 2)
    stored = [tensor(f"net/c{i}/{w}", *s) for i in (1, 2, 3)
              for w, s in (("weights", (4, 4)), ("biases", (4,)))]  # fmt: skip
    tensors = [*stored, *(tensor(f"top/{t.name}", *t.shape) for t in _layer("out", 4, 2))]
    own = _weights({"from": "top/out/{a}", "to": "out/{a}"})
    found = explained(tensors, variables, own, "r.yaml")
    assert (found.restored, found.left) == (2, ())
    first = {t.name: t.candidates[0].name for t in found.tensors}
    assert first["net/c2/weights"] == "conv2/kernel"
    assert {v.name: v.candidates[0].name for v in found.unfilled} == {
        target: source for source, target in first.items()
    }
    proposed = [yaml.safe_load(p.text)[0] for p in found.proposals]
    assert [p["expect"] for p in proposed] == [3, 3]
    rules = [*map(Rule.model_validate, proposed), *own.rules]
    assert len(make_plan(tensors, variables, rules).assignments) == 8


def test_equal_shapes_that_names_do_not_tell_apart_get_no_rule():
    variables = [variable("a/kernel", 4, 4), variable("b/kernel", 4, 4)]
    tensors = [tensor("x/kernel", 4, 4), tensor("y/kernel", 4, 4)]
    found = explained(tensors, variables, Weights(), "r.yaml")
    assert found.proposals == ()
    (group,) = found.undecided
    assert (group.tensors, group.variables) == (("x/kernel", "y/kernel"), ("a/kernel", "b/kernel"))
    assert len(found.left) == 4


def test_a_rule_that_has_no_such_target_is_set_right():
    variables = _layer("dense", 3, 4)
    own = _weights({"from": "net/{a}/{b}", "to": "{a}/{b}"})
    found = explained([tensor("net/fc/kernel", 3, 4), tensor("net/fc/bias", 4)], variables, own, "")
    assert [p.text for p in found.proposals] == [
        '- {from: "net/fc/{a}", to: "dense/{a}", expect: 2}'
    ]
    assert [p.what for p in found.left] == ["rule 1: matches only what is decided already"]


def test_a_cell_of_tf1_is_split_and_reordered_not_copied():
    variables = [variable("rnn/lstm_cell/kernel", 4, 20), variable("rnn/lstm_cell/bias", 20),
                 variable("rnn/lstm_cell/recurrent_kernel", 5, 20)]  # fmt: skip
    tensors = [tensor("r/basic_lstm_cell/kernel", 9, 20), tensor("r/basic_lstm_cell/bias", 20)]
    found = explained(tensors, variables, Weights(), "")
    assert found.left == ()
    kernel, bias = (yaml.safe_load(p.text)[0] for p in found.proposals)
    assert kernel["ops"] == [
        {"reorder_gates": {"from": "icfo", "to": "ifco"}}, {"split": {"axis": 0, "sizes": [4, 5]}},
    ]  # fmt: skip
    assert {"add_constant": {"value": 1.0, "gate": "f", "gates": "ifco"}} in bias["ops"]


def test_two_cells_that_fit_two_layers_are_left_open():
    inside = {"kernel": (4, 20), "bias": (20,), "recurrent_kernel": (5, 20)}
    variables = [variable(f"{n}/lstm_cell/{w}", *s) for n in "ab" for w, s in inside.items()]
    stored = {"kernel": (9, 20), "bias": (20,)}
    tensors = [tensor(f"{n}/lstm_cell/{w}", *s) for n in "pq" for w, s in stored.items()]
    assert explained(tensors, variables, Weights(), "").proposals == ()


def test_the_bias_of_a_cell_that_fits_no_layer_is_not_copied():
    inside = {"kernel": (6, 20), "bias": (20,), "recurrent_kernel": (5, 20)}
    variables = [variable(f"a/lstm_cell/{w}", *s) for w, s in inside.items()]
    tensors = [tensor("p/lstm_cell/kernel", 9, 20), tensor("p/lstm_cell/bias", 20)]
    assert explained(tensors, variables, Weights(), "").proposals == ()


def test_two_cells_for_one_layer_are_left_open():
    inside = {"kernel": (4, 20), "bias": (20,), "recurrent_kernel": (5, 20)}
    variables = [variable(f"a/lstm_cell/{w}", *s) for w, s in inside.items()]
    tensors = [tensor(f"{n}/lstm_cell/kernel", 9, 20) for n in "pq"]
    assert explained(tensors, variables, Weights(), "").proposals == ()


def test_what_fits_is_said_to_fit():
    found = explained(_layer("a", 2, 3, tensor), _layer("a", 2, 3), Weights(), "")
    assert found
    assert (found.restored, found.variables, found.proposals) == (2, 2, ())


@pytest.mark.parametrize("count", [400])
def test_hundreds_of_open_names_are_quickly_explained(count):
    variables = [variable(f"block/unit_{i}/dense/kernel", 8, 8) for i in range(count)]
    tensors = [tensor(f"net/layer_{i}/fc/w", 8, 8) for i in range(count)]
    found = explained(tensors, variables, Weights(), "")
    assert [p.count for p in found.proposals] == [count]
