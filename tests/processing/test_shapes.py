import numpy as np
import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.processing import prepare
from tfmigrate.tensors import TensorSpec


@pytest.mark.parametrize(
    ("step", "shape"),
    [
        ({"reshape": [None, 12]}, (2, 12)),
        ({"reshape": [None, 4, 3, 1]}, (2, 4, 3, 1)),
        ({"expand": 1}, (2, 1, 3, 4, 1)),
        ({"expand": -1}, (2, 3, 4, 1, 1)),
        ({"squeeze": -1}, (2, 3, 4)),
        ({"squeeze": 3}, (2, 3, 4)),
    ],
)
def test_the_values_stay(step, shape, same):
    x = np.arange(24).reshape(2, 3, 4, 1)
    found = same([step], x, "output")
    assert found.shape == shape
    assert found.ravel().tolist() == x.ravel().tolist()


def test_a_scalar_gets_a_batch(tmp_path):
    import tensorflow as tf

    chain = prepare([{"expand": 0}], tmp_path, "input")
    assert chain.spec(TensorSpec("x", (), "string")).shape == (1,)
    assert chain.graph(tf.constant("x")).numpy().tolist() == [b"x"]
    assert chain.plain(np.array(3)).tolist() == [3]


def test_a_fixed_batch_stays(tmp_path):
    chain = prepare([{"reshape": [None, 6]}], tmp_path, "output")
    assert chain.spec(TensorSpec("x", (4, 2, 3), "float32")).shape == (4, 6)
    chain = prepare([{"reshape": [5, 6]}], tmp_path, "output")
    with pytest.raises(RecipeProblem, match="the batch is another"):
        chain.spec(TensorSpec("x", (4, 2, 3), "float32"))


@pytest.mark.parametrize(
    ("step", "what"),
    [
        ({"reshape": [None, 13]}, "must stay together"),
        ({"reshape": [24]}, "must stay together"),
        ({"reshape": [None, None]}, "only the batch may be free"),
        ({"expand": 0}, "axis 0 is none"),
        ({"expand": 5}, "axis 5 is none"),
        ({"squeeze": 0}, "axis 0 is none"),
        ({"squeeze": 1}, "dimension 1 is not 1"),
    ],
)
def test_samples_are_not_mixed(step, what, tmp_path):
    chain = prepare([step], tmp_path, "output")
    with pytest.raises(RecipeProblem) as caught:
        chain.spec(TensorSpec("x", (None, 3, 4, 1), "float32"))
    assert what in caught.value.problems[0].what
