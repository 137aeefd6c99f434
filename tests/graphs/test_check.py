"""Whether a pruned graph may be run."""

from __future__ import annotations

import pytest

from tfmigrate.graphs import check

FRAME = 'attr {key: "frame_name" value {s: "loop"}}'
BIG = (
    'attr {key: "dtype" value {type: DT_FLOAT}} attr {key: "value" value {tensor {dtype: DT_FLOAT'
    " tensor_shape {dim {size: 2147483647}}}}}"
)


def problems(graph, *wanted):
    return [p.what for p in check.problems(graph.nodes, graph, [(w, 0) for w in wanted], ())]


def test_pure_ops_may_be_run(graph, node):
    assert problems(graph(node("x", "Const"), node("y", "Neg", "x")), "y") == []


@pytest.mark.parametrize(
    ("op", "said"),
    [
        ("PyFunc", "calls Python code"),
        ("ReadFile", "reads or writes files"),
        ("WriteFile", "reads or writes files"),
        ("CudnnRNN", "cuDNN"),
        ("QueueDequeueV2", "input pipeline"),
        ("ThreeNN", "contrib"),
        ("Placeholder", "fed from outside"),
        ("AssignAdd", "changes a variable"),
        ("NoSuchOp", "not on the list"),
    ],
)
def test_everything_else_is_refused_by_name(graph, node, op, said):
    (what,) = problems(graph(node("y", op)), "y")
    assert what.startswith(op)
    assert said in what


def test_every_refused_op_is_named_at_once(graph, node):
    whole = graph(node("a", "PyFunc"), node("b", "PyFunc"), node("c", "ReadFile"))
    assert [w.split()[0] for w in problems(whole, "a")] == ["PyFunc", "ReadFile"]
    assert problems(whole, "a")[0].endswith("(2 nodes)")


def function(name: str, body: str) -> str:
    return f'library {{ function {{ signature {{ name: "{name}" }} {body} }} }}\n'


def test_bodies_of_functions_count(graph, node):
    body = node("inside", "WriteFile").replace("node {", "node_def {")
    assert "WriteFile" in problems(graph(node("y", "f"), function("f", body)), "y")[0]


@pytest.mark.parametrize("by", ["op", "attribute"])
def test_a_function_that_calls_itself_is_refused(graph, node, by):
    called = 'attr {key: "f" value {func {name: "f"}}}'
    inner = node("g", "f") if by == "op" else node("g", "PartitionedCall", attrs=called)
    whole = graph(node("y", "f"), function("f", inner.replace("node {", "node_def {")))
    assert "calls itself" in problems(whole, "y")[0]


def test_functions_that_nobody_calls_do_not_count(graph, node):
    body = node("inside", "WriteFile").replace("node {", "node_def {")
    assert problems(graph(node("y", "Const"), function("f", body)), "y") == []


def test_a_constant_that_declares_more_than_it_holds_is_refused(graph, node):
    assert "far more" in problems(graph(node("y", "Const", attrs=BIG)), "y")[0]


def test_an_output_inside_a_loop_is_refused(graph, node):
    whole = graph(node("x", "Const"), node("y", "Enter", "x", attrs=FRAME))
    assert "inside a loop" in problems(whole, "y")[0]


def test_an_exit_without_an_enter_is_refused(graph, node):
    assert "nothing entered" in problems(graph(node("x", "Const"), node("y", "Exit", "x")), "y")[0]


def test_values_of_different_loops_do_not_meet(graph, node):
    whole = graph(
        node("x", "Const"), node("in", "Enter", "x", attrs=FRAME), node("y", "Add", "in", "x")
    )
    assert any("different loops" in what for what in problems(whole, "y"))


def test_a_circle_outside_a_loop_is_refused(graph, node):
    whole = graph(node("a", "Add", "y", "y"), node("y", "Neg", "a"))
    assert "its own result" in problems(whole, "y")[0]
