"""TF1's recurrent cells against what TensorFlow 0.12, 1.4 and 1.15 answered."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from tfmigrate import pipeline
from tfmigrate.engines import keras2
from tfmigrate.errors import RecipeProblem
from tfmigrate.pipeline import Options
from tfmigrate.tensors import Tolerance

CHECKPOINT = "ckpt-to-savedmodel"
RECIPES = Path(__file__).parents[1] / "recipes" / "cells"
FILES = Path(__file__).parents[1] / "fixtures" / "tf1_cells"


# TF 1.15's cells are those of 1.4 and more: all of them with -m big.
@pytest.mark.parametrize(
    "name", ["tf012", "tf14", pytest.param("tf115", marks=pytest.mark.big), "tf115_half"]
)
def test_they_answer_as_the_old_ones_did(tmp_path, crew, name):
    asked = Options(recipe=str(RECIPES / f"{name}.yaml"), golden=FILES / f"{name}.npz")
    done = pipeline.migrate(CHECKPOINT, FILES / name, tmp_path / "out", asked, crew=crew)
    assert done.parity
    assert done.parity.level == "recorded"
    if "half" not in name:
        assert {o.tolerance for o in done.parity.outputs} == {Tolerance(1e-5, 1e-6)}


def entries(name: str) -> dict[str, str]:
    """The entries of a recipe by the names of their cases."""
    layers = (RECIPES / f"{name}.yaml").read_text().split("  layers:\n")[1]
    parts = re.split(r"(?m)^(?=    - )", layers.split("  outputs:\n")[0])[1:]
    return {re.search(r"name: (\w+)", part)[1]: part for part in parts}


ENTRIES = entries("tf115")


def off(case: str, entry: str, change=lambda name, value: value, file: str = "tf115") -> float:
    """How far the layer of a case is from what the old TensorFlow answered.

    Args:
        case: The case.
        entry: Its entry of the recipe.
        change: From a variable's name and value to the value that it gets.
        file: The checkpoint.
    """
    import tensorflow as tf

    layer = yaml.safe_load(entry)[0]
    recorded = np.load(FILES / f"{file}.npz")
    given = {k[7:]: recorded[k] for k in recorded if k.startswith("inputs/")}
    given["x_by_time"] = given["x"].transpose(1, 0, 2)
    given["said"] = np.minimum(given["length"] + 1, 4)
    answered = [k for k in recorded if re.fullmatch(rf"outputs/{case}(_\d)?", k)]
    inputs = {n: {"shape": [None, *v.shape[1:]], "dtype": v.dtype.name} for n, v in given.items()}
    ends = {k: k.removeprefix(f"outputs/{case}").replace("_", ".") for k in answered}
    outputs = {k: layer["name"] + end for k, end in ends.items()}
    architecture = {"inputs": inputs, "layers": [layer], "outputs": outputs}
    built = keras2.built(*keras2.assemble({"semantics": "tf1-layers", **architecture}))
    reader = tf.train.load_checkpoint(str(FILES / file))
    for name, variable in built.variables.items():
        variable.assign(change(name, reader.get_tensor(stored(name, file))))
    got = built.call({n: tf.constant(v) for n, v in given.items()})
    if any(got[k].shape != recorded[k].shape for k in answered):
        return float("inf")
    return max(float(np.max(np.abs(got[k].numpy() - recorded[k]))) for k in answered)


def stored(name: str, file: str) -> str:
    """What the checkpoint calls a variable."""
    if file == "tf012":
        olden = {"kernel": "W_0", "bias": "B"}
        name = name.replace("lstm_fused_cell", "LSTMBlockFusedCell")
        head, leaf = name.rsplit("/", 1)
        return (
            f"{head}/{olden.get(leaf) or re.sub('_(.)_', lambda m: m[0].upper(), 'W' + leaf[1:])}"
        )
    return re.sub("decoder/.*/memory_layer", "memory_layer", name)


CHANGES = [
    ("basic_rnn", "activation: relu", "activation: tanh"),
    ("basic_lstm", "num_units: 3", "num_units: 3, forget_bias: 0.0"),
    ("basic_lstm", ", sequence_length: length", ""),
    ("basic_lstm_flat", "forget_bias: 0.5", "forget_bias: 1.0"),
    ("lstm", "cell_clip: 0.6, ", ""),
    ("lstm", "proj_clip: 0.3, ", ""),
    ("lstm", "use_peepholes: true", "use_peepholes: false"),
    ("lstm", "forget_bias: 0.4", "forget_bias: 1.0"),
    ("cudnn_lstm_cell", "CudnnCompatibleLSTMCell", "LSTMCell, name: cudnn_compatible_lstm_cell"),
    ("lstm_block", "use_peephole: true", "use_peephole: false"),
    ("lstm_block_clip", "cell_clip: 0.5", "cell_clip: null"),
    ("fused", "use_peephole: true", "use_peephole: false"),
    ("fused", "forget_bias: 0.2", "forget_bias: 1.0"),
    ("fused_clip", "cell_clip: 0.5", "cell_clip: null"),
    ("layer_norm", "forget_bias: 0.7", "forget_bias: 1.0"),
    ("ugrnn", "forget_bias: 0.6", "forget_bias: 1.0"),
    ("multi", "BasicLSTMCell, with: {", "BasicLSTMCell, with: {forget_bias: 0.0, "),
    ("wrapped", "tf1.ResidualWrapper", "tf1.DropoutWrapper"),
    ("projected", "activation: tanh", "activation: linear"),
    ("projected", "activation: relu", "activation: linear"),
    ("bidirectional", ", sequence_length: length", ""),
    ("stack", ", sequence_length: length", ""),
    ("started", ", initial_state: [c0, h0]", ""),
    ("static", ", sequence_length: length", ""),
    ("bahdanau", ", memory_sequence_length: memory_length", ""),
    ("bahdanau", ", initial_state: h0", ""),
    ("bahdanau", "sequence_length: said,", "sequence_length: length,"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "old", "new"), CHANGES)
def test_every_argument_moves_the_numbers(case, old, new):
    assert ENTRIES[case].count(old) == 1
    assert off(case, ENTRIES[case].replace(old, new)) > 1e-3


@pytest.mark.parametrize(
    ("case", "leaf", "gates"),
    [
        ("lstm_plain", "kernel", 4), ("gru", "gates/kernel", 2), ("gru_block", "w_ru", 2),
        ("gru_block_v2", "gates/kernel", 2), ("cudnn_gru_cell", "gates/kernel", 2),
        ("layer_norm_off", "kernel", 4), ("nas", "recurrent_kernel", 8), ("ugrnn", "kernel", 2),
        ("cudnn_lstm", "cell_1/cudnn_compatible_lstm_cell/kernel", 4),
    ],
)  # fmt: skip
def test_the_order_of_the_gates_counts(case, leaf, gates):
    def turned(name, value):
        return np.roll(value, value.shape[-1] // gates, -1) if name.endswith(leaf) else value

    assert off(case, ENTRIES[case], turned) > 1e-3


@pytest.mark.parametrize(
    ("case", "leaf"),
    [
        ("attention_cell", "attn_v"), ("attention_cell", "attn_output_projection/bias"),
        ("wrapped", "carry_b"), ("wrapped", "transform_w"), ("bahdanau", "attention_b"),
        ("luong", "attention_g"), ("luong", "memory_layer/kernel"),
        ("cudnn_gru", "hidden_projection/bias"), ("multi_flat", "candidate/bias"),
        ("bidirectional_time", "bw/gru_cell/gates/bias"), ("layer_norm", "state/beta"),
    ],
)  # fmt: skip
def test_every_variable_is_read(case, leaf):
    def moved(name, value):
        return value + 0.5 if name.endswith(leaf) else value

    assert off(case, ENTRIES[case], moved) > 1e-3


@pytest.mark.parametrize("case", ["bahdanau", "lstm"])
def test_the_way_they_are_compared_here(case):
    assert off(case, ENTRIES[case]) < 1e-6


def test_fused_cells_clipped_at_3_up_to_tensorflow_1_3():
    entry = entries("tf012")["fused"]
    assert off("fused", entry, file="tf012") < 1e-6
    free = entry.replace("cell_clip: 3.0", "cell_clip: null")
    assert off("fused", free, file="tf012") > 1e-3


def test_a_layer_of_keras_is_no_cell_of_tf1():
    keras = "{layer: LSTMCell, with: {units: 3}}"
    entry = f"- {{name: rnn, layer: tf1.dynamic_rnn, with: {{cell: {keras}}}, from: x}}"
    with pytest.raises(RecipeProblem, match=r"takes cells of tf1, not LSTMCell"):
        off("basic_lstm", entry)
