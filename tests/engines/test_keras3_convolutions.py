from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tfmigrate import pipeline
from tfmigrate.engines import keras3_convolutions
from tfmigrate.errors import NotSupported
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


@pytest.mark.parametrize(
    ("shape", "bias", "refused"),
    [
        ((None, 4, 9, 4), True, True),
        ((None, 4, 9, 4), False, False),
        ((None, 4, 4, 9), True, False),
    ],
)
def test_a_bias_that_may_lie_along_the_width_is_refused(
    monkeypatch: pytest.MonkeyPatch, shape: tuple[int | None, ...], bias: bool, refused: bool
) -> None:
    monkeypatch.setattr(keras3_convolutions, "_moved", lambda tensor, start, end: tensor)
    layer = SimpleNamespace(name="conv", use_bias=bias, data_format="channels_first")
    seen = []

    def method(inputs: object) -> object:
        seen.append(layer.data_format)
        return SimpleNamespace(shape=shape)

    run = keras3_convolutions._last_inside(layer, method)
    if refused:
        with pytest.raises(NotSupported, match="as many as its output is wide"):
            run(None)
    else:
        assert run(None).shape == shape
    assert (seen, layer.data_format) == (["channels_last"], "channels_first")


@pytest.mark.parametrize("groups", [1, 2])
def test_only_convolutions_in_groups_are_taken_apart(groups: int) -> None:
    class BaseConv:
        data_format = "channels_last"

        def __init__(self) -> None:
            self.groups = groups
            self.convolution_op = len

    layer = BaseConv()
    keras3_convolutions.lower(SimpleNamespace(_flatten_layers=lambda: [layer]))
    assert (layer.convolution_op is len) == (groups == 1)
