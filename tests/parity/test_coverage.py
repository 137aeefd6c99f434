import numpy as np
import pytest

from tfmigrate.parity.coverage import coverage
from tfmigrate.proof import InputCoverage, OutputCoverage
from tfmigrate.tensors import Hint, Signature, TensorSpec

RANDOM = np.random.default_rng(0)
X = TensorSpec("x", (None, 2), "float32")
Y = TensorSpec("y", (None, 4), "float32")


def covered(probes, answers, hints=None, inputs=(X,), outputs=(Y,)):
    return coverage(Signature("s", tuple(inputs), tuple(outputs)), probes, answers, hints or {})


def asked(*batches):
    return [{"x": RANDOM.normal(size=(b, 2)).astype("float32")} for b in batches]


def answered(*batches):
    return [{"y": RANDOM.uniform(0.1, 0.9, (b, 4)).astype("float32")} for b in batches]


def test_probes_that_prove_much_have_no_warning():
    found = covered(asked(1, 2, 5), answered(1, 2, 5))
    (only,) = found.inputs
    assert (only.name, only.samples, only.lengths, only.rows) == ("x", 8, (), 0)
    assert only.low < 0 < only.high
    assert found.outputs == (OutputCoverage("y", 4),)
    assert found.warnings == ()


def test_lengths_and_ends_of_an_input():
    spec = TensorSpec("x", (None, None, 2), "int32")
    probes = [{"x": np.full((1, n, 2), n, "int32")} for n in (9, 3, 9)]
    found = covered(probes, [], inputs=[spec], outputs=[])
    assert found.inputs == (InputCoverage("x", 3, (3, 9), 3.0, 9.0),)
    text = [{"x": np.array([b"a", b"b"], dtype=object)}]
    found = covered(text, [], inputs=[TensorSpec("x", (None,), "string")], outputs=[])
    assert found.inputs == (InputCoverage("x", 2),)
    odd = [{"x": np.array([np.nan, np.inf, 3, -1], "float32")}]
    (only,) = covered(odd, [], inputs=[TensorSpec("x", (None,), "float32")]).inputs
    assert (only.low, only.high) == (-1, 3)


@pytest.mark.parametrize("dtype", ["int32", "float32"])
def test_the_rows_that_ids_touch(dtype):
    probes = [{"x": np.array([[0, 3], [3, 4]], dtype)}, {"x": np.array([[4, 9]], dtype)}]
    (only,) = covered(probes, [], {"x": Hint(0, 10, rows=9)}).inputs
    assert (only.rows, only.touched) == (9, 3)  # 0, 3 and 4: there is no row 9


@pytest.mark.parametrize(
    ("rows", "touched", "warned"),
    [(30_000, 60, True), (30_000, 255, True), (30_000, 256, False), (99, 9, True), (90, 9, False)],
)
def test_few_rows_of_many_are_worth_a_sentence(rows, touched, warned):
    probes = [{"x": np.arange(touched)[:, None]}]
    found = covered(probes, answered(touched), {"x": Hint(0, rows, rows=rows)})
    assert bool(found.warnings) == warned
    if warned:
        said = f"looked up {touched} of the {rows:,} rows behind input x: the ledger proves"
        assert said in found.warnings[0]
        assert "--inputs" in found.warnings[0]


def test_dead_positions():
    answers = answered(2, 3)
    for answer in answers:
        answer["y"][:, :2] = [0.2, 0.7]
    found = covered(asked(2, 3), answers)
    assert found.outputs == (OutputCoverage("y", 4, dead=2),)
    assert found.warnings == ()
    for answer in answers:
        answer["y"][:, 2] = 0.5
    found = covered(asked(2, 3), answers)
    assert found.outputs[0].dead == 3
    assert "3 of 4 positions of output y had one value whatever went in" in found.warnings[0]
    answers = [{"y": np.full((b, 4), b / 10)} for b in (2, 3)]
    assert covered(asked(2, 3), answers).outputs[0].dead == 0
    answers = [{"y": np.full((b, 4), 0.3)} for b in (2, 3)]
    assert "every position of output y" in covered(asked(2, 3), answers).warnings[0]


def test_free_dimensions_are_samples_and_not_positions():
    spec = TensorSpec("y", (None, None, 3), "float32")
    answers = [{"y": RANDOM.uniform(size=(2, n, 3))} for n in (4, 6)]
    assert covered(asked(2, 2), answers, outputs=[spec]).outputs == (OutputCoverage("y", 3),)
    spec = TensorSpec("y", (None, 3, None), "float32")
    answers = [{"y": np.array([[[1, 2], [5, 5], [3, 4]]], "float32")}]
    found = covered(asked(1, 1), answers, outputs=[spec])
    assert found.outputs == (OutputCoverage("y", 3, dead=1),)
    unknown = TensorSpec("y", (), "float32")  # a graph whose rank nobody knows
    found = covered(asked(2, 2), answers, outputs=[unknown])
    assert found.outputs == (OutputCoverage("y", 1),)


def test_saturated_outputs():
    answers = answered(3)
    answers[0]["y"][:, :2] = [1e-9, -1]
    assert covered(asked(3), answers).outputs[0].saturated == 0.5
    eye = [{"y": np.eye(4, dtype="float32")}]
    found = covered(asked(4), eye)
    assert found.outputs[0].saturated == 1
    assert "100% of output y sits at the ends of its activation" in found.warnings[0]
    eye[0]["y"][0, 0] = 7  # no sigmoid, tanh or softmax
    assert covered(asked(4), eye).outputs[0].saturated == 0


def test_nan_is_told_and_hides_no_dead_position():
    answers = answered(2, 2)
    answers[0]["y"][0] = np.nan
    found = covered(asked(2, 2), answers)
    assert found.outputs[0].dead == 0
    assert found.warnings[0].startswith("4 elements of output y are NaN or infinite")
    nan = [{"y": np.full((2, 4), np.nan, "float32")}]
    assert covered(asked(2), nan).outputs[0].dead == 4


def test_one_sample_and_equal_samples_prove_little():
    found = covered(asked(1), answered(1))
    assert "one sample only" in found.warnings[0]
    assert "--samples" in found.warnings[0]
    same = [{"x": np.ones((n, 2), "float32")} for n in (1, 2)]
    found = covered(same, answered(1, 2))
    assert found.warnings == (
        "all 3 samples are the same, which proves no more than one; try real data with --inputs"
        " FILE.npz",
    )
    assert covered([*same, *asked(1)], answered(1, 2, 1)).warnings == ()


def test_outputs_that_are_no_floats_or_were_left_out_are_not_judged():
    specs = [TensorSpec("y", (None, 4), "float32"), TensorSpec("label", (None,), "int64")]
    answers = [{"label": np.array([1, 1])}]
    found = covered(asked(2), answers, outputs=specs)
    assert found.outputs == ()
    assert found.warnings == ()
    assert covered(asked(2), [], outputs=specs).outputs == ()
    empty = [{"y": np.zeros((0, 4), "float32")}]
    assert covered(asked(2), empty).outputs == (OutputCoverage("y", 0),)
