from __future__ import annotations

from tfmigrate.graphs import prune, state


def kept(graph, wanted: str) -> list[str]:
    pruned = prune.prune(graph, [(wanted, 0)], {("in", 0): None})
    return [p.where for p in state.kept(graph, pruned)]


def counting(node, graph, *more: str):
    return graph(
        node("in", "Placeholder"),
        node("v", "VarHandleOp"),
        node("read", "ReadVariableOp", "v"),
        node("out", "Mul", "in", "read", "^assign"),
        *more,
    )


def test_a_variable_that_an_answer_reads_and_changes_is_state(node, graph):
    found = counting(node, graph, node("assign", "AssignAddVariableOp", "v", "in"))
    assert kept(found, "out") == ["v"]


def test_a_variable_that_is_changed_and_not_read_is_none(node, graph):
    more = (node("w", "VarHandleOp"), node("assign", "AssignAddVariableOp", "w", "in"))
    assert kept(counting(node, graph, *more), "out") == []


def test_a_table_that_an_answer_inserts_into_is_state(node, graph):
    found = graph(
        node("in", "Placeholder"),
        node("table", "MutableHashTableV2"),
        node("assign", "LookupTableInsertV2", "table", "in", "in"),
        node("out", "LookupTableFindV2", "table", "in", "in", "^assign"),
    )
    assert kept(found, "out") == ["table"]


def test_a_function_that_changes_what_it_is_given_counts(node, graph):
    call = 'attr {key: "body" value {func {name: "step"}}}'
    inner = 'node_def {name: "a" op: "AssignVariableOp"}'
    body = f'library {{function {{signature {{name: "step"}} {inner}}}}}'
    found = counting(node, graph, node("assign", "While", "v", attrs=call), body)
    assert kept(found, "out") == ["v"]
