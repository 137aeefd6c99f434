import numpy as np
import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.processing import prepare
from tfmigrate.tensors import TensorSpec

SCORES = np.float32([[0.1, 0.7, 0.1, 0.7, 0.2], [5, 4, 3, 2, 1]])


@pytest.fixture(autouse=True)
def _labels(tmp_path):
    (tmp_path / "labels.txt").write_text("tench\ncrane\nmaillot, tank suit\ncrane\nété\n")


def _top(k, give, **more):
    return [{"top_k": {"k": k, "give": give, **more}}]


def test_the_largest_first_and_of_equal_ones_the_first(same):
    assert same(_top(4, "indices"), SCORES, "output").tolist() == [[1, 3, 4, 0], [0, 1, 2, 3]]
    found = same(_top(3, "scores"), SCORES, "output")
    np.testing.assert_array_equal(found, np.float32([[0.7, 0.7, 0.2], [5, 4, 3]]))
    found = same(_top(3, "labels", labels="labels.txt"), SCORES, "output")
    assert found.tolist() == [
        [b"crane", b"crane", "été".encode()], [b"tench", b"crane", b"maillot, tank suit"],
    ]  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.uint8])
def test_ties_of_every_kind(dtype, same, rng):
    same(_top(7, "indices"), rng.integers(0, 4, (20, 3, 9)).astype(dtype), "output")


def test_the_label_of_the_largest(same):
    assert same([{"label": "labels.txt"}], SCORES, "output").tolist() == [b"crane", b"tench"]


@pytest.mark.parametrize(
    ("steps", "shape", "what"),
    [
        (_top(6, "scores"), (None, 5), "there are no 6 classes"),
        (_top(2, "scores"), (None, None), "must be known"),
        (_top(2, "labels", labels="labels.txt"), (None, 6), "one label for each class"),
        ([{"label": "labels.txt"}], (None, 4), "one label for each class"),
    ],
)
def test_labels_and_classes_must_be_as_many(steps, shape, what, tmp_path):
    chain = prepare(steps, tmp_path, "output")
    with pytest.raises(RecipeProblem, match="do not fit the model's output") as caught:
        chain.spec(TensorSpec("x", shape, "float32"))
    assert what in caught.value.problems[0].what
