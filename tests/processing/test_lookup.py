import numpy as np
import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.processing import prepare
from tfmigrate.tensors import TensorSpec

WORDS = ["[PAD]", "the", "cat", "été", "日本", "a b", "[UNK]"]


@pytest.fixture(autouse=True)
def _vocabulary(tmp_path):
    (tmp_path / "v.txt").write_bytes("\n".join(WORDS).encode() + b"\n")


def _lookup(**args):
    return [{"lookup": {"vocabulary": "v.txt", **args}}]


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        ({"unknown": 100}, [2, 100, 0, 100, 3]),
        ({"unknown": "[UNK]"}, [2, 6, 0, 6, 3]),
        ({"unknown": 1, "first": 2}, [4, 1, 2, 1, 5]),
        ({"unknown": "[UNK]", "first": 2}, [4, 8, 2, 8, 5]),
    ],
)
def test_words_become_ids(args, wanted, same, texts):
    words = texts(*(w.encode() for w in ("cat", "Cat", "[PAD]", "", "été")))
    found = same(_lookup(**args), words)
    assert found.dtype == np.int64
    assert found.tolist() == wanted


def test_unknown_words_go_to_buckets(same, texts):
    unknown = ["x" * n for n in range(1, 140)] + ["Cat", "naïve"]
    found = same(_lookup(buckets=5, first=1), texts(*(w.encode() for w in [*WORDS, *unknown])))
    assert found[: len(WORDS)].tolist() == list(range(1, len(WORDS) + 1))
    assert set(found[len(WORDS) :].tolist()) == set(range(8, 13))


def test_line_ends_of_windows_are_none_of_the_words(same, texts, tmp_path):
    (tmp_path / "v.txt").write_bytes(b"the\r\ncat\r\n")
    assert same(_lookup(unknown=9), texts(b"the", b"cat", b"cat\r")).tolist() == [0, 1, 9]


def test_the_word_for_unknown_ones_must_be_there(tmp_path):
    chain = prepare(_lookup(unknown="<unk>"), tmp_path, "input", "$.s")
    with pytest.raises(RecipeProblem) as caught:
        chain.spec(TensorSpec("x", (None,), "string"))
    assert "the vocabulary has no word '<unk>'" in caught.value.problems[0].what


def test_the_file_becomes_an_asset_and_the_path_stays_out(tmp_path, texts):
    import tensorflow as tf

    chain = prepare(_lookup(unknown=100), tmp_path, "input")
    module = tf.Module()
    module.tables = chain.resources
    module.f = tf.function(chain.graph, input_signature=[tf.TensorSpec([None], tf.string)])
    tf.saved_model.save(module, str(tmp_path / "model"))
    (tmp_path / "v.txt").unlink()
    (tmp_path / "model").rename(tmp_path / "moved")
    assert (tmp_path / "moved" / "assets" / "v.txt").is_file()
    assert str(tmp_path).encode() not in (tmp_path / "moved" / "saved_model.pb").read_bytes()
    words = texts(b"cat", b"Cat")
    found = tf.saved_model.load(str(tmp_path / "moved")).f(tf.constant(words)).numpy()
    assert found.tolist() == chain.plain(words).tolist() == [2, 100]
