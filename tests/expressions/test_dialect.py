import pytest

from tfmigrate.expressions import Dialect, of_semantics, of_writer
from tfmigrate.results import Writer


@pytest.mark.parametrize(
    ("writer", "tensorflow", "library"),
    [
        (Writer("Keras", "1.2.2", "tensorflow"), 1, "keras"),
        (Writer("Keras", "2.2.5", "tensorflow"), 1, "keras"),
        (Writer("Keras", "2.3.1", "tensorflow"), 0, "keras"),
        (Writer("tf.keras", "2.1.6-tf", "tensorflow"), 1, "tf.keras"),
        (Writer("tf.keras", "2.2.4-tf", "tensorflow"), 0, "tf.keras"),
        (Writer("tf.keras", "2.3.0-tf", "tensorflow"), 2, "tf.keras"),
        (Writer("tf.keras", "2.15.0", "tensorflow"), 2, "tf.keras"),
        (Writer("Keras", "3.8.0", ""), 2, "keras"),
        (Writer("Keras", "", ""), 0, "keras"),
    ],
)
def test_which_tensorflow_ran_it(writer, tensorflow, library):
    found = of_writer(writer)
    assert (found.tensorflow, found.library) == (tensorflow, library)


def test_conditions_that_nobody_can_answer():
    keras = Dialect("keras", (2, 2, 4), 0, "theano")
    assert keras.holds("keras<2.3&standalone") is True
    assert keras.holds("keras<2.3&tf1") is None
    assert keras.holds("tensorflow&tf1") is False
    assert Dialect().holds("keras<3") is None
    with pytest.raises(ValueError, match="unknown condition"):
        keras.holds("monday")


@pytest.mark.parametrize(
    ("semantics", "version", "tensorflow"),
    [("keras-1.2", (1, 2, 0), 1), ("keras-2.2", (2, 2, 0), 1), ("keras-3", (3, 0, 0), 2),
     ("tf.keras-2.8", (2, 8, 0), 2), ("tf.keras-1.15", (1, 15, 0), 1),
     ("tf1-layers", (0, 0, 0), 1), ("slim", (0, 0, 0), 0)],
)  # fmt: skip
def test_the_dialect_of_a_recipe(semantics, version, tensorflow):
    found = of_semantics(semantics)
    assert found.tensorflow == tensorflow
    assert found.version[0] >= (version[0] and 1)
