import numpy as np

from tfmigrate.parity.localise import Seen, first, localise, off, parts, reaching

X = np.arange(6.0, dtype="float32").reshape(2, 3) + 1


def seen(name, inputs, value, kind="Dense"):
    return Seen(name, kind, tuple(inputs), np.asarray(value, "float32"))


def chain(*values):
    names = ["x", *(f"l{i}" for i in range(len(values)))]
    return [seen(names[i + 1], [names[i]], v) for i, v in enumerate(values)]


def test_the_first_layer_that_parts_is_the_one_at_fault_and_not_those_behind_it():
    ours = chain(X, X * 1.01, X * 1.02, X * 1.03)
    theirs = {f"l{i}": X for i in range(4)}
    found = localise(ours, theirs, ["x"])
    assert first(found) == ("l1",)
    assert [layer.agrees for layer in found] == [True, False, False, False]
    assert found[1].max_abs == off(ours[1].value, X)[0]


def test_two_faults_in_two_branches_are_both_found():
    ours = [seen("a", ["x"], X * 2), seen("b", ["x"], X * 3), seen("sum", ["a", "b"], X * 5)]
    assert first(localise(ours, {"a": X, "b": X, "sum": X}, ["x"])) == ("a", "b")


def test_a_fault_behind_another_shows_where_it_adds_much():
    ours = chain(X * 1.0001, X * 1.1)
    assert first(localise(ours, {"l0": X, "l1": X}, ["x"])) == ("l0", "l1")


def test_rounding_that_adds_up_is_no_fault():
    ours = chain(*(X * (1 + 1e-6 * i) for i in range(1, 20)))
    theirs = {f"l{i}": X for i in range(19)}
    assert first(localise(ours, theirs, ["x"])) == ()


def test_layers_of_another_name_are_paired_by_value_and_scopes_by_their_last():
    ours = [seen("conv", ["x"], X), seen("act", ["conv"], X * 2), seen("out", ["act"], X * 3)]
    theirs = {"conv/Conv2D": X * 9, "conv/BiasAdd": X, "other": X * 2, "more": X * 7}
    found = localise(ours, theirs, ["x"])
    assert [layer.paired for layer in found] == ["conv/BiasAdd", "other", ""]
    assert first(found) == ()


def test_a_layer_that_the_reference_has_not_passes_on_what_it_gets():
    ours = chain(X * 1.5, X * 1.5, X * 1.5)
    found = localise(ours, {"l0": X, "l2": X, "also": X * 8}, ["x"])
    assert [layer.paired for layer in found] == ["l0", "", "l2"]
    assert [layer.agrees for layer in found] == [False, None, False]
    assert first(found) == ("l0",)


def test_what_reaches_an_output_is_found_from_its_end():
    ours = [seen("a", ["x"], X * 2), seen("aside", ["x"], X * 3), seen("out", ["a"], X * 2)]
    found = localise(ours, {"a": X, "aside": X, "out": X}, ["x"])
    assert first(found) == ("a", "aside")
    assert reaching(found, ["out"]) == {"a", "out"}


def test_nan_on_both_sides_is_equal_and_on_one_is_not():
    odd = X.copy()
    odd[0, 0] = np.nan
    assert off(odd, odd) == (0.0, 0.0)
    assert off(odd, X)[0] == np.inf
    assert parts(float("nan"), 0.0)


def test_zeros_are_off_by_any_difference():
    assert off(np.zeros(3), np.zeros(3)) == (0.0, 0.0)
    assert off(np.full(3, 1e-3), np.zeros(3))[1] == np.inf


def test_an_array_of_a_layer_s_name_that_is_the_answer_of_the_next_one_is_not_its_own():
    ours = [seen("conv", ["x"], X), seen("leaky", ["conv"], X * 2), seen("out", ["leaky"], X * 3)]
    found = localise(ours, {"conv": X * 2, "out": X * 3}, ["x"])
    assert [layer.paired for layer in found] == ["", "conv", "out"]
    assert first(found) == ()
