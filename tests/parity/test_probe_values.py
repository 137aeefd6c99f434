import numpy as np
import pytest

from tfmigrate.parity.probes import make_probes
from tfmigrate.tensors import Hint, TensorSpec


def drawn(spec, hint, samples=60, **others):
    specs = (spec, *(TensorSpec(n, s, d) for n, (s, d, _) in others.items()))
    hints = {spec.name: hint, **{n: h for n, (_, _, h) in others.items()}}
    return make_probes(specs, hints, samples=samples)


def test_statistics_are_followed_feature_by_feature():
    hint = Hint(centre=(100.0, 0.0, -3.0), scale=(5.0, 1.0, 0.0))
    made = drawn(TensorSpec("x", (None, 3), "float32"), hint, 600)
    x = np.concatenate([p["x"] for p in made])
    np.testing.assert_allclose(x.mean(0), hint.centre, atol=0.5)
    np.testing.assert_allclose(x.std(0), hint.scale, rtol=0.1)


def test_statistics_of_whole_numbers_stay_in_their_type():
    hint = Hint(centre=(3.0,), scale=(50.0,))
    made = drawn(TensorSpec("x", (None, 9), "uint8"), hint)
    x = np.concatenate([p["x"].ravel() for p in made])
    assert x.dtype == np.uint8
    assert np.count_nonzero(x == 0) > 100  # and not wrapped to 255
    assert x.max() < 250


@pytest.mark.parametrize("dtype", ["int32", "float32"])
def test_padded_ids_end_in_zeros_and_are_never_none(dtype):
    made = drawn(TensorSpec("x", (None, 8), dtype), Hint(0, 5, rows=5, kind="padded"))
    rows = np.concatenate([p["x"] for p in made])
    real = rows != 0
    assert set(np.unique(rows)) == {0, 1, 2, 3, 4}
    assert real[:, 0].all()
    assert (real[:, :-1] >= real[:, 1:]).all()  # zeros at the end only
    assert real.all(1).sum() > 20
    assert (~real).any(1).sum() > 20


def test_ids_that_come_as_floats_are_whole():
    made = drawn(TensorSpec("x", (None, 8), "float32"), Hint(0, 5, rows=5, kind="ids"))
    assert set(np.unique(np.concatenate([p["x"].ravel() for p in made]))) == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("dtype", ["bool", "int32", "float32", "bfloat16"])
def test_a_mask_is_ones_then_zeros(dtype):
    made = drawn(TensorSpec("m", (None, 3, 8), dtype), Hint(kind="mask"))
    mask = np.concatenate([p["m"] for p in made]).astype("float32")
    assert set(np.unique(mask)) == {0, 1}
    assert (mask[..., 0] == 1).all()
    assert (mask[..., :-1] >= mask[..., 1:]).all()
    assert (mask == mask[:, :1]).all()  # one end per sample


def test_steps_end_in_zeros_and_agree_with_lengths():
    length = ((None,), "int32", Hint(kind="length"))
    made = drawn(TensorSpec("x", (None, 6, 2), "float32"), Hint(kind="steps"), length=length)
    for probe in made:
        assert ((probe["x"] != 0).all(2).sum(1) == probe["length"]).all()
        assert (probe["x"][:, 0] != 0).all()
    assert {int(n) for p in made for n in p["length"]} == {1, 2, 3, 4, 5, 6}


def test_mask_length_and_ids_of_a_sample_agree():
    ids = ((None, None), "int32", Hint(0, 50, rows=50, kind="padded"))
    mask = ((None, None, 1), "float32", Hint(kind="mask"))
    made = drawn(TensorSpec("len", (None, 1), "int32"), Hint(kind="length"), ids=ids, mask=mask)
    for probe in made:
        assert ((probe["ids"] != 0).sum(1, keepdims=True) == probe["len"]).all()
        assert (probe["mask"].sum(1) == probe["len"]).all()
        assert probe["len"].min() >= 1
        assert probe["len"].max() <= probe["ids"].shape[1]
    assert len({int(n) for p in made for n in p["len"].ravel()}) > 10


def test_lengths_know_the_shortest_other_input_and_their_own_limit():
    others = {"x": ((None, 9, 2), "float32", Hint()), "y": ((None, 4), "float32", Hint())}
    spec = TensorSpec("len", (None,), "int64")
    made = drawn(spec, Hint(kind="length"), **others)
    assert {int(n) for p in made for n in p["len"]} == {1, 2, 3, 4}
    made = drawn(spec, Hint(1, 3, kind="length"), **others)
    assert {int(n) for p in made for n in p["len"]} == {1, 2}


def test_words_come_from_the_vocabulary_alone():
    known = Hint(words=("one", "zwölf"))
    made = drawn(TensorSpec("w", (None, 2), "string"), known)
    assert {w for p in made for w in p["w"].ravel()} == {b"one", "zwölf".encode()}
    made = drawn(TensorSpec("n", (None, 2), "int64"), Hint(words=("7", "-3")))
    assert {int(n) for p in made for n in p["n"].ravel()} == {7, -3}


def test_text_has_several_words():
    made = drawn(TensorSpec("w", (None, 1), "string"), Hint(words=("one", "two"), kind="text"))
    texts = [w for p in made for w in p["w"].ravel()]
    assert {w for text in texts for w in text.split(b" ")} == {b"one", b"two"}
    assert max(len(text.split(b" ")) for text in texts) > 5
