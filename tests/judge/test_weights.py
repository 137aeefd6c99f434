"""Rules of a recipe for a Keras file: they come first, the file's own names do the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfmigrate import sources
from tfmigrate.errors import MappingProblem
from tfmigrate.judge import weights
from tfmigrate.judge.architecture import decide
from tfmigrate.recipe import load_recipe
from tfmigrate.tensors import VariableInfo

# Two LSTMs of a tensor per gate each, and a Dense: written by Keras 1.2.2.
FILE = Path(__file__).parents[1] / "fixtures/old_keras/k122_lstm_cpu/model.h5"


def lstm(name, inputs, units):
    shapes = {
        "kernel": (inputs, 4 * units), "recurrent_kernel": (units, 4 * units), "bias": (4 * units,),
    }  # fmt: skip
    for leaf, shape in shapes.items():
        path = f"{name}/lstm_cell"
        yield VariableInfo(f"{path}/{leaf}", shape, "float32", (name, path), leaf)


VARIABLES = (
    *lstm("lstm_1", 3, 5),
    *lstm("lstm_2", 5, 4),
    VariableInfo("dense_1/kernel", (4, 2), "float32", ("dense_1",), "kernel"),
    VariableInfo("dense_1/bias", (2,), "float32", ("dense_1",), "bias"),
)


def planned(folder, *lines):
    path = folder / "recipe.yaml"
    path.write_text("tfmigrate: 1\nname: r\nweights:\n" + "".join(f"  {line}\n" for line in lines))
    source, recipe = sources.describe(FILE), load_recipe(str(path), {})
    return weights.plan_for(source, recipe, VARIABLES, decide(source, recipe))


def test_what_a_rule_leaves_goes_by_name_as_without_one(tmp_path):
    source = sources.describe(FILE)
    whole = weights.plan_for(source, None, VARIABLES, decide(source, None))
    plan = planned(tmp_path, "rules:", "- {from: 'dense_1/dense_1_b:0', to: dense_1/bias}")
    ours, *others = plan.assignments
    assert (ours.sources, ours.targets) == (("dense_1/dense_1_b:0",), ("dense_1/bias",))
    assert ours.rule == "rule 1 (line 5)"
    assert others == [a for a in whole.assignments if a.targets != ("dense_1/bias",)]
    assert {len(a.sources) for a in others} == {1, 4}


def test_what_is_left_of_a_weight_that_a_line_takes_a_part_of_is_left_over(tmp_path):
    with pytest.raises(MappingProblem) as caught:
        planned(tmp_path, "ignore:", "- {names: 'lstm_1/lstm_1_b_i:0', because: no reason}")
    assert "lstm_1/lstm_cell/bias" in {p.where for p in caught.value.problems}


def test_mistakes_in_rules_and_what_is_left_over_are_said_at_once(tmp_path):
    with pytest.raises(MappingProblem, match="3 problems") as caught:
        planned(tmp_path, "rules:", "- {from: 'dense_1/dense_1_b:0', to: dense_1/kernel}")
    assert caught.value.where.endswith("recipe.yaml")
    assert "rule 1: the shape does not fit" in caught.value.problems[0].what
