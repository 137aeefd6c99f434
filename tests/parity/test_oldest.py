"""Which TensorFlow a graph needs, by the table of the releases' registries."""

from __future__ import annotations

import pytest
from tensorflow.core.framework import types_pb2
from tensorflow.core.framework.node_def_pb2 import NodeDef
from tensorflow.python.framework import op_def_registry

from tfmigrate.graphs.allowed import ALLOWED
from tfmigrate.parity.oldest import oldest, table


def node(op, **attributes):
    found = NodeDef(op=op)
    for name, value in attributes.items():
        if isinstance(value, bytes):
            found.attr[name].s = value
        elif isinstance(value, list):
            found.attr[name].list.type.extend(types_pb2.DataType.Value(v) for v in value)
        elif isinstance(value, str):
            found.attr[name].type = types_pb2.DataType.Value(value)
        else:
            found.attr[name].i = value
    return found


# Each was looked up in the real releases: the one before refused it or has no kernel for it.
@pytest.mark.parametrize(
    ("used", "version", "because"),
    [
        (node("MatMul", T="DT_FLOAT"), "1.15", ()),
        (node("DenseBincount", T="DT_FLOAT", Tidx="DT_INT64"), "2.3", ("DenseBincount",)),
        (node("DisableCopyOnRead"), "2.10", ("DisableCopyOnRead",)),
        (node("VarHandleOp", debug_name=b"x"), "2.15", ("VarHandleOp with debug_name",)),
        (node("VarHandleOp", shared_name=b"x"), "1.15", ()),
        (node("BatchMatMulV2", T="DT_BFLOAT16"), "2.5", ("BatchMatMulV2 with T bfloat16",)),
        (node("MaxPool", padding=b"EXPLICIT"), "2.4", ("MaxPool with padding EXPLICIT",)),
        (node("MaxPool", padding=b"SAME"), "1.15", ()),
        (node("Abs", T="DT_INT8"), "2.1", ("Abs with T int8",)),  # 1.15 has it, 2.0 has not
        (node("RaggedTensorToTensor"), "2.1", ("RaggedTensorToTensor",)),  # as well
        (node("Identity", _class=b"loc:@a"), "1.15", ()),
    ],
)
def test_what_a_node_needs(used, version, because):
    found = oldest([node("NoOp"), used])
    assert (found.oldest, found.because) == (version, because)
    assert found.ops == tuple(sorted({"NoOp", used.op}))


def test_what_the_table_does_not_know_needs_the_newest():
    newest = table()[0][-1]
    found = oldest([node("OfTomorrow")])
    assert found.oldest == newest
    assert "does not know" in found.because[0]
    found = oldest([node("PartitionedCall", Tin=["DT_FLOAT", "DT_FLOAT8_E5M2"])])
    assert found.oldest == newest
    assert "float8_e5m2" in found.because[0]


def test_only_what_the_newest_release_brought_is_named():
    found = oldest([node("Abs", T="DT_INT8"), node("DenseBincount"), node("DecodeImage")])
    assert (found.oldest, found.because) == ("2.4", ("DecodeImage",))


def test_the_table_knows_every_op_that_may_be_in_an_imported_graph():
    versions, there, later = table()
    known = there | {op for op, since in later.items() if "." in since}
    assert known >= ALLOWED - {"AccumulateNV2"}  # without a kernel: TensorFlow rewrites it
    assert all(op_def_registry.get(op) for op in known)
    assert all(v in versions[1:] for since in later.values() for v in since.values())


def test_every_attribute_of_the_table_is_one_of_its_op():
    _, _, later = table()
    for op, since in later.items():
        attributes = {a.name for a in op_def_registry.get(op).attr}
        assert {fact.partition("=")[0] for fact in since} - {"."} <= attributes
