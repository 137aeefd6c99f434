from __future__ import annotations

import pytest

from tfmigrate.errors import NotSupported
from tfmigrate.graphs import flatten, nodes
from tfmigrate.sources import protos

FLOAT = "type: DT_FLOAT"
CALL = 'attr {key: "f" value {func {name: "%s"}}}'


def body(name: str, *inner: str, ins=("x",), outs=(("y", "add:z:0"),), controls=()) -> str:
    """The text of a function of floats."""
    args = " ".join(f'input_arg {{name: "{n}" {FLOAT}}}' for n in ins)
    rets = " ".join(f'output_arg {{name: "{n}" {FLOAT}}}' for n, _ in outs)
    ret = " ".join(f'ret {{key: "{n}" value: "{t}"}}' for n, t in outs)
    done = " ".join(f'control_ret {{key: "{n}" value: "{n}"}}' for n in controls)
    said = " ".join(text.replace("node {", "node_def {", 1) for text in inner)
    return f'function {{signature {{name: "{name}" {args} {rets}}} {said} {ret} {done}}}\n'


def flat(*texts: str) -> tuple[nodes.Graph, flatten.Flat]:
    functions = [t for t in texts if t.startswith("function")]
    plain = "".join(t for t in texts if t not in functions)
    text = f"{plain} library {{{' '.join(functions)}}}"
    found = flatten.flat(protos.parse_text("Graph", text, "graph"), "graph")
    return nodes.read(found.graph), found


def call(node, name: str, function: str, *inputs: str) -> str:
    return node(name, "PartitionedCall", *inputs, attrs=CALL % function)


def test_a_call_becomes_the_nodes_of_its_function(node):
    graph, found = flat(
        node("in", "Placeholder"),
        call(node, "call", "double", "in"),
        node("out", "Relu", "call"),
        body("double", node("add", "Add", "x", "x")),
    )
    assert graph.nodes["call/add"].inputs == (("in", 0), ("in", 0))
    assert graph.nodes["call/output_0"].inputs == (("call/add", 0),)
    assert graph.nodes["out"].inputs == (("call/output_0", 0),)
    assert found.tensor(("call", 0)) == ("call/output_0", 0)


def test_calls_inside_functions_are_replaced_too_each_on_its_own(node):
    graph, _ = flat(
        node("in", "Placeholder"),
        call(node, "call", "outer", "in"),
        body("outer", call(node, "one", "inner", "x"), call(node, "two", "inner", "one:output:0"),
             outs=(("y", "two:output:0"),)),
        body("inner", node("add", "Add", "x", "x")),
    )  # fmt: skip
    assert graph.nodes["call/two/add"].inputs[0] == ("call/one/output_0", 0)
    assert graph.nodes["call/one/add"].inputs[0] == ("in", 0)


def test_a_named_output_is_the_one_of_its_number(node):
    graph, _ = flat(
        node("in", "Placeholder"),
        call(node, "call", "norm", "in"),
        body("norm", node("bn", "FusedBatchNormV3", "x", "x", "x", "x", "x"),
             node("use", "Relu", "bn:batch_variance:0"), outs=(("y", "use:activations:0"),)),
    )  # fmt: skip
    assert graph.nodes["call/use"].inputs == (("call/bn", 2),)


def test_an_output_waits_for_what_the_function_does_besides(node):
    graph, _ = flat(
        node("in", "Placeholder"),
        call(node, "call", "counting", "in"),
        body("counting", node("add", "Add", "x", "x"), node("count", "AssignAddVariableOp", "x"),
             controls=("count",)),
    )  # fmt: skip
    assert graph.nodes["call/output_0"].controls == ("call",)
    assert graph.nodes["call"].op == "NoOp"
    assert graph.nodes["call"].controls == ("call/count",)


def test_names_that_are_there_already_are_not_taken(node):
    graph, _ = flat(
        node("in", "Placeholder"),
        node("call/add", "Relu", "in"),
        call(node, "call", "double", "in"),
        body("double", node("add", "Add", "x", "x")),
    )
    assert graph.nodes["call/add"].op == "Relu"
    assert graph.nodes["call_/add"].op == "Add"


def test_a_function_that_calls_itself_is_refused(node):
    with pytest.raises(NotSupported, match="calls itself"):
        flat(
            node("in", "Placeholder"),
            call(node, "call", "again", "in"),
            body("again", call(node, "add", "again", "x"), outs=(("y", "add:output:0"),)),
        )


def test_calls_that_double_at_every_level_are_refused_in_time(node):
    levels = [
        body(f"f{i}", call(node, "a", f"f{i + 1}", "x"), call(node, "b", f"f{i + 1}", "x"),
             outs=(("y", "b:output:0"),))
        for i in range(40)
    ]  # fmt: skip
    with pytest.raises(NotSupported, match="more than"):
        flat(
            node("in", "Placeholder"), call(node, "call", "f0", "in"), *levels,
            body("f40", node("add", "Add", "x", "x")),
        )  # fmt: skip


def test_among_switches_of_tf1_calls_stay(node):
    graph, _ = flat(
        node("in", "Placeholder"),
        node("switch", "Switch", "in", "in"),
        call(node, "call", "double", "switch"),
        body("double", node("add", "Add", "x", "x")),
    )
    assert graph.nodes["call"].op == "PartitionedCall"


def test_a_handle_is_the_node_that_makes_it(node):
    resource = 'attr {key: "T" value {type: DT_RESOURCE}}'
    same = node("same", "Identity", "table:t:0", attrs=resource)
    text = body("make", node("table", "HashTableV2"), same, ins=(), outs=(("y", "same:o:0"),))
    text = text.replace('"y" type: DT_FLOAT', '"y" type: DT_RESOURCE')
    graph, _ = flat(call(node, "call", "make"), node("find", "LookupTableFindV2", "call"), text)
    assert graph.nodes["find"].inputs == (("call/table", 0),)
