import pytest

from tfmigrate.sources import protos
from tfmigrate.sources.graph_frontier import fed, frontier, trains
from tfmigrate.sources.labels import targets


def _graph(*nodes):
    graph = protos.message("Graph")()
    for name, op, *inputs in nodes:
        graph.node.add(name=name, op=op, input=inputs)
    return graph


TRAINED = _graph(
    ("x", "Placeholder"),
    ("y", "Placeholder"),
    ("shape", "Shape", "x"),
    ("zeros", "Fill", "shape"),
    ("logits", "BiasAdd", "x", "zeros"),
    ("sub", "Sub", "logits", "y"),
    ("gradients/Shape", "Shape", "logits"),
    ("gradients/mul", "Mul", "logits", "gradients/Shape"),
    ("adam/update", "NoOp", "^logits"),
    ("loss/Mean", "Mean", "logits"),
)


def test_what_only_training_consumes_is_an_answer():
    assert frontier(TRAINED, ["x"], ["y"]) == ("logits",)


def test_a_node_that_needs_a_label_is_none():
    assert "sub" not in frontier(TRAINED, ["x"], ["y"])
    assert "sub" in frontier(TRAINED, ["x", "y"], [])


def test_sizes_are_no_values():
    graph = _graph(("x", "Placeholder"), ("shape", "Shape", "x"), ("zeros", "Fill", "shape"),
                   ("out", "Relu", "x"))  # fmt: skip
    assert frontier(graph, ["x"], []) == ("out",)


def test_a_graph_that_updates_its_statistics_trains():
    update = ("bn/AssignMovingAvg", "AssignSub", "bn/moving_mean", "sub")
    assert trains(_graph(("bn/moving_mean", "VariableV2"), ("sub", "Sub"), update))
    average = ("ema/AssignMovingAvg", "AssignSub", "w/ExponentialMovingAverage", "sub")
    assert not trains(_graph(("w", "VariableV2"), ("sub", "Sub"), average))


def test_a_loop_ends():
    graph = _graph(("x", "Placeholder"), ("merge", "Merge", "x", "next"),
                   ("next", "NextIteration", "merge"), ("exit", "Exit", "merge"))  # fmt: skip
    assert frontier(graph, ["x"], []) == ("exit",)


def test_what_a_pipeline_hands_over():
    graph = _graph(("it", "IteratorV2"), ("next", "IteratorGetNext", "it"), ("y", "Relu", "next"))
    assert fed(graph) == ("next",)
    assert frontier(graph, ["next"], []) == ("y",)


@pytest.mark.parametrize(
    ("names", "found"),
    [(["x", "labels"], {"labels"}), (["x", "y_"], {"y_"}), (["labels"], set()),
     (["images", "net/y_true"], {"net/y_true"})],
)  # fmt: skip
def test_labels_are_told_by_their_names(names, found):
    assert targets(names) == found
