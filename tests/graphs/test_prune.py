"""A graph cut at its inputs and pruned to its outputs."""

from __future__ import annotations

import pytest

from tfmigrate.graphs import prune

BOOL = 'attr {key: "dtype" value {type: DT_BOOL}}'
FALSE = BOOL + 'attr {key: "value" value {tensor {dtype: DT_BOOL tensor_shape {} bool_val: false}}}'
FRAME = 'attr {key: "frame_name" value {s: "loop"}} attr {key: "T" value {type: DT_FLOAT}}'

X, Y, TRAIN = ("x", 0), ("y", 0), ("train", 0)


@pytest.fixture
def conditional(node):
    """``y = cond(train, batch(x), moving(v))``, as tf.cond of TF1 wrote it."""
    return "".join([
        node("x", "Placeholder"), node("v", "VariableV2"), node("train", "Placeholder"),
        node("cond/Switch", "Switch", "train", "train"),
        node("cond/switch_t", "Identity", "cond/Switch:1"),
        node("cond/switch_f", "Identity", "cond/Switch"),
        node("cond/pred_id", "Identity", "train"),
        node("batch", "PyFunc", "cond/x/Switch:1", "^update"),
        node("cond/x/Switch", "Switch", "x", "cond/pred_id"),
        node("update", "AssignSub", "cond/v/Switch:1", "cond/one"),
        node("cond/one", "Const", "^cond/switch_t"),
        node("cond/v/Switch", "RefSwitch", "v", "cond/pred_id"),
        node("moving", "Neg", "cond/v/Switch"),
        node("cond/Merge", "Merge", "moving", "batch"),
        node("y", "Identity", "cond/Merge"),
        node("which", "Identity", "cond/Merge:1"),
    ])  # fmt: skip


def test_only_what_the_outputs_need_is_left(graph, node):
    whole = graph(node("x", "Placeholder"), node("y", "Neg", "x"), node("z", "WriteFile", "x"))
    found = prune.prune(whole, [Y], {X: None})
    assert list(found.nodes) == ["y"]
    assert found.used == {X}


def test_what_makes_an_input_is_cut_off(graph, node):
    queue = node("queue", "QueueDequeueV2", "file") + node("file", "ReadFile")
    whole = graph(queue, node("y", "Neg", "queue:1", "^queue"))
    found = prune.prune(whole, [Y], {("queue", 1): None})
    assert list(found.nodes) == list(found.whole) == ["y"]
    assert found.nodes["y"].controls == ()


def test_the_branch_that_a_feed_rules_out_is_gone(graph, conditional):
    found = prune.prune(graph(conditional), [Y], {X: None, TRAIN: False})
    assert {n.name: n.op for n in found.nodes.values()} == {
        "v": "VariableV2", "cond/v/Switch": "Identity", "moving": "Neg", "cond/Merge": "Identity",
        "y": "Identity",
    }  # fmt: skip
    assert found.nodes["cond/Merge"].inputs == (("moving", 0),)
    assert "batch" in found.whole
    assert X not in found.used


def test_the_other_branch_is_taken_with_the_other_feed(graph, conditional):
    found = prune.prune(graph(conditional), [Y], {X: None, TRAIN: True})
    assert "batch" in found.nodes
    assert "moving" not in found.nodes
    assert found.skipped == ("update",)  # waited for alone, so it is not run


def test_an_unknown_condition_keeps_both_branches_and_their_pivots(graph, conditional):
    found = prune.prune(graph(conditional), [Y], {X: None, TRAIN: None})
    assert {"batch", "moving", "cond/Merge"} <= found.nodes.keys()
    assert found.nodes["cond/v/Switch"].op == "Switch"  # of a reference: now of a value


def test_the_second_output_of_a_decided_merge_is_a_constant(graph, conditional):
    found = prune.prune(graph(conditional), [("which", 0)], {X: None, TRAIN: True})
    (constant,) = (n for n in found.nodes.values() if prune.INDEX in n.attrs)
    assert constant.attrs[prune.INDEX] == 1


def test_an_output_in_an_untaken_branch_is_lost(graph, conditional):
    found = prune.prune(graph(conditional), [("batch", 0)], {X: None, TRAIN: False})
    assert found.lost == (("batch", 0),)


def test_a_condition_is_known_through_a_default_and_logic(graph, node, conditional):
    known = node("off", "Const", attrs=FALSE) + node("train", "LogicalAnd", "off", "any")
    known += node("any", "Placeholder", attrs=BOOL)
    text = conditional.replace(node("train", "Placeholder"), known)
    found = prune.prune(graph(text), [Y], {X: None, ("any", 0): None})
    assert "batch" not in found.nodes


def test_a_condition_is_known_through_a_negation(graph, node, conditional):
    known = node("off", "Const", attrs=FALSE) + node("train", "LogicalNot", "off")
    text = conditional.replace(node("train", "Placeholder"), known)
    assert "moving" not in prune.prune(graph(text), [Y], {X: None}).nodes


def test_checks_prints_and_summaries_that_are_waited_for_are_dropped(graph, node):
    aside = node("check", "Assert", "x") + node("sum", "ScalarSummary", "x")
    whole = graph(node("x", "Placeholder"), aside, node("y", "Neg", "x", "^check", "^sum"))
    found = prune.prune(whole, [Y], {X: None})
    assert list(found.nodes) == ["y"]


def test_print_hands_on_its_first_input(graph, node):
    whole = graph(node("x", "Placeholder"), node("said", "PyFunc"), node("y", "Print", "x", "said"))
    found = prune.prune(whole, [Y], {X: None})
    assert (found.nodes["y"].op, found.nodes["y"].inputs) == ("Identity", (X,))
    assert list(found.nodes) == ["y"]


@pytest.fixture
def loop(node):
    """``y = while x < 1: x + one``, with a check inside that the next step waits for."""
    return "".join([
        node("x", "Placeholder"),
        node("enter", "Enter", "x", attrs=FRAME),
        node("merge", "Merge", "enter", "next"),
        node("less", "Less", "merge", "one_outside"),
        node("one_outside", "Const", "^merge"),
        node("go", "LoopCond", "less"),
        node("switch", "Switch", "merge", "go"),
        node("body", "Identity", "switch:1"),
        node("check", "Assert", "body"),
        node("one", "Const", "^check"),
        node("add", "Add", "body", "one"),
        node("next", "NextIteration", "add"),
        node("y", "Exit", "switch"),
    ])  # fmt: skip


def test_a_loop_stays_whole_and_what_stands_aside_is_bridged(graph, loop):
    found = prune.prune(graph(loop), [Y], {X: None})
    assert found.lost == ()
    assert found.nodes["merge"].op == "Merge"
    assert found.nodes["one"].controls == ("body",)  # else it would run outside the loop
    assert found.nodes["one_outside"].controls == ("merge",)


def test_a_name_that_is_not_there_is_found(graph, node):
    whole = graph(node("y", "Neg", "gone", "^away"))
    assert list(prune.missing(whole, {})) == [("y", "gone"), ("y", "away")]
    assert list(prune.missing(whole, {("gone", 0): None})) == [("y", "away")]
