import pytest

from tfmigrate.errors import Damaged, NotSupported
from tfmigrate.results import Writer
from tfmigrate.sources import graph, graph_ops, protos


def _node(name, op, *inputs, **attributes):
    return {
        "name": name,
        "op": op,
        "input": inputs,
        "attr": [{"key": key, "value": value} for key, value in attributes.items()],
    }


def _variable(name, *shape, op="VariableV2"):
    return _node(name, op, shape=_shape(*shape), dtype={"type": 1})


def _shape(*sizes):
    return {"shape": {"dim": [{"size": size} for size in sizes]}}


def _written(path, *nodes, **meta):
    if path.suffix == ".meta":
        message = protos.message("MetaGraph")(
            meta_info_def={"tensorflow_version": "1.2.3"}, graph_def={"node": nodes}, **meta
        )
    else:
        message = protos.message("Graph")(node=nodes)
    path.write_bytes(message.SerializeToString())
    return path


def _described(path):
    return graph.describe(path, graph.identify(path))


def test_a_real_meta(case):
    path = case("tf20_v1_saver_in_tf2") / "model.ckpt.meta"
    assert graph.identify(path) == "tf1-meta"
    source = graph.describe(path, "tf1-meta")
    assert source.writer == Writer("TensorFlow", "2.0.4")
    assert {t.name: t.shape for t in source.tensors} == {"net/w": (6, 4), "net/b": (4,)}
    assert source.notes == (
        "44 nodes",
        "inputs: x:0 float32 [?,6]",
        "candidate outputs (nobody consumes them): Softmax",
        "a saver is in it; it is never used",
        "a checkpoint beside it can be migrated with a recipe",
    )


def test_a_real_frozen_graph(case):
    path = case("py27_frozen_pb") / "frozen.pb"
    assert graph.identify(path) == "frozen-graph"
    source = graph.describe(path, "frozen-graph")
    assert "inputs: x:0 float32 [?,12,10,3]" in source.notes
    assert "candidate outputs (nobody consumes them): final" in source.notes
    weights = {t.name: t.shape for t in source.tensors}
    assert weights["net/conv2d/kernel"] == (3, 4, 3, 6)
    assert source.hazards == ()
    named = "--input x=x:0 --output final=final:0"
    assert source.next_command == f"tfmigrate savedmodel-to-savedmodel {path} OUTPUT {named}"


def test_placeholders_that_switch_training(tmp_path):
    nodes = [
        _node("x", "Placeholder", shape=_shape(-1, 3), dtype={"type": 1}),
        _node("is_training", "Placeholder", dtype={"type": 10}, shape=_shape()),
        _node("net/keep_prob", "PlaceholderWithDefault", "one", dtype={"type": 1}, shape=_shape()),
        _node("mode", "Placeholder", dtype={"type": 10}, shape=_shape()),
        _node("y", "Mul", "x", "net/keep_prob"),
    ]
    found = _described(_written(tmp_path / "m.meta", *nodes)).hazards
    assert [(h.code, h.where) for h in found] == [
        ("training-placeholder", "is_training"),
        ("training-placeholder", "net/keep_prob"),
        ("training-placeholder", "mode"),
    ]


def test_candidate_outputs():
    nodes = [
        _node("x", "Placeholder"),
        _node("w", "VariableV2"),
        _node("w/read", "Identity", "w"),
        _node("logits", "MatMul", "x", "w/read"),
        _node("probs", "Softmax", "logits:0", "^side"),
        _node("side", "Relu", "logits"),  # a control input consumes nothing
        _node("reg", "L2Loss", "w/read"),  # depends on no input
        _node("gradients/logits_grad/mul", "Mul", "probs"),
        _node("summary", "ScalarSummary", "logits"),
        _node("train", "ApplyAdam", "w", "logits"),
        _node("again", "Identity", "probs:0"),
    ]
    message = protos.message("Graph")(node=nodes)
    assert graph_ops.outline(message).outputs == ("side", "again")


def test_the_savers_own_nodes_are_left_out(tmp_path):
    nodes = [
        _node("x", "Placeholder", dtype={"type": 1}, shape=_shape(1)),
        _node("y", "Relu", "x"),
        _node("save/Const", "PlaceholderWithDefault", dtype={"type": 7}, shape=_shape()),
        _node("save/Identity", "Identity", "save/Const"),
    ]
    saver = {"filename_tensor_name": "save/Const:0", "restore_op_name": "evil"}
    source = _described(_written(tmp_path / "m.meta", *nodes, saver_def=saver))
    assert "inputs: x:0 float32 [1]" in source.notes
    assert "candidate outputs (nobody consumes them): y" in source.notes


def test_variables_with_shapes_and_without(tmp_path):
    nodes = [
        _variable("w", 3, 4),
        _variable("w/Adam", 3, 4, op="VarHandleOp"),
        _variable("loose", -1, 4),
    ]
    source = _described(_written(tmp_path / "m.meta", *nodes))
    assert [(t.name, t.shape, t.training) for t in source.tensors] == [
        ("w", (3, 4), ""),
        ("w/Adam", (3, 4), "optimizer slot of w"),
    ]
    assert "variable loose: its shape is not stated" in source.notes


def test_a_graph_that_is_not_frozen_says_so(tmp_path):
    source = _described(_written(tmp_path / "graph.pb", _variable("w", 3)))
    assert [(h.code, h.exit_code) for h in source.hazards] == [("not-frozen", 3)]


def test_ops_that_need_care_are_counted(tmp_path):
    nodes = [
        _node("a", "PyFunc"),
        _node("b", "PyFunc"),
        _node("c", "CudnnRNN"),
        _node("d", "IteratorV2"),
    ]
    found = _described(_written(tmp_path / "m.meta", *nodes)).hazards
    assert [(h.code, h.where) for h in found] == [
        ("cudnn", "c"), ("input-pipeline", "d"), ("python-op", "a")
    ]  # fmt: skip
    assert found[2].what == "PyFunc calls Python code that is not in the file (2 nodes)"


def test_references_are_what_they_refer_to(tmp_path):
    node = _node("x", "Placeholder", dtype={"type": 101}, shape=_shape(2))
    assert "inputs: x:0 float32 [2]" in _described(_written(tmp_path / "m.meta", node)).notes


TEXT = """
# a graph
node { name: "x" op: "Placeholder"
  attr { key: "dtype" value { type: DT_FLOAT } }
  attr { key: "shape" value { shape { dim { size: -1 } dim { size: 2 } } } }
  experimental_debug_info { original_node_names: "x" } }
node { name: "y" op: "Relu" input: "x" }
versions { producer: 24 }
"""


def test_text_is_recognised_by_name_and_content(tmp_path):
    path = tmp_path / "graph.pbtxt"
    path.write_text(TEXT)
    assert graph.identify(path) == "frozen-graph"
    assert "inputs: x:0 float32 [?,2]" in graph.describe(path, "frozen-graph").notes
    path.write_text("meta_info_def { tensorflow_version: '1.4.0' } graph_def {" + TEXT + "}")
    assert graph.identify(path) == "tf1-meta"
    assert graph.describe(path, "tf1-meta").writer.version == "1.4.0"
    path.write_text("item { id: 1 name: 'cat' }")  # a label map
    assert graph.identify(path) is None
    path.write_text("node { name: ")
    with pytest.raises(Damaged, match="text"):
        _described(path)


def test_a_meta_that_names_its_own_version(tmp_path):
    ops = b"\x0a\x05\x0a\x03Add"
    info = b"\x0a\x02v1" + b"\x12" + bytes([len(ops)]) + ops
    nodes = protos.message("Graph")(node=[_node("x", "Placeholder")]).SerializeToString()
    data = b"\x0a" + bytes([len(info)]) + info + b"\x12" + bytes([len(nodes)]) + nodes
    (tmp_path / "m.meta").write_bytes(data)
    assert graph.identify(tmp_path / "m.meta") == "tf1-meta"


def test_a_cut_meta(case):
    path = case("tf20_v1_saver_in_tf2") / "model.ckpt.meta"
    data = path.read_bytes()
    for length in (100, 3000, len(data) - 1):
        path.write_bytes(data[:length])
        assert graph.identify(path) == "tf1-meta"
        with pytest.raises(Damaged, match="cannot be parsed"):
            graph.describe(path, "tf1-meta")


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"\nhello world, this is a text\n", b"<html>", b"\x89HDF\r\n", b"PK\x03\x04",
     b"\n\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80", b"\x08\x01\x12\x04", b"version https://git-lfs"],
)  # fmt: skip
def test_foreign_bytes_are_none(tmp_path, data):
    for name in ("x.meta", "x.pb", "x.pbtxt"):
        (tmp_path / name).write_bytes(data)
        assert graph.identify(tmp_path / name) is None


def test_foreign_paths_are_none(tmp_path, case):
    assert graph.identify(tmp_path) is None
    assert graph.identify(tmp_path / "gone") is None
    folder = case("tf215_tfop_lambda")
    for name in ("saved_model.pb", "keras_metadata.pb", "fingerprint.pb"):
        assert graph.identify(folder / name) is None


def test_an_empty_graph(tmp_path):
    path = tmp_path / "m.meta"
    path.write_bytes(b"\n\0\x12\0")
    with pytest.raises(Damaged, match="no node"):
        _described(path)


def test_limits(tmp_path, monkeypatch):
    path = _written(tmp_path / "m.meta", _variable("w", 3))
    monkeypatch.setattr(graph, "_MAX_BINARY", 10)
    with pytest.raises(NotSupported, match="limit is 10"):
        _described(path)


def test_a_graph_hands_over_no_values(tmp_path):
    source = _described(_written(tmp_path / "m.meta", _variable("w", 3)))
    with pytest.raises(NotSupported), graph.values(source):
        pass


def test_names_out_of_the_file_are_made_safe(tmp_path):
    node = _node("x\x1b[31m\n" + "y" * 500, "Placeholder", dtype={"type": 1}, shape=_shape(1))
    notes = _described(_written(tmp_path / "m.meta", node)).notes
    assert all(note.isprintable() and len(note) < 300 for note in notes)
