"""Planted faults in recipes of real checkpoints: each is found where it is and named."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tfmigrate import pipeline
from tfmigrate.options import Options

HERE = Path(__file__).parent / "fixtures" / "diagnosis"

_TWINS = "    - {from: %s/kernel, to: %s/kernel}\n    - {from: %s/bias, to: %s/bias}\n"


def _twins(one, other):
    return "  rules:\n", "  rules:\n" + _TWINS % ((one, other) * 2) + _TWINS % ((other, one) * 2)


def _rule(name, op):
    return "  rules:\n", f"  rules:\n    - {{from: {name}, to: {name}, ops: [{op}]}}\n"


# name -> recipe, what stands there, what the fault puts there, layer, hazard, what undoes it
FAULTS = {
    "kernel-flip": (
        "vision", *_rule("conv2/kernel", "{reverse: [0, 1]}"), "conv2", "kernel flip",
        "{from: conv2/kernel, to: conv2/kernel}"),
    "epsilon": ("vision", "1.0e-5", "1.0e-3", "bn1", "epsilon", "epsilon: 1e-05"),
    "standard-deviation": (
        "vision", ", ops: [{variance: {epsilon: 0, target: 0}}]", "", "bn2", "variance",
        "{from: bn2/moving_std, to: bn2/moving_variance, ops: [{variance: {epsilon: 0"),
    "padding": (
        "vision", "with: {padding: 1}}\n    - {name: conv1, layer: Conv2D, with: {filters: 4, "
        "kernel_size: 3, strides: 2, padding: valid", "with: {padding: 0}}\n    - {name: conv1, "
        "layer: Conv2D, with: {filters: 4, kernel_size: 3, strides: 2, padding: same",
        "conv1", "padding", "ZeroPadding2D"),
    "flatten-order": (
        "vision", "    - {name: permute, layer: Permute, with: {dims: [3, 1, 2]}}\n", "", "flat",
        "channel order", "Permute"),
    "image-channels": (
        "vision", *_rule("conv1/kernel", "{reverse: [2]}"), "conv1",
        "channel order", "{from: conv1/kernel, to: conv1/kernel}"),
    "twin-convolutions": ("vision", *_twins("conv2", "conv3"), "conv2", "twins", "conv3"),
    "raw-weights": ("vision", "prefer", "ignore", "variables", "averages", "averages: prefer"),
    "activation": ("vision", "activation: elu", "activation: selu", "fc", "activation", "elu"),
    "slope": ("vision", "alpha: 0.2", "alpha: 0.3", "leaky", "activation", "0.2"),
    "transposed": (
        "vision", *_rule("logits/kernel", "{transpose: [1, 0]}"), "logits", "kernel transpose",
        "{from: logits/kernel, to: logits/kernel}"),
    "gate-order": (
        "words", "{reorder_gates: {from: icfo, to: ifco}}, ", "", "rnn", "gate order",
        "{from: rnn/basic_lstm_cell/kernel, to: [rnn/lstm_cell/kernel, rnn/lstm_cell/"
        "recurrent_kernel], ops: [{split: {axis: 0, sizes: [6, 6]}}, {reorder_gates: "
        "{from: icfo, to: ifco}}]}"),
    "forget-bias": (
        "words", ", {add_constant: {value: 1, gate: f, gates: ifco}}", "", "rnn", "forget bias",
        "add_constant"),
    "hard-sigmoid": (
        "words", "recurrent_activation: hard_sigmoid", "recurrent_activation: sigmoid", "gru",
        "recurrent activation", "recurrent_activation: hard_sigmoid"),
    "reset-after": (
        "words", "reset_after: false", "reset_after: true", "gru", "reset after",
        "reset_after: false"),
    "causal": ("words", "padding: causal", "padding: same", "causal", "causal",
        "padding: causal"),
    "layer-norm": ("words", "1.0e-12", "1.0e-3", "ln", "epsilon", "epsilon: 1e-12"),
    "twin-dense": ("words", *_twins("a", "b"), "a", "twins", "b"),
}  # fmt: skip
# The others, and all of them from the outputs alone, with -m big.
EVERYDAY = ("padding", "flatten-order", "twin-convolutions", "raw-weights", "gate-order",
            "forget-bias", "reset-after")  # fmt: skip
BLIND = ("kernel-flip",)


def _some(everyday):
    return [f if f in everyday else pytest.param(f, marks=pytest.mark.big) for f in FAULTS]


def planted(fault, folder):
    """The recipe with a fault in it; without one, as it should be."""
    name, right, wrong = FAULTS[fault][:3]
    text = (HERE / f"{name}.yaml").read_text()
    assert right in text
    recipe = folder / f"{fault}.yaml"
    recipe.write_text(text.replace(right, wrong, 1))
    return name, recipe


def migrated(name, recipe, golden, folder, crew):
    options = Options(recipe=str(recipe), golden=golden)
    source = HERE / f"{name}.index"
    return pipeline.migrate("ckpt-to-savedmodel", source, folder / "out", options, crew=crew)


def diagnosed(fault, folder, crew, golden=None):
    name, recipe = planted(fault, folder)
    done = migrated(name, recipe, golden or HERE / f"{name}.golden.npz", folder, crew)
    assert not done.parity
    assert done.output == ""
    return done.parity.divergence


def outputs_only(name, folder):
    with np.load(HERE / f"{name}.golden.npz") as held:
        kept = {n: held[n] for n in held.files if n.startswith(("inputs/", "outputs/"))}
    np.savez(folder / "blind.npz", **kept)
    return folder / "blind.npz"


@pytest.mark.parametrize("fault", _some(EVERYDAY))
def test_a_planted_fault_is_found_and_named(fault, tmp_path, crew):
    _, _, _, layer, hazard, undone = FAULTS[fault]
    found = diagnosed(fault, tmp_path, crew)
    best = found.diagnoses[0]
    assert (best.hazard, hazard in best.hazard, undone in best.apply) == (hazard, True, True)
    assert layer in best.layer
    assert found.first[0] in best.layer or hazard == "averages"
    assert best.after < best.before / 10
    others = {d.hazard for d in found.diagnoses}
    assert others == {hazard}, "another explanation would lead astray"


@pytest.mark.parametrize("fault", _some(BLIND))
def test_it_is_named_from_the_outputs_alone(fault, tmp_path, crew):
    _, _, _, layer, hazard, undone = FAULTS[fault]
    found = diagnosed(fault, tmp_path, crew, outputs_only(FAULTS[fault][0], tmp_path))
    assert found.layers == ()
    assert [d for d in found.diagnoses if d.hazard == hazard and layer in d.layer]
    assert {d.hazard for d in found.diagnoses} == {hazard}
    assert undone in " ".join(d.apply for d in found.diagnoses)


def test_two_faults_are_both_named(tmp_path, crew):
    _, recipe = planted("epsilon", tmp_path)
    recipe.write_text(recipe.read_text().replace("activation: elu", "activation: selu"))
    found = migrated("vision", recipe, HERE / "vision.golden.npz", tmp_path, crew).parity.divergence
    assert list(dict.fromkeys(d.hazard for d in found.diagnoses)) == ["epsilon", "activation"]
    assert found.first == ("bn1", "fc")
    assert found.notes[-1].startswith("With all of these applied, every output agrees")


def test_what_no_known_fault_explains_is_said_to_be_so(tmp_path, crew):
    _, recipe = planted("epsilon", tmp_path)
    rule = (
        "  rules:\n    - {from: conv3/kernel, to: conv3/kernel, ops: [{transpose: [1, 0, 3, 2]}]}\n"
    )
    text = (HERE / "vision.yaml").read_text()
    recipe.write_text(text.replace("  rules:\n", rule))
    found = migrated("vision", recipe, HERE / "vision.golden.npz", tmp_path, crew).parity.divergence
    assert found.first == ("conv3",)
    assert found.diagnoses == ()
    assert "none of" in found.notes[0]


@pytest.mark.parametrize("name", ["vision", "words"])
def test_the_recipes_are_right_without_the_fault(name, tmp_path, crew):
    recipe = shutil.copy(HERE / f"{name}.yaml", tmp_path)
    done = migrated(name, recipe, HERE / f"{name}.golden.npz", tmp_path, crew)
    assert done.parity
    assert done.parity.divergence is None
