import numpy as np
import pytest

IDS = np.int64([[7, 8, 9, 10, 11], [1, 2, 3, 4, 5]])


def test_one_hot(same):
    found = same([{"one_hot": 3}], np.int32([[0, 2], [3, -1]]))
    assert found.tolist() == [[[1, 0, 0], [0, 0, 1]], [[0, 0, 0], [0, 0, 0]]]
    assert same([{"one_hot": {"depth": 3, "dtype": "int64"}}], IDS).dtype == np.int64


@pytest.mark.parametrize("side", ["after", "before"])
@pytest.mark.parametrize("cut", ["after", "before"])
@pytest.mark.parametrize("length", [0, 1, 4, 5, 6, 9])
@pytest.mark.parametrize("value", [0, -1])
def test_pad_is_keras_s_pad_sequences(length, side, cut, value, same):
    from keras.utils import pad_sequences

    rows = np.arange(1, 2 * length + 1).reshape(2, length)
    words = {"after": "post", "before": "pre"}
    wanted = pad_sequences(
        rows, 5, "int64", padding=words[side], truncating=words[cut], value=value
    )
    steps = [{"pad": {"to": 5, "side": side, "cut": cut, "value": value}}]
    np.testing.assert_array_equal(same(steps, rows), wanted)


@pytest.mark.parametrize(
    ("more", "ids", "mask"),
    [
        ({"to": 9}, [101, 7, 8, 9, 10, 11, 102, 0, 0], [1, 1, 1, 1, 1, 1, 1, 0, 0]),
        ({"to": 5}, [101, 7, 8, 9, 102], [1, 1, 1, 1, 1]),
        ({"to": 5, "cut": "before"}, [101, 9, 10, 11, 102], [1, 1, 1, 1, 1]),
        ({"to": 8, "side": "before"}, [0, 101, 7, 8, 9, 10, 11, 102], [0, 1, 1, 1, 1, 1, 1, 1]),
    ],
)
def test_marks_a_mask_and_segments_as_bert_takes_them(more, ids, mask, same):
    args = {"begin": 101, "end": 102, **more}
    assert same([{"pad": args}], IDS)[0].tolist() == ids
    assert same([{"pad": {**args, "give": "mask"}}], IDS)[0].tolist() == mask
    assert same([{"pad": {**args, "give": "segments"}}], IDS)[0].tolist() == [0] * len(ids)


def test_a_mask_tells_padding_from_a_word_of_the_same_id(same):
    found = same([{"pad": {"to": 4, "give": "mask"}}], np.int64([[0, 5, 0]]))
    assert found.tolist() == [[1, 1, 1, 0]]


def test_truncate(same):
    assert same([{"truncate": 2}], IDS).tolist() == [[7, 8], [1, 2]]
    assert same([{"truncate": {"to": 2, "keep": "last"}}], IDS).tolist() == [[10, 11], [4, 5]]
    assert same([{"truncate": {"to": 9, "keep": "last"}}], IDS).tolist() == IDS.tolist()
