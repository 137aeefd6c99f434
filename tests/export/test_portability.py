"""What only newer TensorFlows know is taken out of the exported graph."""

from __future__ import annotations

import pytest
from tensorflow.core.protobuf.fingerprint_pb2 import FingerprintDef
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from tfmigrate.export import portability
from tfmigrate.parity.oldest import oldest
from tfmigrate.parity.portable import nodes


@pytest.fixture
def saved(tmp_path):
    """A SavedModel with a variable and a saver, as TensorFlow 2.21 writes them."""
    model = SavedModel(saved_model_schema_version=1)
    meta = model.meta_graphs.add()
    meta.meta_info_def.stripped_op_list.op.add(name="DisableCopyOnRead")
    meta.meta_info_def.stripped_op_list.op.add(name="VarHandleOp")
    variable = meta.graph_def.node.add(name="v", op="VarHandleOp")
    variable.attr["shared_name"].s = variable.attr["debug_name"].s = b"dense/kernel"
    saver = meta.graph_def.library.function.add()
    saver.signature.name = "save"
    saver.node_def.add(name="Read/A", op="DisableCopyOnRead", input=["v", "^before"])
    saver.node_def.add(name="Read/B", op="ReadVariableOp", input=["v", "^Read/A"])
    (tmp_path / "saved_model.pb").write_bytes(model.SerializeToString(deterministic=True))
    return tmp_path


def read(folder) -> SavedModel:
    return SavedModel.FromString((folder / "saved_model.pb").read_bytes())


def test_it_needs_no_newer_tensorflow_afterwards(saved):
    assert oldest(nodes(saved)).oldest == "2.15"
    portability.settle(saved)
    assert oldest(nodes(saved)).oldest == "1.15"
    assert "DisableCopyOnRead" not in oldest(nodes(saved)).ops


def test_a_variable_keeps_the_name_that_it_is_found_by(saved):
    portability.settle(saved)
    (variable,) = read(saved).meta_graphs[0].graph_def.node
    assert {n: a.s for n, a in variable.attr.items()} == {"shared_name": b"dense/kernel"}


def test_what_waits_for_the_node_still_finds_it(saved):
    portability.settle(saved)
    (saver,) = read(saved).meta_graphs[0].graph_def.library.function
    spared, reading = saver.node_def
    assert (spared.name, spared.op, list(spared.input)) == ("Read/A", "NoOp", ["^before"])
    assert list(reading.input) == ["v", "^Read/A"]


def test_the_list_of_ops_of_the_file_says_so_too(saved):
    portability.settle(saved)
    known = read(saved).meta_graphs[0].meta_info_def.stripped_op_list.op
    assert [op.name for op in known] == ["VarHandleOp"]


def test_the_fingerprint_is_that_of_what_is_written(saved):
    portability.settle(saved)
    first = FingerprintDef.FromString((saved / "fingerprint.pb").read_bytes())
    model = read(saved)
    model.meta_graphs[0].graph_def.node.add(name="w", op="NoOp")
    (saved / "saved_model.pb").write_bytes(model.SerializeToString(deterministic=True))
    portability.settle(saved)
    second = FingerprintDef.FromString((saved / "fingerprint.pb").read_bytes())
    assert first.saved_model_checksum != second.saved_model_checksum
