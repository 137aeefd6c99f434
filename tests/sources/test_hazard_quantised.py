from __future__ import annotations

import pytest

from tfmigrate.sources.hazard_quantised import hazard, mode


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("dtype", "int8_from_float32", "int8"),
        ("dtype", "int8_from_mixed_bfloat16", "int8"),
        ("dtype", "gptq/4/128_from_float32", "gptq"),
        ("dtype", "mixed_float16", ""),
        ("name", "int8_from_float32", ""),
        ("quantization_mode", "int8", "int8"),
        ("dtype", {"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8"}}, "int8"),
        ("dtype", {"class_name": "DTypePolicy", "config": {"name": "float32"}}, ""),
    ],
)
def test_the_mode_that_an_entry_states(key: str, value: object, found: str) -> None:
    assert mode(key, value) == found


@pytest.mark.parametrize(("name", "code"), [("int8", 0), ("float8", 0), ("int4", 3), ("gptq", 3)])
def test_only_modes_that_are_the_same_in_every_version_are_rebuilt(name: str, code: int) -> None:
    assert hazard(name, "d").exit_code == code
