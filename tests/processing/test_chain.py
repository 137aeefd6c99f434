import numpy as np
import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.processing import prepare
from tfmigrate.processing.steps import STEPS, step
from tfmigrate.recipe import step_table
from tfmigrate.tensors import TensorSpec

BYTES = TensorSpec("x", (None,), "string")
IMAGES = [
    {"decode": "any"},
    {"resize": {"size": 20, "method": "bilinear", "antialias": True,
                "keep_aspect": "shorter_side"}},
    {"crop": [16, 18]},
    {"normalise": "caffe"},
    {"channels": {"layout": "nhwc->nchw"}},
]  # fmt: skip


def test_every_step_of_the_table_is_there():
    assert list(STEPS) == list(step_table.STEPS)
    for name in STEPS:
        assert step(name).plain


def test_images_of_different_sizes_make_a_batch(both, tmp_path, rng):
    chain = prepare(IMAGES, tmp_path, "input")
    assert chain.spec(BYTES) == TensorSpec("x", (None, 3, 16, 18), "float32")
    graph, plain = both(IMAGES, chain.examples(rng, 6, BYTES), traced=True)
    np.testing.assert_allclose(graph, plain, rtol=0, atol=2e-3)
    assert graph.std() > 10


def test_only_what_differs_in_size_goes_one_by_one(tmp_path):
    chain = prepare(IMAGES, tmp_path, "input")
    assert [(p.links, p.each) for p in chain._parts(BYTES)] == [
        ((0, 1, 2), True), ((3,), False), ((4,), False),
    ]  # fmt: skip


def test_an_empty_batch(same, texts):
    assert same(IMAGES, texts(), traced=True).shape == (0, 3, 16, 18)


def test_no_steps_do_nothing(same):
    x = np.float32([[1, 2]])
    assert same([], x).tolist() == x.tolist()


@pytest.mark.parametrize("steps", [IMAGES[:1], IMAGES[:2], ["lower", "split"]])
def test_sizes_that_stay_different_are_refused(steps, tmp_path):
    chain = prepare(steps, tmp_path, "input", "$.steps")
    with pytest.raises(RecipeProblem) as caught:
        chain.spec(BYTES)
    (problem,) = caught.value.problems
    assert "samples of different sizes make no batch" in problem.what
    assert problem.path.startswith(f"$.steps[{len(steps) - 1}].")


def test_text_to_ids_and_their_mask(same, texts, tmp_path):
    (tmp_path / "v.txt").write_text("[PAD]\n[UNK]\nthe\ncat\nsat\n")
    ids = ["lower", "split", {"lookup": {"vocabulary": "v.txt", "unknown": "[UNK]"}}]
    given = texts(b"The cat  sat on", b"", b"cat " * 9)
    pad = {"to": 6, "begin": 101, "end": 102}
    found = same([*ids, {"pad": pad}, {"cast": "int32"}], given, traced=True)
    assert found.tolist() == [
        [101, 2, 3, 4, 1, 102], [101, 102, 0, 0, 0, 0], [101, 3, 3, 3, 3, 102],
    ]  # fmt: skip
    mask = same([*ids, {"pad": {**pad, "give": "mask"}}], given)
    assert mask.sum(1).tolist() == [6, 2, 6]


def test_answers_to_labels(same, tmp_path, rng):
    (tmp_path / "l.txt").write_text("cat\ndog\nox\n")
    top = {"top_k": {"k": 2, "give": "labels", "labels": "l.txt"}}
    scores = (rng.normal(size=(5, 1, 3)) * 9).astype(np.float32)
    found = same([{"squeeze": 1}, "softmax", top], scores, "output", traced=True)
    assert (found[:, 0] == np.array([b"cat", b"dog", b"ox"])[scores[:, 0].argmax(1)]).all()


def test_what_goes_on_record(tmp_path):
    (tmp_path / "v.txt").write_text("a\nb\n")
    steps = ["lower", "split", {"lookup": {"vocabulary": "v.txt", "unknown": 1}}, {"pad": 4}]
    chain = prepare(steps, tmp_path, "input")
    (file,) = chain.files
    assert chain.as_json() == {
        "processing": 1,
        "steps": [
            {"lower": {"letters": "unicode"}},
            {"split": {"at": "whitespace"}},
            {"lookup": {
                "vocabulary": {"file": "v.txt", "sha256": file.sha256, "lines": 2},
                "unknown": 1, "first": 0,
            }},
            {"pad": {"to": 4, "value": 0, "side": "after", "cut": "after", "give": "ids"}},
        ],
    }  # fmt: skip


def test_every_mistake_at_once(tmp_path):
    steps = [{"decod": "any"}, {"lookup": {"vocabulary": "no.txt", "unknown": 1}}, {"cast": "x"}]
    with pytest.raises(RecipeProblem) as caught:
        prepare(steps, tmp_path, "input", "$.steps")
    told = [(p.path, p.what) for p in caught.value.problems]
    assert told == [
        ("$.steps[0].decod", "there is no step decod"),
        ("$.steps[1].lookup", "step 2, lookup: the file cannot be read: No such file or directory"),
        ("$.steps[2].cast.dtype",
         "dtype of cast must be one of uint8, int8, uint16, int16, int32, uint32, int64, float16, "
         "float32, float64"),
    ]  # fmt: skip


def test_what_a_step_cannot_take_is_told_at_its_place(tmp_path):
    chain = prepare([{"cast": "int32"}, "softmax"], tmp_path, "output", "$.steps")
    with pytest.raises(RecipeProblem, match="the steps do not fit the model's output") as caught:
        chain.spec(TensorSpec("y", (None, 3), "float32"))
    (problem,) = caught.value.problems
    assert (problem.path, problem.found, problem.expected) == (
        "$.steps[1].softmax",
        "int32",
        "floats",
    )
    assert problem.what == "step 2, softmax: cannot take this dtype"
