"""What of an exported graph not every server can run."""

from __future__ import annotations

import pytest
from tensorflow.core.framework.node_def_pb2 import NodeDef

from tfmigrate.parity import portable


def node(op, **attributes):
    found = NodeDef(op=op)
    for name, value in attributes.items():
        found.attr[name].s = value
    return found


@pytest.mark.parametrize(
    ("op", "layout", "why"),
    [
        ("Conv2D", b"NCHW", "channels first"),
        ("MaxPool3D", b"NCDHW", "channels first"),
        ("Conv2D", b"NHWC", ""),
        ("BiasAdd", b"NCHW", ""),  # it has a kernel for CPUs
        ("EagerPyFunc", b"", "Python process"),
        ("CudnnRNNV3", b"", "no kernel for CPUs"),
        ("TRTEngineOp", b"", "no kernel for CPUs"),
        ("XlaConvV2", b"", "compiled by XLA"),
    ],
)
def test_an_op_and_why_not_every_server_runs_it(op, layout, why):
    found = portable.unportable(node(op, data_format=layout))
    assert (why in found) if why else not found


def test_a_function_that_xla_must_compile():
    call = node("PartitionedCall")
    assert not portable.unportable(call)
    call.attr["_XlaMustCompile"].b = True
    assert "compiled by XLA" in portable.unportable(call)


@pytest.mark.parametrize(
    ("op", "rates", "refused"),
    [
        ("Conv2DBackpropInput", [1, 1, 2, 1], True),
        ("Conv3D", [1, 1, 2, 2, 1], True),
        ("Conv2D", [1, 2, 2, 1], False),
        ("Conv2DBackpropInput", [1, 1, 1, 1], False),
        ("Conv2DBackpropInput", [], False),
    ],
)
def test_what_kernels_for_cpus_do_not_dilate(op, rates, refused):
    found = node(op)
    found.attr["dilations"].list.i.extend(rates)
    assert ("is dilated" in portable.unportable(found)) is refused


def test_paths_of_this_machine_are_found(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"\x01asset /home/somebody/vocabulary.txt\x02")
    assert portable.mentions(tmp_path, ("/home/somebody", "/usr/lib")) == ("/home/somebody",)
