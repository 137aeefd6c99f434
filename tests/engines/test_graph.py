"""The engine for graphs: its table of ops, old ops, and what it finds out about inputs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tfmigrate.engines import graph_hints, graph_upgrades
from tfmigrate.errors import NotSupported
from tfmigrate.graphs import nodes, prune
from tfmigrate.graphs.allowed import ALLOWED, ASIDE
from tfmigrate.graphs.asked import Asked, GraphInput
from tfmigrate.graphs.outputs import OUTPUTS
from tfmigrate.sources import protos
from tfmigrate.tensors import TensorSpec, as_json
from tfmigrate.workers.client import Limits, Server

GIB = 1 << 30
FLOAT = 'attr {key: "T" value {type: DT_FLOAT}} attr {key: "dtype" value {type: DT_FLOAT}}'
INDEX = 'attr {key: "Tparams" value {type: DT_FLOAT}} attr {key: "Tindices" value {type: DT_INT32}}'
TABLE = FLOAT + 'attr {key: "shape" value {shape {dim {size: 7} dim {size: 2}}}}'


@pytest.fixture(scope="module")
def server():
    with Server(("tensorflow",), path=(str(Path(__file__).parent),)) as server:
        yield server


def node(name: str, op: str, *inputs: str, attrs: str = FLOAT) -> str:
    listed = " ".join(f'input: "{i}"' for i in inputs)
    return f'node {{ name: "{name}" op: "{op}" {listed} {attrs} }}\n'


def test_the_outputs_of_ops_are_where_this_tensorflow_has_them(server):
    payload = {"ops": sorted(ALLOWED)}
    found = server.start("graph_tasks:several_outputs", payload, Limits(memory=2 * GIB)).result()
    assert {op: list(OUTPUTS[op]) for op in found} == found


def test_every_allowed_op_is_one_of_this_tensorflow_or_is_replaced(server):
    payload = {"ops": sorted(ALLOWED)}
    found = server.start("graph_tasks:unregistered", payload, Limits(memory=2 * GIB)).result()
    assert found["gone"] == []
    assert [op for op in found["old"] if op not in graph_upgrades.UPGRADES] == []


def test_nothing_is_both_allowed_and_a_change_of_state():
    assert {"Assert", "NoOp", "TensorArrayCloseV3"} == ALLOWED & ASIDE


def constant(name: str, *values: float, rank: int = 1) -> str:
    dims = f"dim {{ size: {len(values)} }}" if rank else ""
    listed = " ".join(f"float_val: {v}" for v in values)
    tensor = f"dtype: DT_FLOAT tensor_shape {{ {dims} }} {listed}"
    return node(name, "Const", attrs=FLOAT + f'attr {{key: "value" value {{tensor {{{tensor}}}}}}}')


def test_the_batch_normalisation_of_tensorflow_0_is_computed_by_ops_of_today(server, tmp_path):
    attrs = FLOAT + (
        'attr {key: "variance_epsilon" value {f: 0.0}}'
        'attr {key: "scale_after_normalization" value {b: true}}'
    )
    text = node("x", "Placeholder") + constant("m", 1, 2) + constant("v", 4, 9)
    text += constant("b", 0.5, 0.25) + constant("g", 2, 3)
    text += node("y", "BatchNormWithGlobalNormalization", "x", "m", "v", "b", "g", attrs=attrs)
    (tmp_path / "graph.pbtxt").write_text(text + "versions { producer: 8 }")
    asked = Asked({"x": GraphInput("x:0", (None, 1, None, 2), "float32")}, {"y": "y:0"})
    payload = {
        "graph": str(tmp_path / "graph.pbtxt"), "kind": "frozen-graph", "asked": as_json(asked),
    }  # fmt: skip
    limits = Limits(memory=2 * GIB, read=(str(tmp_path),))
    found = server.start("graph_tasks:answer", payload, limits).result()
    assert found["y"] == [[[[0.5, 0.25], [2.5, 3.25]]]]


def test_the_worker_checks_what_it_imports_once_more(server, tmp_path):
    (tmp_path / "graph.pbtxt").write_text(node("x", "Placeholder") + node("y", "PyFunc", "x"))
    asked = Asked({"x": GraphInput("x:0", (None,), "float32")}, {"y": "y:0"})
    payload = {
        "graph": str(tmp_path / "graph.pbtxt"), "kind": "frozen-graph", "asked": as_json(asked),
    }  # fmt: skip
    limits = Limits(memory=2 * GIB, read=(str(tmp_path),))
    with pytest.raises(NotSupported) as caught:
        server.start("graph_tasks:answer", payload, limits).result()
    assert "PyFunc calls Python code" in caught.value.problems[0].what


def hints(text: str, *specs: TensorSpec):
    graph = nodes.read(protos.parse_text("Graph", text, "graph.pbtxt"))
    asked = Asked({s.name: GraphInput(f"{s.name}:0", s.shape, s.dtype) for s in specs}, {"y": "y"})
    pruned = prune.prune(graph, asked.wanted(), asked.given())
    return graph_hints.hints(pruned, asked, specs, lambda shapes: True)


def test_ids_stay_within_the_table_that_they_are_looked_up_in():
    text = node("table", "VariableV2", attrs=TABLE) + node("read", "Identity", "table")
    text += node("flat", "Reshape", "ids", "size") + node("size", "Const")
    text += node("y", "GatherV2", "read", "flat", "size", attrs=INDEX)
    found = hints(text, TensorSpec("ids", (None, 4), "int32"))
    assert (found["ids"].low, found["ids"].high) == (0, 7)
    assert found["ids"].rows == 7


def test_masks_and_lengths_are_known_by_their_names_where_no_node_says_more():
    text = node("y", "Add", "input_mask", "seq_len")
    mask, length = (TensorSpec(n, (None, 4), "int32") for n in ("input_mask", "seq_len"))
    found = hints(text, mask, replace(length, shape=(None,)))
    assert {name: hint.kind for name, hint in found.items()} == {
        "input_mask": "mask", "seq_len": "length"
    }  # fmt: skip


def test_lengths_stay_within_the_steps():
    text = node("least", "Min", "n", "axis") + node("axis", "Const")
    text += node("y", "Add", "x", "least")
    specs = (TensorSpec("x", (None, 5, 3), "float32"), TensorSpec("n", (None,), "int32"))
    found = hints(text, *specs)
    assert (found["n"].low, found["n"].high) == (1, 6)
    assert "x" not in found


def test_free_sizes_get_lengths_that_fit():
    text = node("y", "Neg", "x")
    graph = nodes.read(protos.parse_text("Graph", text, "graph.pbtxt"))
    spec = TensorSpec("x", (None, None, 3), "float32")
    asked = Asked({"x": GraphInput("x:0", spec.shape, spec.dtype)}, {"y": "y"})
    pruned = prune.prune(graph, asked.wanted(), asked.given())
    found = graph_hints.hints(pruned, asked, (spec,), lambda shapes: shapes["x"][1] >= 32)
    assert found["x"].lengths == (32, 48, 64)


def test_the_largest_values_of_tensorflow_0_are_found_too(server, tmp_path):
    attrs = FLOAT + 'attr {key: "k" value {i: 1}}'
    (tmp_path / "graph.pbtxt").write_text(
        node("x", "Placeholder") + node("y", "TopK", "x", attrs=attrs)
    )
    asked = Asked({"x": GraphInput("x:0", (None, 1, None, 2), "float32")}, {"y": "y:0"})
    payload = {
        "graph": str(tmp_path / "graph.pbtxt"), "kind": "frozen-graph", "asked": as_json(asked),
    }  # fmt: skip
    limits = Limits(memory=2 * GIB, read=(str(tmp_path),))
    found = server.start("graph_tasks:answer", payload, limits).result()
    assert found["y"] == [[[[2.0], [5.0]]]]
