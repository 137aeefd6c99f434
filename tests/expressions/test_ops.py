import inspect

import pytest

from tfmigrate.errors import NotSupported
from tfmigrate.expressions import (
    Dialect,
    activations,
    constants,
    evaluate,
    implementations,
    ops,
    parse,
    products,
    shapes,
)

OWN = (implementations, activations, shapes, products, constants)
ROWS = [row for rows in ops.TABLE.values() for row in rows]
RECIPE = Dialect()
KERAS_1 = Dialect("keras", (1, 2, 2), 1, "tensorflow")
KERAS_2 = Dialect("keras", (2, 2, 4), 1, "tensorflow")
KERAS_23 = Dialect("keras", (2, 3, 1), 0, "tensorflow")
KERAS_3 = Dialect("keras", (3, 8, 0), 2, "tensorflow")
TF_KERAS = Dialect("tf.keras", (2, 8, 0), 2)
OPEN = Dialect("tf.keras", (2, 2, 4))
ALL = (RECIPE, KERAS_1, KERAS_2, KERAS_23, KERAS_3, TF_KERAS)
# Spelled with their name of today.
BY_NAME = (".unary", ".binary", ".reduction", ".softmax_like", ".image_unary")


@pytest.mark.parametrize("row", ROWS, ids=lambda r: f"{r.name}{r.condition and '@'}{r.condition}")
def test_every_row_is_a_function_of_today(row):
    for dialect in ALL:
        assert row.condition == "" or dialect.holds(row.condition) in (True, False, None)
    given = {p.target for p in row.parameters if p.target}
    if row.target in BY_NAME:
        assert callable(implementations.today(row.name))
    if row.target.startswith("."):
        function = next(getattr(m, row.target[1:]) for m in OWN if hasattr(m, row.target[1:]))
    else:
        import tensorflow as tf

        function = tf
        for part in row.target.split(".")[1:]:
            function = getattr(function, part)
    parameters = inspect.signature(function).parameters
    if not any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        assert given <= set(parameters), row


def test_keras_3_has_its_ops():
    import functools

    import keras

    assert [
        name for name in ops.OPS if not functools.reduce(getattr, name.split("."), keras.ops)
    ] == []


def test_no_op_runs_code_or_touches_files():
    words = ("eval", "exec", "open", "io", "file", "py_function", "numpy_function", "print", "save")
    parts = [part for name in ops.NAMES for part in name.lower().split(".")]
    assert not set(parts) & set(words)
    assert not any(m in row.target for row in ROWS for m in ("py_func", "tf.io", "numpy_func"))


@pytest.mark.parametrize(
    ("name", "dialect", "target"),
    [
        ("hard_sigmoid", KERAS_2, ".hard_sigmoid_before_3"),
        ("hard_sigmoid", KERAS_3, ".hard_sigmoid_of_3"),
        ("tf.image.resize", KERAS_2, ".resize_tf1"),
        ("tf.image.resize", TF_KERAS, ".resize_tf2"),
        ("tf.compat.v1.image.resize_bilinear", TF_KERAS, "tf.compat.v1.image.resize_bilinear"),
        ("K.batch_dot", KERAS_2, ".batch_dot_before_23"),
        ("K.batch_dot", KERAS_23, ".batch_dot"),
        ("K.any", KERAS_1, ".any_as_uint8"),
        ("K.any", KERAS_2, ".any_as_bool"),
        ("K.resize_images", KERAS_2, ".resize_images_tf1"),
        ("K.resize_images", TF_KERAS, ".resize_images_tf2"),
        ("K.resize_images", OPEN, ".resize_images_open"),
        ("tf.nn.dropout", KERAS_2, ".dropout_tf1"),
        ("tf.nn.dropout", TF_KERAS, ".dropout"),
    ],
)
def test_the_meaning_of_its_day(name, dialect, target):
    assert ops.meaning(name, dialect).target == target


@pytest.mark.parametrize(
    ("name", "dialect"),
    [("hard_sigmoid", RECIPE), ("tf.image.resize", KERAS_23), ("tf.nn.dropout", RECIPE),
     ("tf.where", KERAS_23)],
)  # fmt: skip
def test_what_nobody_can_tell_is_refused(name, dialect):
    with pytest.raises(NotSupported, match="meant different things over the years"):
        ops.meaning(name, dialect)


@pytest.mark.parametrize(
    ("name", "dialect"), [("tf.image.resize_bilinear", TF_KERAS), ("ops.mean", TF_KERAS)]
)
def test_what_was_not_there_is_refused(name, dialect):
    with pytest.raises(NotSupported, match="was not there"):
        ops.meaning(name, dialect)


def test_hard_sigmoid_of_both_days():
    import tensorflow as tf

    x = tf.constant([-4.0, -1.0, 0.5, 2.7])
    before = evaluate(parse("hard_sigmoid(x)"), {"x": x}, KERAS_2).numpy().tolist()
    after = evaluate(parse("hard_sigmoid(x)"), {"x": x}, KERAS_3).numpy().tolist()
    assert before == pytest.approx([0.0, 0.3, 0.6, 1.0])
    assert after == pytest.approx([0.0, 1 / 3, 3.5 / 6, 5.7 / 6])


def test_argument_orders_from_before_tensorflow_1():
    import tensorflow as tf

    x = tf.reshape(tf.range(4.0), [2, 2])
    for text in ("tf.concat(1, [x, x])", "tf.concat([x, x], 1)"):
        assert evaluate(parse(text), {"x": x}, KERAS_1).shape == (2, 4)
    for text in ("tf.split(1, 2, x)[1]", "tf.split(x, 2, 1)[1]"):
        assert evaluate(parse(text), {"x": x}, KERAS_1).numpy().tolist() == [[1.0], [3.0]]
    for text in ("tf.reverse(x, [False, True])", "tf.reverse(x, [1])"):
        assert evaluate(parse(text), {"x": x}, KERAS_1).numpy().tolist() == [[1, 0], [3, 2]]
    assert evaluate(parse("py2_div(7, 2)"), {}, KERAS_1) == 3
    assert evaluate(parse("py2_div(x, 2)"), {"x": x}, KERAS_1).numpy().tolist() == [
        [0, 0.5],
        [1, 1.5],
    ]


def test_random_ops_are_marked_and_stay_random():
    expression = parse("x + K.random_normal(K.shape(x))")
    assert expression.random
    assert not parse("x + K.ones_like(x)").random
    assert ops.is_random("tf.compat.v1.random.normal")
    import tensorflow as tf

    x = tf.zeros([50])
    one, two = (evaluate(expression, {"x": x}, KERAS_2).numpy() for _ in range(2))
    assert (one != two).any()
