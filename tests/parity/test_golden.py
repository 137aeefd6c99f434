import numpy as np
import pytest

from tfmigrate.errors import Damaged, NotProved, UsageProblem
from tfmigrate.parity import golden
from tfmigrate.tensors import Signature, TensorSpec

X = np.arange(6, dtype="float32").reshape(2, 3)
SIGNATURE = Signature(
    "serving_default",
    (TensorSpec("x", (None, 3), "float32"), TensorSpec("ids", (None,), "int32")),
    (TensorSpec("probs", (None, 3), "float32"), TensorSpec("label", (None,), "int64")),
)
SINGLE = Signature(SIGNATURE.key, SIGNATURE.inputs[:1], SIGNATURE.outputs[:1])
GOOD = {
    "inputs/x": X,
    "inputs/ids": np.array([1, 2], "int32"),
    "outputs/probs": X / 2,
    "outputs/label": np.array([0, 1]),
    "activations/dense": X,
    "meta": np.frombuffer(b"{}", np.uint8),
}


def read(path, arrays, signature=SIGNATURE):
    np.savez(path / "golden.npz", **arrays)
    return golden.read(path / "golden.npz", signature)


def test_what_was_recorded_comes_back_under_the_names_of_the_signature(tmp_path):
    found = read(tmp_path, GOOD)
    assert list(found.inputs) == ["x", "ids"]
    assert list(found.outputs) == ["probs", "label"]
    np.testing.assert_array_equal(found.outputs["probs"], X / 2)
    assert found.notes == ()


def test_a_single_input_and_output_may_have_another_name_and_a_note_says_so(tmp_path):
    found = read(tmp_path, {"inputs/input_1": X, "outputs/dense_2": X}, SINGLE)
    assert list(found.inputs) == ["x"]
    assert list(found.outputs) == ["probs"]
    assert len(found.notes) == 2
    assert "input_1" in found.notes[0]


def test_of_several_none_is_guessed(tmp_path):
    arrays = {**GOOD, "inputs/idz": GOOD["inputs/ids"], "outputs/prob": X}
    del arrays["inputs/ids"], arrays["outputs/probs"]
    with pytest.raises(NotProved) as caught:
        read(tmp_path, arrays)
    problems = caught.value.problems
    assert [p.where for p in problems] == ["idz", "ids", "prob", "probs"]
    assert [p.nearest for p in problems] == [("ids",), (), ("probs",), ()]


def test_a_missing_output_is_refused(tmp_path):
    arrays = {k: v for k, v in GOOD.items() if k != "outputs/label"}
    with pytest.raises(NotProved):
        read(tmp_path, arrays)


def test_types_are_cast_where_every_value_stays(tmp_path):
    found = read(tmp_path, {**GOOD, "inputs/x": X.astype("float64"), "inputs/ids": [1.0, 2.0]})
    assert found.inputs["x"].dtype == np.float32
    assert found.inputs["ids"].dtype == np.int32
    assert len(found.notes) == 2


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("inputs/x", X.astype("float64") + 1e-12),
        ("inputs/ids", np.array([1.5, 2])),
        ("inputs/ids", np.array([1, 2**40])),
        ("inputs/ids", np.array([np.nan, 2])),
        ("inputs/ids", np.array(["1", "2"])),
        ("outputs/label", np.array([0.25, 1])),
        ("inputs/x", X.astype("complex64")),
        ("inputs/x", X[:, :2]),
        ("inputs/x", X[0]),
        ("inputs/x", X[:0]),
        ("inputs/ids", np.zeros(0, "int32")),
        ("outputs/label", np.zeros(0, "int64")),
        ("inputs/ids", np.array([1, 2], "datetime64[s]")),
        ("outputs/label", np.array([1, 2], "timedelta64[s]")),
    ],
)
def test_what_does_not_fit_exactly_is_refused(tmp_path, name, array):
    with pytest.raises(NotProved) as caught:
        read(tmp_path, {**GOOD, name: array})
    (problem,) = caught.value.problems
    assert problem.where == name.split("/")[1]


def test_nan_and_infinity_survive_a_cast(tmp_path):
    special = np.array([[np.nan, np.inf, -np.inf]] * 2)
    found = read(tmp_path, {**GOOD, "outputs/probs": special})
    np.testing.assert_array_equal(found.outputs["probs"], special.astype("float32"))


def test_a_file_of_mere_inputs(tmp_path):
    only = Signature(SIGNATURE.key, SIGNATURE.inputs, ())
    assert list(read(tmp_path, GOOD, only).inputs) == ["x", "ids"]


def test_a_damaged_file_is_said(tmp_path):
    (tmp_path / "golden.npz").write_bytes(b"version https://git-lfs")
    with pytest.raises(Damaged):
        golden.read(tmp_path / "golden.npz", SIGNATURE)


def test_no_element_is_said_in_words(tmp_path):
    with pytest.raises(NotProved) as caught:
        read(tmp_path, {**GOOD, "inputs/x": X[:0], "outputs/probs": X[:0]})
    assert [p.where for p in caught.value.problems] == ["x", "probs"]
    assert all("no element" in p.what for p in caught.value.problems)


@pytest.mark.parametrize("dtype", ["uint8", "uint32", "uint64"])
def test_a_sign_does_not_get_lost_in_an_unsigned_type(tmp_path, dtype):
    one = Signature("k", (TensorSpec("x", (None,), dtype),), ())
    signed = np.array([-1, 1], dtype.removeprefix("u"))
    with pytest.raises(NotProved):
        read(tmp_path, {"inputs/x": signed}, one)
    assert read(tmp_path, {"inputs/x": abs(signed)}, one).inputs["x"].dtype == dtype


def test_a_type_that_numpy_has_not_is_refused(tmp_path):
    with pytest.raises(NotProved):
        read(tmp_path, {"inputs/x": X}, Signature("k", (TensorSpec("x", (2, 3), "resource"),), ()))


def test_a_file_of_inputs_is_called_so_and_is_a_matter_of_the_command_line(tmp_path):
    np.savez(tmp_path / "in.npz", **{"inputs/y": X})
    only = Signature(SIGNATURE.key, SIGNATURE.inputs, ())
    with pytest.raises(UsageProblem) as caught:
        golden.read(tmp_path / "in.npz", only, "inputs file", UsageProblem)
    said = str(caught.value)
    assert "the inputs file does not fit" in said
    assert "the inputs file has no input of that name" in said
    assert "golden" not in said
    assert "outputs/" not in said
    single = Signature(SIGNATURE.key, SIGNATURE.inputs[:1], ())
    (note,) = golden.read(tmp_path / "in.npz", single, "inputs file", UsageProblem).notes
    assert note.startswith("the inputs file's only input y")


def test_other_members_are_not_even_read(tmp_path):
    np.savez(tmp_path / "golden.npz", **GOOD, extra=np.array([{}], dtype=object))
    assert list(golden.read(tmp_path / "golden.npz", SIGNATURE).inputs) == ["x", "ids"]


MORE = {
    **GOOD,
    "more/2/inputs/x": X[:1],
    "more/2/inputs/ids": np.array([4], "int32"),
    "more/2/outputs/probs": X[:1],
    "more/2/outputs/label": np.array([2]),
    "more/10/inputs/x": np.vstack([X, X]),
    "more/10/inputs/ids": np.array([1, 2, 3, 4], "int32"),
    "more/10/outputs/probs": np.vstack([X, X]),
    "more/10/outputs/label": np.array([0, 1, 2, 0]),
    "more/x/inputs/x": X,  # no number: not ours
    "more/007/inputs/x": X,
}


def test_further_probes_come_in_the_order_of_their_numbers(tmp_path):
    found = read(tmp_path, MORE)
    assert [len(inputs["x"]) for inputs, _ in found.more] == [1, 4]
    assert [len(outputs["label"]) for _, outputs in found.more] == [1, 4]
    np.testing.assert_array_equal(found.inputs["x"], X)


@pytest.mark.parametrize(
    ("name", "array", "what"),
    [
        ("more/2/inputs/x", X[:1, :2], "the shape is not that of the signature"),
        ("more/2/inputs/ids", np.array([0.5]), "cannot be held exactly"),
        ("more/2/outputs/probs", None, "has no output of that name"),
        ("more/10/inputs/y", X, "the signature has no input of that name"),
    ],
)
def test_further_probes_are_checked_like_the_first(tmp_path, name, array, what):
    arrays = {n: a for n, a in {**MORE, name: array}.items() if a is not None}
    with pytest.raises(NotProved) as caught:
        read(tmp_path, arrays)
    (problem,) = caught.value.problems
    assert what in problem.what
    before, _, rest = name.rpartition("/")
    assert problem.where == before.rpartition("/")[0] + "/" + rest


def test_where_the_batch_is_fixed_probes_of_another_are_left_out_and_a_note_says_so(tmp_path):
    inputs = tuple(TensorSpec(s.name, (2, *s.shape[1:]), s.dtype) for s in SIGNATURE.inputs)
    found = read(tmp_path, MORE, Signature(SIGNATURE.key, inputs, SIGNATURE.outputs))
    assert found.more == ()
    assert found.notes == ("2 probes of another batch size in the golden file are left out",)


def test_what_the_file_says_of_itself_comes_with_it(tmp_path):
    said = b'{"versions": {"keras": "1.2.2"}, "source": {"m.h5": "ab"}}'
    found = read(tmp_path, {**GOOD, "meta": np.frombuffer(said, np.uint8)})
    assert found.recorded == {"keras": "1.2.2", "source sha256": "ab"}
    assert found.sources == {"m.h5": "ab"}
    assert found.notes == ()
    found = read(tmp_path, {**GOOD, "meta": np.frombuffer(b"{", np.uint8)})
    assert found.recorded == {}
    assert "meta cannot be read" in found.notes[0]


def test_further_inputs_of_an_inputs_file_need_no_outputs(tmp_path):
    arrays = {n: a for n, a in MORE.items() if "outputs/" not in n}
    only = Signature(SIGNATURE.key, SIGNATURE.inputs, ())
    np.savez(tmp_path / "in.npz", **arrays)
    found = golden.read(tmp_path / "in.npz", only, "inputs file", UsageProblem)
    assert [len(inputs["x"]) for inputs, _ in found.more] == [1, 4]


def fixed_output(first):
    """A model of free batches with an output that has a first dimension of its own."""
    table = TensorSpec("table", (2, 3), "float32")
    arrays = {"inputs/x": X, "outputs/table": X, "more/1/inputs/x": X[:1]}
    return Signature("serving_default", SINGLE.inputs, (table,)), arrays | {
        "more/1/outputs/table": np.ones((first, 3), "float32")
    }


def test_a_further_probe_is_used_whatever_first_dimension_an_output_has(tmp_path):
    signature, arrays = fixed_output(2)
    found = read(tmp_path, arrays, signature)
    assert len(found.more) == 1
    assert found.notes == ()


def test_an_output_of_another_first_dimension_is_no_other_batch_but_an_error(tmp_path):
    signature, arrays = fixed_output(1)
    with pytest.raises(NotProved) as caught:
        read(tmp_path, arrays, signature)
    (problem,) = caught.value.problems
    assert (problem.where, problem.found, problem.expected) == ("more/1/table", "(1, 3)", "(2, 3)")
