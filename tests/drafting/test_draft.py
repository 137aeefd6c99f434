import pytest

from tfmigrate.errors import NotSupported
from tfmigrate.results import Source

from .conftest import FIXTURES, tensor


def _layers(recipe):
    return [(e.name, e.layer) for e in recipe.architecture.layers]


def _comment(text, name):
    """The comment of the entry of a name: beside it, or above."""
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if f"name: {name}," in line)
    return lines[at].partition("  # ")[2] or lines[at - 1]


def test_a_plain_row_of_layers_is_drafted_whole_in_the_order_of_its_objects(drafted):
    made, recipe = drafted("drafting/keras_chain/w")
    assert made.basis == "objects"
    assert [e.with_["units"] for e in recipe.architecture.layers] == [4, 4, 2]
    assert recipe.architecture.inputs["x"].shape == (None, 5)
    assert recipe.weights.rules == ()
    assert "unknown: activation" in _comment(made.text, "layer_with_weights-0")


def test_an_h5_file_says_the_order_that_names_do_not(drafted):
    _, recipe = drafted("drafting/keras_chain/weights.h5")
    assert [name for name, _ in _layers(recipe)] == ["zeta", "alpha", "mid"]
    assert (recipe.architecture.semantics, recipe.weights.rules) == ("tf.keras-2.8", ())


def test_attributes_stand_in_the_order_in_which_they_were_set(drafted):
    made, recipe = drafted("drafting/subclassed/w")
    assert _layers(recipe) == [
        ("stem", "Embedding"), ("rnn", "Bidirectional"), ("attend/factor", None), ("head", "Dense"),
    ]  # fmt: skip
    assert recipe.architecture.inputs["x"].dtype == "int32"
    inner = recipe.architecture.layers[1].with_["layer"]
    assert (inner["layer"], inner["with"]["units"]) == ("GRU", 3)
    assert inner["with"]["reset_after"] is True
    assert "unknown: what is computed with it" in _comment(made.text, "attend/factor")
    assert recipe.architecture.outputs == {"head": "head", "unknown_1": "attend/factor"}


def test_equal_units_are_folded_and_slims_names_become_rules(drafted):
    made, recipe = drafted("drafting/slim_blocks/model.ckpt")
    assert made.basis == "names"
    assert '- {name: "net/unit_$index", block: unit, repeat: 3}' in made.text
    names = [name for name, _ in _layers(recipe)]
    assert names.index("net/unit_3/conv1/BatchNorm") == names.index("net/unit_3/conv1") + 1
    norm = next(e for e in recipe.architecture.layers if e.name == "net/unit_1/conv1/BatchNorm")
    assert norm.with_["scale"] is False
    assert recipe.architecture.semantics == "slim"
    assert sum(rule.expect for rule in recipe.weights.rules) == 6 + 6 + 3 + 2 + 2


def test_a_size_that_only_flattening_explains_is_a_guess(drafted):
    made, _ = drafted("drafting/slim_blocks/model.ckpt")
    said = _comment(made.text, "net/logits/flattened")
    assert "guessed: flattened: 64 places of 6 (8 x 8 if square)" in said


def test_the_only_order_in_which_sizes_fit_is_taken(drafted):
    _, recipe = drafted("tf1_names_ckpt/v1/model.ckpt-10")
    assert [name for name, layer in _layers(recipe) if layer != "Reshape"] == [
        "encoder/conv", "encoder/bn", "head/logits",
    ]  # fmt: skip
    assert recipe.architecture.semantics == "tf1-layers"


def test_moving_averages_are_preferred_and_the_guess_is_said(drafted):
    made, recipe = drafted("sources/tf1_ema/model.ckpt")
    assert recipe.weights.averages == "prefer"
    assert "guessed: they were served" in made.text


def test_cells_of_tf1_are_known_by_their_scopes(drafted):
    _, recipe = drafted("tf1_cells/tf115")
    kinds = {str(e.with_.get("cell", {}).get("layer")) for e in recipe.architecture.layers}
    assert {"tf1.BasicLSTMCell", "tf1.LSTMCell", "tf1.GRUCell"} <= kinds


def test_every_checkpoint_drafts_a_recipe_without_mistakes(drafted):
    found = [
        p.relative_to(FIXTURES).as_posix().removesuffix(".index")
        for p in FIXTURES.rglob("*.index")
        if "missing" not in p.parts[-2] and p.name != "variables.index"
    ]
    assert len(found) > 15
    for path in found:
        _, recipe = drafted(path, graph=False)  # loading it again raises for a mistake
        assert recipe.architecture.layers, path
        _, recipe = drafted(path)
        assert recipe.architecture.layers or recipe.architecture.graph, path


def test_every_weight_stands_in_the_draft_once(drafted):
    for path in ("drafting/slim_blocks/model.ckpt", "drafting/subclassed/w"):
        from tfmigrate.drafting.draft import entries_of, semantics_of, weights_of
        from tfmigrate.sources import describe

        source = describe(FIXTURES / path)
        tensors, _ = weights_of(source)
        entries = entries_of(tensors, semantics_of(source, tensors))
        sources = [link.source for entry in entries for link in entry.links]
        assert sorted(sources) == sorted(t.name for t in tensors)
        targets = [target for entry in entries for link in entry.links for target in link.targets]
        assert len(set(targets)) == len(targets) == len(tensors)


def test_a_source_without_weights_has_no_draft():
    from tfmigrate.drafting.draft import draft

    step = tensor("global_step", dtype="int64", training="training counter")
    with pytest.raises(NotSupported, match="nothing in it is a weight"):
        draft(Source("x/model.ckpt", "tf1-checkpoint-v2", "t", tensors=(step,)))
