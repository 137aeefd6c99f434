import pytest

from tfmigrate.drafting.families import Style, recognised
from tfmigrate.drafting.scopes import Scope, scopes

from .conftest import tensor


def _one(*tensors, semantics="tf.keras-2.8"):
    (scope,) = scopes(tensors)
    (entry,) = recognised(scope, Style(semantics))
    return entry


def _layer(name, **shapes):
    return [tensor(f"{name}/{leaf}", *shape) for leaf, shape in shapes.items()]


@pytest.mark.parametrize(
    ("shapes", "layer", "args"),
    [
        ({"kernel": (3, 4), "bias": (4,)}, "Dense", {"units": 4}),
        ({"kernel": (3, 4)}, "Dense", {"units": 4, "use_bias": False}),
        ({"kernel": (5, 3, 8), "bias": (8,)}, "Conv1D", {"filters": 8, "kernel_size": [5]}),
        ({"weights": (3, 2, 4, 6), "biases": (6,)}, "Conv2D", {"kernel_size": [3, 2]}),
        ({"kernel": (3, 2, 4, 6), "bias": (4,)}, "Conv2DTranspose", {"filters": 4}),
        ({"kernel": (2, 2, 2, 3, 5), "bias": (5,)}, "Conv3D", {"filters": 5}),
        ({"depthwise_weights": (3, 3, 4, 2), "biases": (8,)}, "DepthwiseConv2D",
         {"depth_multiplier": 2}),
        ({"depthwise_kernel": (3, 3, 4, 2), "pointwise_kernel": (1, 1, 8, 5)}, "SeparableConv2D",
         {"filters": 5}),
        ({"gamma": (4,), "beta": (4,)}, "LayerNormalization", {}),
        ({"beta": (4,), "moving_mean": (4,), "moving_variance": (4,)}, "BatchNormalization",
         {"scale": False}),
        ({"embeddings": (11, 6)}, "Embedding", {"input_dim": 11, "output_dim": 6}),
        ({"kernel": (6, 20), "recurrent_kernel": (5, 20), "bias": (20,)}, "LSTM", {"units": 5}),
        ({"kernel": (6, 15), "recurrent_kernel": (5, 15), "bias": (2, 15)}, "GRU",
         {"reset_after": True}),
        ({"kernel": (6, 15), "recurrent_kernel": (5, 15), "bias": (15,)}, "GRU",
         {"reset_after": False}),
        ({"kernel": (6, 5), "recurrent_kernel": (5, 5)}, "SimpleRNN", {"use_bias": False}),
    ],
)  # fmt: skip
def test_layers_by_their_weights(shapes, layer, args):
    entry = _one(*_layer("a", **shapes))
    assert entry.layer == layer
    assert args.items() <= entry.args.items()


def test_an_automatic_name_decides_where_shapes_do_not():
    square = _layer("up", kernel=(3, 3, 4, 4), bias=(4,))
    assert _one(*square).layer == "Conv2D"
    assert any("not a Conv2DTranspose" in n.text for n in _one(*square).notes)
    named = [
        tensor(t.name, *t.shape, aliases=(f"m/conv2d_transpose_3/{t.name[3:]}",)) for t in square
    ]
    assert _one(*named).layer == "Conv2DTranspose"


def test_a_bias_that_does_not_fit_makes_it_no_layer():
    (scope,) = scopes(_layer("a", kernel=(3, 4), bias=(7,)))
    entries = list(recognised(scope, Style("tf.keras-2.8")))
    assert [(e.name, e.layer) for e in entries] == [("a/kernel", ""), ("a/bias", "")]


def test_weights_of_nobodys_layer_are_variables_as_such():
    (entry,) = recognised(Scope("m", {"alpha": tensor("m/alpha", 3)}), Style("tf.keras-2.8"))
    assert (entry.layer, entry.args) == ("", {"shape": [3]})


def test_the_names_of_keras_1_and_of_weight_files_of_keras_3():
    old = [tensor("conv_a/conv_a_W", 3, 3, 2, 4, group="conv_a", key="conv_a_W"),
           tensor("conv_a/conv_a_b", 4, group="conv_a", key="conv_a_b")]  # fmt: skip
    assert _one(*old, semantics="keras-1.2").layer == "Conv2D"
    new = [tensor(f"layers/batch_normalization_1/vars/{i}", 4, group="layers/batch_normalization_1")
           for i in range(4)]  # fmt: skip
    assert _one(*new, semantics="keras-3").layer == "BatchNormalization"


def test_names_that_the_language_reads_otherwise_are_changed_and_mapped():
    odd = [tensor("heads/z.1/kernel", 3, 4), tensor("heads/z.1/bias", 4)]
    entry = _one(*odd)
    assert entry.name == "heads/z_1"
    assert [(x.source, *x.targets) for x in entry.links] == [
        ("heads/z.1/kernel", "heads/z_1/kernel"), ("heads/z.1/bias", "heads/z_1/bias"),
    ]  # fmt: skip
