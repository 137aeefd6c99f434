"""Layers that TensorFlow has no kernel for on some CPUs, through the upgrades and the engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfmigrate.engines import upgrades
from tfmigrate.results import Writer
from tfmigrate.workers.client import Limits, Server

CONV = {"filters": 4, "kernel_size": 2}
FIRST = {"data_format": "channels_first"}
ONE, TWO, THREE = [4, 11], [4, 9, 10], [4, 6, 5, 7]
LAST = [9, 8, 4]
# Each with the shape of its input; in both Kerases they are written alike.
BOTH = [
    ("Conv1D", {**CONV, **FIRST, "padding": "causal"}, ONE),
    ("Conv1D", {**CONV, **FIRST, "groups": 2, "padding": "causal"}, ONE),
    ("Conv1D", {**CONV, "groups": 2, "dilation_rate": 2}, [11, 4]),
    ("Conv2D", {**CONV, **FIRST}, TWO),
    ("Conv2D", {**CONV, "groups": 2, "strides": 2, "padding": "same"}, LAST),
    ("Conv2D", {**CONV, **FIRST, "groups": 4}, TWO),
    ("Conv3D", {**CONV, **FIRST, "dilation_rate": 2}, THREE),
    ("Conv3D", {**CONV, "groups": 2}, [6, 5, 7, 4]),
    ("Conv1DTranspose", {**CONV, "dilation_rate": 3, "padding": "same"}, [11, 4]),
    ("Conv1DTranspose", {**CONV, **FIRST, "dilation_rate": 2}, ONE),
    ("Conv2DTranspose", {**CONV, **FIRST, "strides": 2}, TWO),
    ("Conv2DTranspose", {**CONV, **FIRST, "dilation_rate": 2, "padding": "same"}, TWO),
    ("Conv3DTranspose", {**CONV, **FIRST, "strides": 2}, THREE),
    ("SeparableConv2D", {**CONV, **FIRST}, TWO),
    ("DepthwiseConv2D", {"kernel_size": 2, "strides": 2, **FIRST}, TWO),
    ("MaxPooling3D", {"pool_size": 2, "padding": "same", **FIRST}, THREE),
    ("AveragePooling1D", {"pool_size": 2, **FIRST}, ONE),
    ("ConvLSTM2D", {**CONV, **FIRST}, [3, *TWO]),
    ("BatchNormalization", {"axis": 1}, TWO),
    ("LayerNormalization", {"axis": [3]}, TWO),
    ("GroupNormalization", {"axis": 1, "groups": 2}, TWO),
]
KERAS2 = [("BatchNormalization", {"axis": [1]}, TWO), ("BatchNormalization", {"axis": [1]}, THREE)]
KERAS3 = [
    ("Conv2DTranspose", {**CONV, "dilation_rate": [1, 2], "output_padding": 0}, LAST),
    ("Conv3DTranspose", {**CONV, **FIRST, "dilation_rate": 2}, THREE),
]
CASES = {"keras2": [*BOTH, *KERAS2], "keras3": [*BOTH, *KERAS3]}
WRITERS = {"keras2": ("tf.keras", "2.15.0"), "keras3": ("Keras", "3.10.0")}


@pytest.fixture(scope="module")
def server():
    with Server(("tensorflow",), path=(str(Path(__file__).parent),)) as server:
        yield server


@pytest.mark.parametrize("engine", WRITERS)
def test_every_layer_runs_on_every_cpu_and_answers_as_the_library(server, engine):
    cases, (name, version) = CASES[engine], WRITERS[engine]
    writer = Writer(name, version, "tensorflow")
    table = upgrades.table_for(writer, "keras-3" if engine == "keras3" else "tf.keras")
    configs = [model(engine, *case) for case in cases]
    pairs = [(config, upgrades.upgraded(config, table)) for config in configs]
    payload = {"engine": engine, "pairs": pairs}
    found = server.start("kernel_tasks:compare", payload, Limits(memory=3 << 30)).result()
    assert len(found["seen"]) == len(cases)
    wrong = [(c, s) for c, s in zip(cases, found["seen"], strict=True) if s["why"] or s["far"]]
    assert not wrong


def model(engine, class_name, config, shape):
    key = "batch_input_shape" if engine == "keras2" else "batch_shape"
    given = {"class_name": "InputLayer", "config": {"name": "x", key: [None, *shape]}}
    layer = {"class_name": class_name, "config": {"name": "layer", **config}}
    return {"class_name": "Sequential", "config": {"name": "s", "layers": [given, layer]}}
