"""The table of changes without a model: what is proposed, and that its ops say what is done."""

import numpy as np
import pytest
import yaml

from tfmigrate.engines.changes import FAMILIES, gates, kernels, proposals
from tfmigrate.engines.changes.base import View
from tfmigrate.engines.changes.embeddings import shuffled
from tfmigrate.engines.changes.faults import _spread, chosen
from tfmigrate.lazy import load
from tfmigrate.mapping.ops import parse_op, run_all
from tfmigrate.tensors import VariableInfo


def view(path, kinds, shapes, **more):
    infos = tuple(
        VariableInfo(f"{path}/{leaf}", shape, "float32", (path,), leaf.rpartition("/")[2])
        for leaf, shape in shapes.items()
    )
    return View(path, kinds, variables=infos, **more)


LSTM = {"kernel": (3, 20), "recurrent_kernel": (5, 20), "bias": (20,)}
GRU = {"kernel": (3, 12), "recurrent_kernel": (4, 12), "bias": (2, 12)}
BN = dict.fromkeys(("gamma", "beta", "moving_mean", "moving_variance"), (3,))
VIEWS = (
    view("c", ("Conv2D",), {"kernel": (3, 3, 3, 3), "bias": (3,)}),
    view("v", ("Conv3D",), {"kernel": (2, 3, 2, 4, 4)}),
    view("l", ("LSTM",), LSTM, config={"activation": "tanh", "recurrent_activation": "sigmoid"}),
    view("g", ("GRU",), GRU, config={"reset_after": True, "recurrent_activation": "sigmoid"}),
    view("bn", ("BatchNormalization",), BN, config={"epsilon": 1e-3}),
    view("d", ("Dense",), {"kernel": (12, 12), "bias": (12,)}, flattened=(2, 3, 2)),
    view("e", ("Embedding",), {"embeddings": (5, 2)}),
    view("scope", (), {"weights": (3, 3, 1, 2), "biases": (2,)}),
    view("rnn/basic_lstm_cell", (), {"kernel": (7, 16), "bias": (16,)}),
)


def changes(of):
    for target in FAMILIES.values():
        module, _, function = target.partition(":")
        yield from getattr(load(module), function)(of)


def values(of, seed=3):
    random = np.random.default_rng(seed)
    return {v.name: random.random(v.shape, np.float32) + 0.5 for v in of.variables}


@pytest.mark.parametrize("of", VIEWS, ids=lambda v: v.path.replace("/", "-"))
def test_the_ops_that_are_shown_do_what_is_done(of):
    found = [c for c in changes(of) if c.weights is not None]
    assert found
    held = values(of)
    for change in found:
        new = change.weights(held)
        assert set(new) == set(change.reads)
        for name, array in new.items():
            assert (array.shape, array.dtype) == (held[name].shape, held[name].dtype)
            if change.ops:
                (same,) = run_all([parse_op(op) for op in change.ops], [held[name]])
                np.testing.assert_array_equal(array, same, change.what)
            if change.sources:
                np.testing.assert_array_equal(array, held[change.sources[name]])


@pytest.mark.parametrize("of", VIEWS, ids=lambda v: v.path.replace("/", "-"))
def test_what_is_to_be_written_is_yaml(of):
    for change in changes(of):
        for line in change.apply.split("; "):
            if line.startswith(("{", "- {")):
                assert yaml.safe_load(line), line


def test_every_order_of_the_gates_is_tried_once():
    for of, orders, own in ((VIEWS[2], 24, "ifco"), (VIEWS[3], 6, "zrh"), (VIEWS[8], 24, "icfo")):
        every = [c for c in gates.propose(of) if c.kind == "gate order"]
        found = [c for c in every if not c.what.endswith(" alone")]
        assert len({c.what for c in found}) == len(found) == orders - 1
        assert all(c.what.endswith(f"not {own}") for c in found)
        assert all(set(c.reads) == {v.name for v in of.variables} for c in found)


def test_the_forget_bias_is_that_of_the_forget_gate():
    added, taken = (c for c in gates.propose(VIEWS[2]) if c.kind == "forget bias")
    zeros = {"l/bias": np.zeros(20, np.float32)}
    assert added.weights(zeros)["l/bias"].tolist() == [0.0] * 5 + [1.0] * 5 + [0.0] * 10
    assert taken.weights(zeros)["l/bias"].sum() == -5


def test_a_kernel_is_turned_as_a_whole_and_by_axis():
    said = [c.ops for c in kernels.propose(VIEWS[0]) if c.kind == "kernel flip"]
    assert said == [({"reverse": [0, 1]},), ({"reverse": [0]},), ({"reverse": [1]},)]
    assert not list(kernels.propose(view("d", ("EinsumDense",), {"kernel": (3, 2, 4)})))


def test_half_of_the_rows_are_shuffled_and_none_of_them_stays():
    of = VIEWS[6]
    for seed in range(20):
        held = {"e/embeddings": np.arange(10, dtype=np.float32).reshape(5, 2)}
        new = shuffled(of, of.variables[0], seed).weights(held)["e/embeddings"]
        assert sorted(new[:, 0]) == [0, 2, 4, 6, 8]
        assert (new != held["e/embeddings"]).all(axis=1).sum() == 2


@pytest.mark.parametrize("count", range(1, 20))
def test_what_is_chosen_is_spread(count):
    order = _spread(count)
    assert sorted(order) == list(range(count))
    assert order[0] == 0
    if count > 8:
        assert max(np.diff(sorted(order[:4]))) <= count // 2


def test_kinds_take_turns_until_there_are_enough():
    kinds = [[f"a{i}" for i in range(5)], ["b0"], ["c0", "c1"]]
    assert chosen(kinds, 5) == ["a0", "b0", "c0", "a4", "c1"]
    assert sorted(chosen(kinds, 99)) == ["a0", "a1", "a2", "a3", "a4", "b0", "c0", "c1"]


def test_a_graph_has_its_weights_changed_by_scope():
    from tfmigrate.engines.built import Built
    from tfmigrate.tensors import Signature

    infos = tuple(
        VariableInfo(f"{scope}/{leaf}", shape, "float32", (), leaf)
        for scope in ("conv1", "conv2")
        for leaf, shape in (("weights", (3, 3, 2, 2)), ("biases", (2,)))
    )
    built = Built(dict, Signature("", (), ()), infos, {})
    found = list(proposals(built))
    assert {c.kind for c in found} >= {"kernel flip", "kernel transpose", "drop bias", "twins"}
    assert all(c.weights is not None and c.config is None for c in found)
    (twins,) = [c for c in found if c.kind == "twins" and c.layer == "conv1"]
    assert set(twins.reads) == {i.name for i in infos}
