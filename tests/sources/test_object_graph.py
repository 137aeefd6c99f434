import pytest

from tfmigrate.errors import Damaged, NotSupported
from tfmigrate.sources import bundle, object_graph, protos
from tfmigrate.sources.object_graph import VALUE


def _graph(*nodes):
    """An object graph of (children, attributes, slots): name -> number, key or (key, full name)."""
    built = []
    for children, keys, slots in nodes:
        attributes = []
        for key in keys:
            key, full = key if isinstance(key, tuple) else (key, "")
            name = key.rpartition("/")[2]
            attributes.append({"name": name, "full_name": full, "checkpoint_key": key})
        built.append(
            {
                "children": [{"local_name": n, "node_id": i} for n, i in children.items()],
                "attributes": attributes,
                "slot_variables": [
                    {"original_variable_node_id": o, "slot_name": n, "slot_variable_node_id": s}
                    for o, n, s in slots
                ],
            }
        )
    return protos.message("ObjectGraph")(nodes=built).SerializeToString()


def _node(children=None, keys=(), slots=()):
    return children or {}, keys, slots


def _named(data, keys):
    return {n.name: n for n in object_graph.named(object_graph.parse(data, "x"), keys)}


def _real(case, name, prefix):
    opened = bundle.open_bundle(case(name) / prefix)
    graph = object_graph.parse(bundle.strings(opened, object_graph.KEY)[0], "x")
    return {n.name: n for n in object_graph.named(graph, opened.entries)}


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("model/dense/kernel" + VALUE, "model/dense/kernel"),
        ("heads/b.Sodd..key/bias" + VALUE, "heads/b/odd.key/bias"),
        (".Sx/...Sy" + VALUE, "/x/./y"),
        (
            "k/.OPTIMIZER_SLOT/opt..1/m" + VALUE,
            "k/.OPTIMIZER_SLOT/opt.1/m",
        ),
        ("it/.ATTRIBUTES/ITERATOR_STATE", "it/.ATTRIBUTES/ITERATOR_STATE"),
    ],
)
def test_readable_names(key, name):
    assert object_graph.readable(key) == name


def test_slots_counters_and_hyperparameters_are_training(case):
    found = _real(case, "tf28_renamed_attrs", "ck-1")
    training = {name: n.training for name, n in found.items() if n.training}
    assert training == {
        **{
            f"model/{layer}/{leaf}/.OPTIMIZER_SLOT/optimizer/{slot}": "optimizer slot"
            for layer in ("fc_a", "fc_b", "out_layer")
            for leaf in ("kernel", "bias")
            for slot in ("m", "v")
        },
        **{
            f"optimizer/{name}": "optimizer state"
            for name in ("beta_1", "beta_2", "decay", "iter", "learning_rate")
        },
        "save_counter": "training counter",
    }
    assert {"extra_state", "model/fc_a/kernel", "model/unused/bias"} <= found.keys()
    assert found["model/fc_a/kernel"].key == "model/fc_a/kernel" + VALUE


def test_a_shared_layer_appears_once_with_its_other_name(case):
    found = _real(case, "tf115e_tied_shared", "w")
    assert "encoder_embed/embeddings" in found["decoder_embed/embeddings"].aliases
    assert "encoder_embed/embeddings" not in found


def test_an_iterator_is_listed_as_state(case):
    found = _real(case, "tf23_guide_iterator_ckpt", "ckpt-1")
    assert found["iterator/.ATTRIBUTES/ITERATOR_STATE"].training == "iterator state"
    assert found["step"].training == ""  # the author's own variable


def test_keras_3_weights_filed_under_the_optimizer_are_weights(case):
    found = _real(case, "keras3_optimizer_ckpt", "ckpt")
    kernel = found["model/_operations/1/_kernel"]
    assert kernel.key == "optimizer/_trainable_variables/0" + VALUE
    assert kernel.training == ""
    assert {"optimizer/_trainable_variables/0", "d1/kernel"} <= set(kernel.aliases)
    weights = {name for name, n in found.items() if not n.training and not n.average_of}
    assert weights == {
        *(f"model/_operations/{i}/{leaf}" for i in (1, 3) for leaf in ("_kernel", "bias")),
        *(
            f"model/_operations/2/{leaf}"
            for leaf in ("gamma", "beta", "moving_mean", "moving_variance")
        ),
    }
    averages = [n for n in found.values() if n.average_of]
    assert len(averages) == 6
    assert {n.training for n in averages} == {""}
    assert found["optimizer/_iterations"].training == "optimizer state"


def test_an_optimizer_alone_still_holds_weights():
    key = "optimizer/_trainable_variables/0" + VALUE
    state = "optimizer/_iterations" + VALUE
    data = _graph(
        _node({"optimizer": 1}),
        _node({"_iterations": 2, "_variables": 3, "_trainable_variables": 4}),
        _node(keys=[state]),
        _node({"0": 2}),
        _node({"0": 5}),
        _node(keys=[(key, "d/kernel")]),
    )
    found = _named(data, [key, state])
    assert found["optimizer/_trainable_variables/0"].training == ""
    assert found["optimizer/_trainable_variables/0"].aliases == ("d/kernel",)
    assert found["optimizer/_iterations"].training == "optimizer state"


def test_a_checkpoint_is_no_optimizer_because_of_its_names():
    """tf.train.Checkpoint(iter=..., learning_rate=..., model=...) holds weights."""
    keys = [name + VALUE for name in ("iter", "learning_rate", "net/iter", "net/lr", "net/d/w")]
    data = _graph(
        _node({"iter": 1, "learning_rate": 2, "net": 3}),
        _node(keys=[keys[0]]),
        _node(keys=[keys[1]]),
        _node({"iter": 4, "lr": 5, "d": 6}),
        _node(keys=[keys[2]]),
        _node(keys=[keys[3]]),
        _node({"w": 7}),
        _node(keys=[keys[4]]),
    )
    assert {n.training for n in _named(data, keys).values()} == {""}


def test_the_root_is_never_an_optimizer():
    names = ["iter", "learning_rate", "w", "save_counter"]
    keys = [name + VALUE for name in names]
    root = _node({name: number for number, name in enumerate(names, 1)})
    found = _named(_graph(root, *(_node(keys=[key]) for key in keys)), keys)
    assert [found[name].training for name in names] == ["", "", "", "training counter"]


def test_an_average_slot_is_an_average():
    keys = ["w" + VALUE, "w/.OPTIMIZER_SLOT/opt/average" + VALUE]
    data = _graph(
        _node({"w": 1, "opt": 2}),
        _node(keys=keys[:1]),
        _node({"iter": 1}, slots=[(1, "average", 3)]),
        _node(keys=keys[1:]),
    )
    average = _named(data, keys)["w/.OPTIMIZER_SLOT/opt/average"]
    assert average.average_of == "w"
    assert average.training == ""


def test_cycles_end():
    key = "a/w" + VALUE
    data = _graph(_node({"a": 1}), _node({"me": 1, "up": 0, "w": 2}), _node(keys=[key]))
    assert _named(data, [key])["a/w"].aliases == ()


def test_aliases_are_bounded():
    """2**60 paths lead through this ladder; it must end, and at once."""
    rungs = 60
    nodes = [_node({"l": i + 1, "r": i + 1}) for i in range(rungs)]
    key = "/".join("l" * rungs) + VALUE
    found = object_graph.named(object_graph.parse(_graph(*nodes, _node(keys=[key])), "x"), [key])
    assert 1 < len(found[0].aliases) <= 16


def test_two_names_that_would_be_one_stay_apart():
    keys = ["a.Sb" + VALUE, "a/b" + VALUE]
    data = _graph(
        _node({"a/b": 1, "a": 2}), _node(keys=keys[:1]), _node({"b": 3}), _node(keys=keys[1:])
    )
    assert set(_named(data, keys)) == set(keys)


def test_full_names_are_aliases_only_where_unique():
    keys = ["a" + VALUE, "b" + VALUE, "c" + VALUE]
    full = ["net/w", "net/w", "a"]  # twice the same; and the name of another
    data = _graph(
        _node({"a": 1, "b": 2, "c": 3}),
        *(_node(keys=[pair]) for pair in zip(keys, full, strict=True)),
    )
    assert [n.aliases for n in _named(data, keys).values()] == [(), (), ()]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xff\xff",
        _graph(_node({"a": 7})),
        _graph(_node({"a": -1})),
        _graph(_node(slots=[(0, "m", 9)])),
        _graph(_node(slots=[(9, "m", 0)])),
    ],
    ids=["empty", "garbage", "child out of range", "child -1", "slot variable", "slot original"],
)
def test_a_damaged_graph_says_so(data):
    with pytest.raises(Damaged) as raised:
        object_graph.parse(data, "x")
    assert "object graph" in str(raised.value)


def test_a_variable_that_is_not_stored():
    data = _graph(_node({"a": 1, "b": 2}), _node(keys=["a" + VALUE]), _node(keys=["b" + VALUE]))
    with pytest.raises(Damaged, match=r"names b/\.ATTRIBUTES"):
        _named(data, ["a" + VALUE])


def test_too_many_objects(monkeypatch):
    monkeypatch.setattr(object_graph, "_MAX_NODES", 2)
    with pytest.raises(NotSupported, match="3 objects"):
        object_graph.parse(_graph(_node(), _node(), _node()), "x")


def test_bookkeeping_strings_are_left_out():
    keys = [object_graph.KEY, "layer/.ATTRIBUTES/OBJECT_CONFIG_JSON", "w" + VALUE]
    data = _graph(_node({"w": 1}), _node(keys=keys[2:]))
    assert list(_named(data, keys)) == ["w"]
