from tfmigrate.engines.changes import Change
from tfmigrate.results import Assignment, Plan, Source, Writer
from tfmigrate.tensors import TensorInfo
from tfmigrate.workers.advice import Written, advice

SOURCE = Source("w", "tf1-checkpoint-v2", "a checkpoint")
RECIPE, FILE = Written("recipe"), Written("file")
H5 = Source("w.h5", "keras-h5", "a model", writer=Writer("Keras", "2.1.6"))


def flip(*reads, op):
    return Change("kernel flip", "conv", "is turned", "line", reads, ops=(op,))


def plan(*assignments):
    return Plan(assignments)


def test_a_rule_gets_the_op_behind_those_that_it_has():
    held = Assignment(("a",), ("conv/kernel",), ({"squeeze": {"axis": 0}},), "rule 2")
    said = advice(flip("conv/kernel", op={"reverse": [0, 1]}), SOURCE, plan(held), RECIPE)
    assert said == (
        "weights: {rules: [{from: a, to: conv/kernel, ops: [{squeeze: {axis: 0}}, "
        "{reverse: [0, 1]}]}]}  # instead of rule 2"
    )


def test_an_op_that_is_undone_goes_away():
    for op in ({"reverse": {"axis": [0, 1]}}, {"transpose": {"perm": [1, 0]}}):
        held = Assignment(("a",), ("conv/kernel",), (op,), "rule 1")
        said = advice(flip("conv/kernel", op=op), SOURCE, plan(held), RECIPE)
        assert said == "weights: {rules: [{from: a, to: conv/kernel}]}  # instead of rule 1"


def test_one_that_is_not_its_own_opposite_stays():
    held = Assignment(("a",), ("k",), ({"transpose": [1, 2, 0]},), "rule 1")
    said = advice(flip("k", op={"transpose": [1, 2, 0]}), SOURCE, plan(held), RECIPE)
    assert said.count("transpose") == 2


def test_of_several_targets_one_alone_cannot_have_an_op_of_its_own():
    held = Assignment(("a",), ("k", "r"), ({"split": {"axis": 0, "sizes": [2, 3]}},), "rule 1")
    said = advice(flip("k", op={"transpose": [1, 0]}), SOURCE, plan(held), RECIPE)
    assert "[{transpose: [1, 0]}] for k alone, after what rule 1 does" in said


def test_twins_get_each_other_s_sources_and_ops():
    twins = Change("twins", "a", "", "line", ("a/k", "b/k"), sources={"a/k": "b/k", "b/k": "a/k"})
    held = Assignment(("x",), ("a/k",), ()), Assignment(("y",), ("b/k",), ({"reverse": [0]},))
    said = advice(twins, SOURCE, plan(*held), RECIPE)
    assert "{from: y, to: a/k, ops: [{reverse: [0]}]}, {from: x, to: b/k}" in said


def test_a_rule_names_the_raw_tensor_where_averages_stand_for_it():
    source = Source("w", "", "", tensors=(TensorInfo("k/EMA", (2,), "float32", average_of="k"),))
    held = Assignment(("k/EMA",), ("conv/kernel",), (), "name; moving average")
    said = advice(flip("conv/kernel", op={"reverse": [0]}), source, plan(held), RECIPE)
    assert "{from: k, to: conv/kernel" in said
    assert said.endswith("# instead of name")


def test_a_file_without_a_recipe_gets_the_option_that_exists_for_it():
    held = Assignment(("a",), ("conv/kernel",), ())
    said = advice(flip("conv/kernel", op={"reverse": [0, 1]}), H5, plan(held), FILE)
    assert said.startswith("--backend theano or --backend tensorflow")
    assert "for every tensor of the file, and among them {from: a, to: conv/kernel" in said


def test_what_the_file_says_of_a_layer_only_another_architecture_changes():
    change = Change("epsilon", "bn", "", "- {name: bn}")
    assert advice(change, H5, plan(), RECIPE) == "- {name: bn}"
    assert "the file itself says otherwise" in advice(change, H5, plan(), FILE)


def test_a_layer_s_line_keeps_what_the_recipe_says_of_it():
    change = Change("epsilon", "bn", "", "- {name: bn, layer: Norm, with: {epsilon: 1e-05}}")
    entry = {"name": "bn", "layer": "Norm", "with": {"scale": False, "epsilon": 0.1}, "from": "a/b"}
    assert advice(change, SOURCE, plan(), Written("recipe", [entry])) == (
        "- {name: bn, layer: Norm, with: {scale: false, epsilon: 1e-05}, from: a/b}"
    )


def test_twins_behind_a_split_are_all_named():
    twins = Change("twins", "a", "", "line", ("a/k", "b/k"), sources={"a/k": "b/k", "b/k": "a/k"})
    held = (
        Assignment(("x",), ("a/k", "a/r"), ({"split": {"axis": 0, "sizes": [2, 3]}},), "rule 1"),
        Assignment(("y",), ("b/k", "b/r"), ({"split": {"axis": 0, "sizes": [2, 3]}},), "rule 2"),
    )
    assert advice(twins, SOURCE, plan(*held), RECIPE) == "exchange what fills a/k and b/k"
