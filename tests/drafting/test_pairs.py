import pytest

from tfmigrate.drafting.pairs import NAMES, ONLY, Likely, ops_between, paired

from .conftest import tensor, variable


def _paired(tensors, variables, known=()):
    likely = Likely({t.name: t for t in tensors}, {v.name: v for v in variables})
    pairs, undecided = paired(likely, known)
    return {p.tensor.name: (p.variable.name, p.why) for p in pairs}, undecided


def test_the_only_one_of_its_shape_needs_no_name():
    pairs, _ = _paired([tensor("zzz/w", 3, 4)], [variable("dense/kernel", 3, 4)])
    assert pairs == {"zzz/w": ("dense/kernel", ONLY)}


def test_names_decide_between_equal_shapes():
    names = ("one", "two", "three")
    tensors = [tensor(f"net/{n}/weights", 4, 4) for n in names]
    variables = [variable(f"{n}/kernel", 4, 4) for n in reversed(names)]
    pairs, undecided = _paired(tensors, variables)
    assert pairs == {f"net/{n}/weights": (f"{n}/kernel", NAMES) for n in names}
    assert undecided == ()


def test_what_names_do_not_decide_is_undecidable():
    tensors = [tensor("alpha/kernel", 4, 4), tensor("beta/kernel", 4, 4)]
    variables = [variable("gamma/kernel", 4, 4), variable("delta/kernel", 4, 4)]
    pairs, (group,) = _paired(tensors, variables)
    assert pairs == {}
    assert [t.name for t in group.tensors] == ["alpha/kernel", "beta/kernel"]
    assert [v.name for v in group.variables] == ["gamma/kernel", "delta/kernel"]


def test_numbers_that_are_counters_decide_nothing():
    tensors = [tensor("dense_4/kernel", 4, 4), tensor("dense_5/kernel", 4, 4)]
    variables = [variable("dense/kernel", 4, 4), variable("dense_1/kernel", 4, 4)]
    assert _paired(tensors, variables)[0] == {}


def test_a_layer_that_one_weight_gives_away_takes_the_others_with_it():
    tensors = [tensor(f"{n}/{w}", *s) for n, i in (("p", 2), ("q", 3))
               for w, s in (("kernel", (i, 4)), ("bias", (4,)))]  # fmt: skip
    variables = [variable(f"{n}/{w}", *s) for n, i in (("a", 3), ("b", 2))
                 for w, s in (("kernel", (i, 4)), ("bias", (4,)))]  # fmt: skip
    pairs, _ = _paired(tensors, variables)
    assert {t: v for t, (v, _) in pairs.items()} == {
        "p/kernel": "b/kernel", "p/bias": "b/bias", "q/kernel": "a/kernel", "q/bias": "a/bias",
    }  # fmt: skip


def test_a_pair_that_fits_already_decides_for_its_layer():
    tensors = [tensor("p/bias", 4), tensor("q/bias", 4)]
    variables = [variable("a/bias", 4), variable("b/bias", 4)]
    pairs, _ = _paired(tensors, variables, [("p/kernel", "b/kernel")])
    assert {t: v for t, (v, _) in pairs.items()} == {"p/bias": "b/bias", "q/bias": "a/bias"}


def test_weights_for_different_things_are_never_paired():
    pairs, _ = _paired([tensor("bn/beta", 4)], [variable("bn/moving_mean", 4)])
    assert pairs == {}


@pytest.mark.parametrize(
    ("source", "target", "ops"),
    [
        ((3, 4), (3, 4), ()),
        ((3, 4), (4, 3), ({"transpose": {"perm": [1, 0]}},)),
        ((1, 1, 5, 7), (5, 7), ({"squeeze": {"axis": [0, 1]}},)),
        ((5, 7), (1, 5, 7), ({"reshape": {"shape": [1, 5, 7]}},)),
        ((4, 4, 2), (2, 4, 4), None),
        ((3, 4), (3, 5), None),
    ],
)
def test_ops_where_shapes_leave_no_choice(source, target, ops):
    assert ops_between(source, target) == ops
