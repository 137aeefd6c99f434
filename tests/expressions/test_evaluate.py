import pytest

from tfmigrate.errors import NotSupported
from tfmigrate.expressions import Dialect, check, evaluate, parse

KERAS_2 = Dialect("keras", (2, 2, 4), 1, "tensorflow")


def _value(text, **values):
    return evaluate(parse(text), values, Dialect())


@pytest.mark.parametrize(
    "text",
    ["9 ** 9 ** 9", "2 ** 100000", "1 << 10 ** 6", "'a' * 10 ** 9", "[1] * 10 ** 8",
     "range(10 ** 9)", "int('9' * 5000)", "np.zeros((10 ** 5, 10 ** 5))", "1 / 0", "[1][5]",
     "x", "'a' + 1", "(-8.0) ** 0.5 < 1"],
)  # fmt: skip
def test_constants_stay_small_and_mistakes_are_told(text):
    with pytest.raises(NotSupported):
        _value(text)


def test_bindings_are_lazy_and_computed_once():
    assert _value("a = 1 / 0; b = 2; b if 1 < 2 else a") == 2
    import tensorflow as tf

    drawn = _value("e = random_normal((8,)); e - e", x=1)
    assert tf.reduce_max(tf.abs(drawn)).numpy() == 0


def test_a_condition_on_a_tensor_is_refused():
    import tensorflow as tf

    with pytest.raises(NotSupported, match="a condition on the values of a tensor"):
        _value("x if reduce_sum(x) > 0 else -x", x=tf.ones([2]))


def test_equality_of_tensors_in_tensorflow_1_is_refused():
    import tensorflow as tf

    values = {"x": tf.ones([2])}
    with pytest.raises(NotSupported, match="== of tensors"):
        evaluate(parse("x == 1.0"), values, KERAS_2)
    today = Dialect("tf.keras", (2, 8, 0), 2)
    assert evaluate(parse("x == 1.0"), values, today).numpy().all()


def test_shapes_are_those_of_python():
    import tensorflow as tf

    x = tf.ones([2, 6])
    assert _value("x.shape[1] // 4", x=x) == 1
    assert _value("x.get_shape().as_list() + [1]", x=x) == [2, 6, 1]
    assert _value("x.shape[1].value", x=x) == 6
    assert _value("K.int_shape(x)", x=x) == (2, 6)
    assert _value("len(x.shape)", x=x) == 2


@pytest.mark.parametrize("text", ["x.__class__", "x.device", "x.numpy()", "x.op.graph"])
def test_other_attributes_are_refused_before_anything_runs(text):
    with pytest.raises(NotSupported):
        check(parse(text), KERAS_2)


def test_a_setting_that_the_file_does_not_say_is_refused():
    expression = parse("x if K.image_data_format() == 'channels_last' else -x")
    with pytest.raises(NotSupported, match="the image data format of the day"):
        check(expression, KERAS_2)
    check(expression, Dialect("keras", (2, 2, 4), 1, "tensorflow", "channels_last"))


def test_in_a_graph_with_free_sizes():
    import tensorflow as tf

    expression = parse("K.batch_flatten(x) + K.sum(x, axis=(1, 2))[:, None]")

    @tf.function(input_signature=[tf.TensorSpec([None, None, 3])])
    def run(x):
        return evaluate(expression, {"x": x}, KERAS_2)

    assert run(tf.ones([2, 4, 3])).numpy().tolist() == [[13.0] * 12] * 2
