from tfmigrate.drafting.chain import chained
from tfmigrate.drafting.entries import Entry
from tfmigrate.drafting.folding import folded
from tfmigrate.drafting.ordering import by_size, natural


def _dense(name, takes, gives, **more):
    return Entry(name, "Dense", {"units": gives}, (), takes, gives, **more)


def _names(entries):
    return [e.name for e in entries]


def test_what_fits_follows_and_needs_no_input():
    whole = chained([_dense("a", 3, 4), _dense("b", 4, 2)], "tf1-layers")
    assert list(whole.inputs) == ["x"]
    assert [e.source for e in whole.entries] == ["", ""]
    assert whole.outputs == {}


def test_what_does_not_fit_gets_an_input_that_stands_in():
    whole = chained([_dense("a", 3, 4), _dense("b", 7, 2)], "tf1-layers")
    assert whole.inputs == {"x": {"shape": [None, 3]}, "unknown_1": {"shape": [None, 7]}}
    assert [e.source for e in whole.entries] == ["x", "unknown_1"]
    assert "unknown: what b is called with" in whole.notes["unknown_1"]
    assert set(whole.outputs.values()) == {"a", "b"}


def test_query_key_and_value_take_the_same():
    inside = [_dense(f"att/{name}", 4, 4) for name in ("query", "key", "value")]
    whole = chained([_dense("x0", 4, 4), *inside], "tf1-layers")
    assert [e.source for e in whole.entries] == ["", "", "x0", "x0"]


def test_a_recurrent_layer_before_another_gives_sequences():
    rnn = [Entry(n, "LSTM", {"units": 4, "return_sequences": False}, (), 4, 4, 3, 2) for n in "ab"]
    whole = chained(rnn, "tf.keras-2.8")
    assert [e.args["return_sequences"] for e in whole.entries] == [True, False]


def test_variables_alone_make_a_model_that_keeps_them():
    whole = chained([Entry("w", "", {"shape": [3]})], "tf1-layers")
    assert _names(whole.entries) == ["w", "y"]
    assert whole.outputs == {"y": "y", "unknown_1": "w"}


def test_the_order_of_sizes_is_taken_where_there_is_one():
    entries = [_dense("b", 4, 2), _dense("a", 3, 4), _dense("c", 2, 9)]
    assert _names(by_size(entries)) == ["a", "b", "c"]
    assert by_size([_dense("a", 4, 4), _dense("b", 4, 4)]) is None
    assert by_size([_dense("a", 4, 5), _dense("b", 7, 8)]) is None


def test_names_are_sorted_by_number_and_norms_behind_their_layers():
    names = ["net/conv10", "logits", "net/conv2/BatchNorm", "net/conv2", "net/embedding"]
    assert sorted(names, key=natural) == [
        "net/embedding", "net/conv2", "net/conv2/BatchNorm", "net/conv10", "logits",
    ]  # fmt: skip


def test_single_entries_fold_from_three_on():
    three = [_dense(f"dense_{i}", 4, 4) for i in (1, 2, 3)]
    (entry,) = folded(three).entries
    assert entry.data["name"] == "dense_$index"
    assert (entry.data["repeat"], "start" in entry.data) == (3, False)
    assert len(folded(three[:2]).entries) == 2
    (zero,) = folded([_dense(f"d{i}", 4, 4) for i in (0, 1, 2)]).entries
    assert zero.data["start"] == 0


def test_other_sizes_are_not_folded():
    assert len(folded([_dense(f"d{i}", 4, n) for i, n in ((1, 4), (2, 4), (3, 5))]).entries) == 3


def test_a_block_sees_its_input_and_its_own_entries_only():
    def unit(i, before):
        return [_dense(f"u{i}/a", 4, 4), _dense(f"u{i}/b", 4, 4, source=before),
                _dense(f"u{i}/c", 4, 4, source=f"u{i}/a")]  # fmt: skip

    first = _dense("first", 4, 4)
    whole = folded([first, *unit(1, "first"), *unit(2, "u1/c"), *unit(3, "u2/c")])
    assert [e.data["name"] for e in whole.entries] == ["first", "u$index"]
    assert [e.data.get("from") for e in whole.blocks["u"]] == [None, "x", "a"]
    outside = folded([first, *(e for i in (1, 2, 3) for e in unit(i, "elsewhere"))])
    assert outside.blocks == {}
