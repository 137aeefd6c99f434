from __future__ import annotations

from pathlib import Path

import pytest

from tfmigrate import pipeline
from tfmigrate.pipeline import Options


def test_no_kernel_for_channels_first_is_needed(
    fixtures: Path, tmp_path: Path, crew: object
) -> None:
    source = fixtures / "keras3_special" / "first" / "model.keras"
    assert b"channels_first" in source.read_bytes()
    golden = Options(golden=source.parent / "golden.npz")
    done = pipeline.migrate("h5-to-savedmodel", source, tmp_path / "out", golden, crew=crew)
    assert done.parity
    graph = (tmp_path / "out" / "saved_model.pb").read_bytes()
    value = b"\x12\x06\x12\x04"  # in a node; op definitions list both
    assert value + b"NCHW" not in graph


@pytest.mark.parametrize("name", ["words", "trained"])
def test_the_reader_of_the_same_file_agrees_where_it_can_load_it(
    fixtures: Path, tmp_path: Path, crew: object, name: str
) -> None:
    source = fixtures / "keras3_special" / name / "model.keras"
    done = pipeline.migrate("h5-to-savedmodel", source, tmp_path / "out", Options(), crew=crew)
    assert done.parity
    assert done.parity.level in ("reader", "rebuilt")
