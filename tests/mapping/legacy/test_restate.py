"""Stored weights as today's layers have them: names, shapes, ops, and the values they give."""

from __future__ import annotations

import numpy as np
import pytest

from tfmigrate.errors import MappingProblem
from tfmigrate.mapping import legacy
from tfmigrate.mapping.ops import parse_op, run_all
from tfmigrate.results import Writer
from tfmigrate.tensors import TensorInfo

KERAS_1 = Writer("Keras", "1.2.2", "tensorflow")
THEANO_1 = Writer("Keras", "1.2.2", "theano")


def entry(class_name, name="x", **config):
    return {"class_name": class_name, "config": {"name": name, **config}}


def model(*layers):
    return {"class_name": "Sequential", "config": {"name": "s", "layers": list(layers)}}


def stored(group, **shapes):
    return [
        TensorInfo(f"{group}/{key}", shape, "float32", group=group, key=key)
        for key, shape in shapes.items()
    ]


def by_leaf(tensors, layers, writer=KERAS_1, era="keras-1"):
    found = legacy.restate(tensors, model(*layers), writer, era)
    return {r.info.key.rsplit("/", 1)[-1].split(":")[0]: r for r in found}


def values(restated, arrays):
    ops = [parse_op(op) for op in restated.ops]
    (found,) = run_all(ops, [arrays[s.key] for s in restated.sources])
    assert found.shape == restated.info.shape
    return found


def random(tensors):
    generator = np.random.default_rng(3)
    return {t.key: generator.normal(size=t.shape).astype(np.float32) for t in tensors}


def test_names_of_keras_1_and_numbers_that_tensorflow_added():
    tensors = stored("d", **{"d_W:0": (3, 2), "d_b_1:0": (2,)})
    found = by_leaf(tensors, [entry("Dense", "d")])
    assert {leaf: r.info.name for leaf, r in found.items()} == {
        "kernel": "d/kernel",
        "bias": "d/bias",
    }
    assert found["kernel"].sources == (tensors[0],)


def test_a_layer_called_like_the_weight_of_another_keeps_its_own():
    layers = [entry("Dense", "a"), entry("Dense", "a_W")]
    tensors = stored("a_W", a_W_W=(3, 2), a_W_b=(2,))
    found = legacy.restate(tensors, model(*layers), KERAS_1, "keras-1")
    assert [r.info.name for r in found] == ["a_W/kernel", "a_W/bias"]


def test_what_no_layer_explains_stays_as_it_is():
    tensors = stored("mine", mine_g=(3,), other=(2,))
    found = legacy.restate(tensors, model(entry("Mine", "mine")), KERAS_1, "keras-1")
    assert [r.info for r in found] == tensors
    assert {r.rule for r in found} == {"name"}


def test_gates_are_joined_in_the_order_of_keras_2():
    keys = {f"l_{part}_{g}": shape for g in "icfo" for part, shape in
            (("W", (3, 2)), ("U", (2, 2)), ("b", (2,)))}  # fmt: skip
    tensors = stored("l", **keys)
    arrays = random(tensors)
    found = by_leaf(tensors, [entry("LSTM", "l")])
    expected = np.concatenate([arrays[f"l_W_{g}"] for g in "ifco"], -1)
    np.testing.assert_array_equal(values(found["kernel"], arrays), expected)
    expected = np.concatenate([arrays[f"l_b_{g}"] for g in "ifco"])
    np.testing.assert_array_equal(values(found["bias"], arrays), expected)


def test_the_gates_of_a_gru_are_update_reset_and_new_state():
    keys = {f"g_{part}_{g}": shape for g in "rhz" for part, shape in
            (("W", (3, 2)), ("U", (2, 2)), ("b", (2,)))}  # fmt: skip
    tensors = stored("g", **keys)
    arrays = random(tensors)
    found = by_leaf(tensors, [entry("GRU", "g")])
    expected = np.concatenate([arrays[f"g_U_{g}"] for g in "zrh"], -1)
    np.testing.assert_array_equal(values(found["recurrent_kernel"], arrays), expected)


def test_both_directions_keep_their_weights_apart():
    inner = entry("SimpleRNN", "r")
    layers = [entry("Bidirectional", "both", layer=inner)]
    tensors = stored("both", forward_r_W=(3, 2), backward_r_W=(3, 2))
    found = legacy.restate(tensors, model(*layers), KERAS_1, "keras-1")
    assert [r.info.key for r in found] == ["forward_r/kernel", "backward_r/kernel"]


@pytest.mark.parametrize(
    ("class_name", "ordering", "shape", "order"),
    [
        ("Convolution2D", "th", (4, 3, 2, 5), (2, 3, 1, 0)),
        ("Convolution2D", "tf", (2, 5, 3, 4), (0, 1, 2, 3)),
        ("Convolution3D", "th", (4, 3, 2, 5, 6), (2, 3, 4, 1, 0)),
        ("Deconvolution2D", "th", (4, 3, 2, 5), (2, 3, 0, 1)),
        ("Deconvolution2D", "tf", (2, 5, 3, 4), (0, 1, 3, 2)),
    ],
)
@pytest.mark.parametrize("writer", [KERAS_1, THEANO_1])
def test_kernels_by_ordering_and_backend(class_name, ordering, shape, order, writer):
    tensors = stored("c", c_W=shape, c_b=(4,))
    arrays = random(tensors)
    found = by_leaf(tensors, [entry(class_name, "c", dim_ordering=ordering)], writer)
    expected = arrays["c_W"].transpose(order)
    if writer is THEANO_1:
        expected = np.flip(expected, tuple(range(len(shape) - 2)))
    np.testing.assert_array_equal(values(found["kernel"], arrays), expected)
    assert found["bias"].ops == ()


@pytest.mark.parametrize("shape", [(4, 3, 5, 1), (5, 1, 3, 4)])
def test_conv1d_of_keras_1_0_and_of_1_1(shape):
    tensors = stored("c", c_W=shape)
    config = entry("Convolution1D", "c", nb_filter=4, filter_length=5)
    assert by_leaf(tensors, [config])["kernel"].info.shape == (5, 3, 4)


@pytest.mark.parametrize(
    ("version", "backend", "kept"),
    [
        ("0.3", "tensorflow", "deviation"),
        ("1.0.5", "tensorflow", "deviation"),
        ("1.0.6", "theano", "deviation"),
        ("1.0.6", "tensorflow", "variance"),
        ("1.0.7", "theano", "root of variance"),
        ("1.0.7", "tensorflow", "variance"),
        ("1.0.8", "theano", "variance"),
        ("1.2.2", "tensorflow", "variance"),
    ],
)
def test_what_running_std_held(version, backend, kept):
    tensors = stored("n", n_running_std=(3,), n_gamma=(3,))
    layers = [entry("BatchNormalization", "n", epsilon=1e-3)]
    found = by_leaf(tensors, layers, Writer("Keras", version, backend))["moving_variance"]
    array = {"n_running_std": np.array([0.5, 2.0, 1e-4], np.float32)}
    held = array["n_running_std"].astype(np.float64)
    deviation = {"deviation": held, "root of variance": np.sqrt(held)}.get(kept)
    expected = held if deviation is None else (deviation + 1e-3) ** 2 - 1e-3
    np.testing.assert_allclose(values(found, array), expected, rtol=1e-5)


def test_cudnn_blocks_become_plain_kernels():
    units, inputs = 2, 3
    generator = np.random.default_rng(0)
    gates = [generator.normal(size=(inputs, units)).astype(np.float32) for _ in range(4)]
    # cuDNN keeps each gate as (units, inputs), written where (inputs, units) is declared.
    flat = np.concatenate([g.T.reshape(inputs, units) for g in gates], 1)
    tensors = stored("l", **{"l/kernel:0": flat.shape, "l/bias:0": (16,)})
    tensors += stored("g", **{"g/bias:0": (12,)})
    layers = [entry("CuDNNLSTM", "l"), entry("CuDNNGRU", "g")]
    writer = Writer("Keras", "2.2.4", "tensorflow")
    found = legacy.restate(tensors, model(*layers), writer, "keras-2")
    kernel, bias, both = found
    arrays = {"l/kernel:0": flat, "l/bias:0": np.arange(16, dtype=np.float32)}
    np.testing.assert_array_equal(values(kernel, arrays), np.concatenate(gates, 1))
    np.testing.assert_array_equal(values(bias, arrays), np.arange(8) * 2 + 8)
    assert both.info.shape == (2, 6)


def test_keras_2_on_theano_turns_convolutions_only():
    tensors = stored("c", **{"c/kernel": (3, 1, 2, 4), "c/bias": (4,)})
    tensors += stored("d", **{"d/kernel": (3, 4)}) + stored("l", **{"l/kernel": (5, 6, 4)})
    layers = [entry("Conv2D", "c"), entry("Dense", "d"), entry("LocallyConnected1D", "l")]
    writer = Writer("Keras", "2.0.8", "theano")
    found = legacy.restate(tensors, model(*layers), writer, "keras-2")
    assert [r.ops for r in found] == [({"reverse": [0]},), (), (), ()]


def test_a_weight_of_a_nested_layer_is_that_layers():
    inner = entry("Conv2D", "conv")
    layers = [entry("TimeDistributed", "td", layer=inner)]
    tensors = stored("td", **{"td/conv_2/kernel": (3, 3, 2, 4)})
    writer = Writer("Keras", "2.0.8", "theano")
    (found,) = legacy.restate(tensors, model(*layers), writer, "keras-2")
    assert found.ops == ({"reverse": [0, 1]},)


def test_keras_0_counts_its_weights():
    layers = [entry("Dense", "d"), entry("Flatten", "f"), entry("BatchNormalization", "n")]
    shapes = [(3, 2), (2,), (2,), (2,), (2,), (2,)]
    tensors = [
        TensorInfo(f"layer_{i}/param_{i}", s, "float32", key=f"param_{i}")
        for i, s in enumerate(shapes)
    ]
    writer = Writer("Keras", "0.3", "theano")
    found = legacy.restate(tensors, model(*layers), writer, "keras-0")
    assert [r.info.name for r in found] == [
        "d/kernel", "d/bias", "n/gamma", "n/beta", "n/moving_mean", "n/moving_variance",
    ]  # fmt: skip
    with pytest.raises(MappingProblem, match="do not fit"):
        legacy.restate(tensors[:-1], model(*layers), writer, "keras-0")


def cell(class_name, name, **config):
    return {"class_name": class_name, "config": {"name": name, **config}}


def test_numbered_weights_of_stacked_cells_are_the_cells_in_their_order():
    cells = [cell("LSTMCell", "a"), cell("GRUCell", "b", use_bias=False), cell("LSTMCell", "c")]
    stack = {"class_name": "StackedRNNCells", "config": {"cells": cells}}
    names = ("kernel:0", "kernel_2:0", "kernel_1:0", "bias_1:0", "bias:0")
    tensors = stored("r", **{f"r/{name}": (4, 16) for name in names})
    writer = Writer("Keras", "2.2.4", "tensorflow")
    found = legacy.restate(tensors, model(entry("RNN", "r", cell=stack)), writer, "keras-2")
    assert [r.info.key for r in found] == [
        "r/a/kernel", "r/c/kernel", "r/b/kernel", "r/c/bias", "r/a/bias",
    ]  # fmt: skip
    assert [r.sources[0] for r in found] == tensors


def test_stacked_cells_of_an_author_keep_their_names():
    cells = [cell("Mine", "a"), cell("Mine", "b")]
    stack = {"class_name": "StackedRNNCells", "config": {"cells": cells}}
    tensors = stored("r", **{"r/kernel:0": (4, 4), "r/kernel_1:0": (4, 4)})
    writer = Writer("Keras", "2.2.4", "tensorflow")
    found = legacy.restate(tensors, model(entry("RNN", "r", cell=stack)), writer, "keras-2")
    assert [r.info.key for r in found] == ["r/kernel:0", "r/kernel_1:0"]


def test_a_convolution_of_every_step_is_turned_around_on_theano():
    wrapped = entry("TimeDistributed", "t", layer=entry("Conv2D", "c"))
    tensors = stored("t", **{"t/kernel": (3, 3, 2, 4)})
    writer = Writer("Keras", "2.1.6", "theano")
    found = legacy.restate(tensors, model(wrapped), writer, "keras-2")
    assert found[0].ops == ({"reverse": [0, 1]},)
