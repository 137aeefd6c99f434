"""What imports of old code get: modules, functions and layers as they were."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import tensorflow as tf

from tfmigrate.errors import NotSupported
from tfmigrate.results import Writer
from tfmigrate.trusted.code import Code
from tfmigrate.trusted.load import objects

KERAS_1 = Writer("Keras", "1.2.2", "tensorflow")
KERAS_2 = Writer("Keras", "2.2.4", "tensorflow")
INSIDE_1 = Writer("tf.keras", "2.1.6-tf", "tensorflow")
INSIDE_2 = Writer("tf.keras", "2.8.0", "tensorflow")


def code(text: str, name: str = "arch.py") -> Code:
    return Code(name, text, hashlib.sha256(text.encode()).hexdigest())


def run(text: str, writer: Writer = KERAS_2, **more):
    return objects([code(text)], writer, "keras2", **more).defined


IMPORTS = """
from keras import backend as K, initializers, activations, regularizers, constraints
from keras.engine.topology import Layer, InputSpec, Container
from keras.engine import Layer as Layer2
from keras.engine.base_layer import Layer as Layer3
from keras.layers.core import Dense, Lambda, Layer as Layer4
from keras.layers.recurrent import Recurrent, LSTM
from keras.layers.convolutional import Convolution2D
from keras.layers.normalization import BatchNormalization
from keras.layers.wrappers import TimeDistributed
from keras.models import Sequential, Model
from keras.utils.generic_utils import get_custom_objects
from keras.utils.np_utils import to_categorical
import keras.utils.conv_utils as conv_utils
import keras.backend.tensorflow_backend as KTF
from keras.legacy import interfaces
from keras.layers import Input, merge, add, concatenate
import keras.layers as L
import tensorflow as tf
def same(): return Layer is Layer2 is Layer3 is Layer4 is L.Layer
def order(): return K.image_dim_ordering(), K.common.image_data_format(), KTF.image_dim_ordering()
def phase(): return K.learning_phase(), K.in_train_phase(1, 2), K.in_test_phase(1, lambda: 2)
def deconv(): return conv_utils.conv_output_length(5, 3, 'same', 1)
"""


@pytest.mark.parametrize("writer", [KERAS_1, KERAS_2])
def test_modules_are_found_by_their_old_paths(writer):
    found = run(IMPORTS, writer)
    assert found["same"]()
    assert found["order"]() == ("tf", "channels_last", "tf")
    assert found["phase"]() == (0, 2, 1)
    assert found["deconv"]() == 5


def test_images_have_their_channels_where_the_model_had_them():
    assert run(IMPORTS, channels_first=True)["order"]() == ("th", "channels_first", "th")


def test_no_library_sees_a_stand_in():
    import sys

    import tensorflow

    before = dict(sys.modules)
    run(IMPORTS)
    assert sys.modules["tensorflow"] is tensorflow
    assert all(sys.modules[name] is module for name, module in before.items())


def test_files_import_each_other():
    files = [code("from .b import f\ng = f\n", "a.py"), code("def f(): return 1\n", "b.py")]
    assert objects(files, KERAS_2, "keras2").defined["g"]() == 1


def test_what_a_file_merely_imports_is_not_its_own():
    found = run("from keras.layers import *\nfrom keras.activations import relu\nmy = relu\n")
    assert set(found) == {"my"}


BATCH_DOT = "import keras.backend as K\ndef f(x, y, a): return K.batch_dot(x, y, axes=a)\n"


@pytest.mark.parametrize(
    ("version", "shape"),
    [("1.2.2", (2, 3, 4, 4)), ("2.2.4", (2, 3, 4, 4)), ("2.3.1", (2, 3, 4, 3, 4))],
)
def test_batch_dot_changed_with_keras_2_3(version, shape):
    batch_dot = run(BATCH_DOT, Writer("Keras", version, "tensorflow"))["f"]
    x = np.ones((2, 3, 4, 5), "float32")
    assert tuple(batch_dot(x, x, [3, 3]).shape) == shape


@pytest.mark.parametrize(
    ("one", "two", "axes", "formula"),
    [
        ((2, 5), (2, 5), 1, "ij,ij->i"), ((2, 3, 5), (2, 5, 4), None, "ijk,ikl->ijl"),
        ((2, 3, 5), (2, 4, 5), (2, 2), "ijk,ilk->ijl"), ((2, 3, 5), (2, 3), (1, 1), "ijk,ij->ik"),
        ((2, 5), (2, 3, 5), (1, 2), "ik,ijk->ij"),
    ],
)  # fmt: skip
def test_batch_dot_of_keras_2_2(one, two, axes, formula):
    rng = np.random.RandomState(0)
    x, y = (rng.randn(*shape).astype("float32") for shape in (one, two))
    found = run(BATCH_DOT)["f"](x, y, axes).numpy()
    np.testing.assert_allclose(found.reshape(-1), np.einsum(formula, x, y).reshape(-1), 1e-4, 1e-5)


def test_updates_ran_in_training_only():
    text = """
import keras.backend as K
v = K.variable(1.)
def f():
    K.update_add(v, 5.)
    K.moving_average_update(v, 9., 0.5)
    return K.get_value(v)
"""
    assert run(text)["f"]() == 1.0


@pytest.mark.parametrize("writer", [KERAS_2, INSIDE_1])
def test_functions_of_tensorflow_1_take_their_arguments(writer):
    text = """
import tensorflow as tf
def f(x):
    y = tf.reduce_sum(x, reduction_indices=[1], keep_dims=True) + tf.log(tf.to_float(1))
    return tf.nn.softmax(y * x, dim=-1), tf.image.resize_bilinear, tf.nn.moments
"""
    x = np.ones((2, 3), "float32")
    np.testing.assert_allclose(run(text, writer)["f"](x)[0].numpy(), np.full((2, 3), 1 / 3), 1e-6)


def test_names_before_tensorflow_1_0():
    text = "import tensorflow as tf\ndef f(x): return tf.concat(1, [tf.mul(x, x), tf.sub(x, 1.)])\n"
    assert run(text, KERAS_1)["f"](np.full((1, 1), 3.0, "float32")).numpy().tolist() == [[9.0, 2.0]]


LAYER = """
from keras.engine.topology import Layer
from keras import backend as K
import numpy as np
class L(Layer):
    def build(self, input_shape):
        {body}
        super(L, self).build(input_shape)
    def call(self, x, mask=None):
        return x * self.w
"""


def built(body: str, writer=KERAS_1):
    layer = run(LAYER.format(body=body), writer)["L"](name="l")
    layer(np.ones((2, 3), "float32"))
    return layer


@pytest.mark.parametrize(
    "body",
    [
        "self.w = self.add_weight((input_shape[-1],), initializer='one', name='l_w')",
        "self.w = self.add_weight('l_w', (input_shape[-1],), initializer='ones')",
        "self.w = self.add_weight(shape=input_shape[1:], name='l_w', initializer='uniform')",
        "self.w = K.zeros((3,), name='l_w'); self.trainable_weights = [self.w]",
        "self.w = K.ones((3,), name='l_w'); self.trainable_weights.append(self.w)",
        "self.w = K.ones((3,), name='l_w'); self.non_trainable_weights = [self.w]",
        "self.w = K.ones((3,), name='l_w'); self._trainable_weights.append(self.w)",
    ],
)
def test_a_weight_is_what_the_layer_lists(body):
    assert [w.name.split(":")[0].split("/")[-1] for w in built(body).weights] == ["l_w"]


def test_an_unlisted_variable_is_a_constant_with_its_value():
    layer = built("self.w = K.variable(np.array([1., 2., 3.]))")
    assert layer.weights == []
    assert layer.w.numpy().tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    "body",
    [
        "self.w = K.random_normal_variable((3,), 0., 1.)",
        "self.w = K.variable(np.random.randn(3))",
    ],
)
def test_an_unlisted_random_variable_cannot_be_known(body):
    with pytest.raises(NotSupported, match=r"self\.w is a random variable"):
        built(body)


def test_shapes_are_plain_tuples():
    assert built("assert type(input_shape) is tuple, input_shape; self.w = 1.").built


def test_sublayers_have_the_defaults_of_their_day():
    text = """
from keras.layers import GRU, Convolution2D
def f():
    return GRU(output_dim=2), Convolution2D(4, 3, 5, border_mode='same', dim_ordering='tf')
"""
    gru, conv = run(text, KERAS_1)["f"]()
    assert (gru.units, gru.recurrent_activation.__name__, gru.reset_after) == (
        2,
        "hard_sigmoid",
        False,
    )
    assert (conv.filters, conv.kernel_size, conv.padding) == (4, (3, 5), "same")
    inside = "import tensorflow as tf\ndef f(): return tf.keras.layers.GRU(2)\n"
    assert run(inside, INSIDE_1)["f"]().recurrent_activation.__name__ == "hard_sigmoid"
    assert run(inside, INSIDE_2)["f"]().recurrent_activation.__name__ == "sigmoid"


def test_convolutions_of_theano_are_not_guessed():
    text = "import keras.backend as K\ndef f(x): return K.conv2d(x, x)\n"
    with pytest.raises(NotImplementedError, match="flips kernels"):
        run(text, Writer("Keras", "1.2.2", "theano"))["f"](0)


def test_a_table_of_custom_objects_counts_as_registered():
    text = "def f(x): return x\ncustom_objects = {'softmax': f}\n"
    assert set(objects([code(text)], KERAS_2, "keras2").registered) == {"softmax"}


RESIZE = """
import tensorflow as tf
{imports}
def image(x): return tf.image.resize(x, (2, 4))
def backend(x, how): return K.resize_images(x, 1, 2, 'channels_last', interpolation=how)
def dot(x, y): return K.batch_dot(x, y, (3, 3))
"""
STANDALONE, INSIDE = "from keras import backend as K", "K = tf.keras.backend"
ROW = np.array([[[[0.0], [4.0]], [[0.0], [4.0]]]], "float32")


def test_bilinear_backend_of_standalone_keras_is_tensorflow_1s():
    found = run(RESIZE.format(imports=STANDALONE), KERAS_2)["backend"](ROW, "bilinear")
    assert found.numpy()[0, 0, :, 0].tolist() == [0.0, 2.0, 4.0, 4.0]


def test_what_2_2_4_tf_leaves_open_is_refused():
    writer = Writer("tf.keras", "2.2.4-tf", "tensorflow")
    found = run(RESIZE.format(imports=INSIDE), writer)
    for call in (lambda: found["image"](ROW), lambda: found["backend"](ROW, "bilinear"),
                 lambda: found["dot"](ROW, ROW)):  # fmt: skip
        with pytest.raises(NotSupported, match=r"2\.2\.4-tf"):
            call()
    nearest = found["backend"](tf.constant(ROW), "nearest").numpy()
    assert nearest[0, 0, :, 0].tolist() == [0.0, 0.0, 4.0, 4.0]
    later = run(RESIZE.format(imports=INSIDE), INSIDE_2)
    assert later["image"](ROW).shape == (1, 2, 4, 1)
