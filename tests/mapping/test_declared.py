"""Weights of declared layers by the names that authors gave them."""

from __future__ import annotations

import pytest

from tfmigrate.mapping.declared import called_plainly
from tfmigrate.tensors import TensorInfo, VariableInfo

VARIABLES = (
    VariableInfo("att/W", (4,), "float32", ("att",), "W"),
    VariableInfo("inner/att/W", (4,), "float32", ("inner", "att"), "W"),
    VariableInfo("dense/kernel", (4, 2), "float32", ("dense",), "kernel"),
)


@pytest.mark.parametrize(
    ("group", "key", "expected"),
    [
        ("att", "att_W", "W"),  # Keras 1 on Theano
        ("att", "att_W_1:0", "W"),  # and on TensorFlow
        ("att", "att/att_W:0", "att/W"),  # Keras 2
        ("att", "att/W:0", "att/W:0"),
        ("inner", "att/att_W:0", "att/W"),
        ("other", "att_W", "att_W"),
        ("dense", "dense_kernel", "dense_kernel"),
        ("att", "att_V", "att_V"),
    ],
)
def test_names_after_the_layer_are_found_in_its_group(group, key, expected):
    tensor = TensorInfo(f"{group}/{key}", (4,), "float32", group=group, key=key)
    (found,) = called_plainly([tensor], VARIABLES, {"W"})
    assert (found.name, found.key) == (tensor.name, expected)
