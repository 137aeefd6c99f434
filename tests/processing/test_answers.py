import numpy as np
import pytest

DTYPES = {np.float16: 2e-3, np.float32: 3e-7, np.float64: 1e-15}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("step", ["softmax", {"softmax": 1}, "sigmoid"])
def test_probabilities(step, dtype, both, rng):
    logits = (rng.normal(size=(3, 4, 5)) * 20).astype(dtype)
    logits[0, 0] = [1000, -1000, 0, 1000, 1]
    graph, plain = both([step], logits, "output")
    np.testing.assert_allclose(graph, plain, rtol=0, atol=DTYPES[dtype])
    if step != "sigmoid":
        axis = -1 if step == "softmax" else 1
        np.testing.assert_allclose(plain.sum(axis), 1, rtol=5e-3)
    else:
        np.testing.assert_allclose(plain[0, 0], [1, 0, 0.5, 1, 0.7310586], rtol=1e-3)


def test_argmax_is_the_first_of_equal_ones(same):
    x = np.float32([[[1, 5, 5], [9, 2, 3]]])
    assert same(["argmax"], x, "output").tolist() == [[1, 0]]
    found = same([{"argmax": 1}], x, "output")
    assert (found.dtype, found.tolist()) == (np.int64, [[1, 0, 0]])


@pytest.mark.parametrize("give", ["bool", "int64"])
def test_threshold_is_above(give, same):
    x = np.float32([[0.1, 0.5, 0.50001, np.nan]])
    found = same([{"threshold": {"value": 0.5, "give": give}}], x, "output")
    assert found.tolist() == [[False, False, True, False]]
    ints = same([{"threshold": 0.5}], np.int64([[0, 1]]), "output")
    assert ints.tolist() == [[False, True]]
