import pytest

from tfmigrate.engines.hints.names import kind
from tfmigrate.tensors import TensorSpec


@pytest.mark.parametrize(
    ("name", "shape", "dtype", "said"),
    [
        ("input_mask", (None, 128), "int32", "mask"),
        ("attentionMask_1", (None, 8, 8), "float32", "mask"),
        ("mask", (None, 8), "bool", "mask"),
        ("mask", (None, 64, 64, 1), "float32", ""),  # an image
        ("mask", (None, 1), "float32", ""),
        ("masked_ids", (None, 8), "int32", ""),
        ("mask", (None, 8), "string", ""),
        ("input_length", (None, 1), "int64", "length"),
        ("seq_len", (None,), "int32", "length"),
        ("sequenceLengths_2", (None,), "int32", "length"),
        ("seq_len", (None, 4), "int32", ""),
        ("wavelength", (None,), "int32", ""),
        ("length_of_stay", (None,), "int32", ""),
        ("length", (None,), "float32", ""),
        ("x", (None,), "int32", ""),
        ("0", (None,), "int32", ""),
    ],
)
def test_what_names_say(name, shape, dtype, said):
    assert kind(TensorSpec(name, shape, dtype)) == said
