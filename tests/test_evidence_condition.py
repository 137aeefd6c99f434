"""Evidence as a condition: below it nothing is written, and the message says why and what to do."""

from __future__ import annotations

import pytest

from tfmigrate import pipeline
from tfmigrate.errors import NotProved, UsageProblem
from tfmigrate.options import Options
from tfmigrate.report import error_text

H5, CKPT = "h5-to-savedmodel", "ckpt-to-savedmodel"

# source, recipe beside it, asked for, reached, why it is no better
BELOW = [
    ("tf23_mymodel_ckpt/ckpts", "recipe.yaml", "reader", "rebuilt", "no second reader: "),
    ("keras2_mnist_cnn/model.h5", None, "graph", "reader", ""),
]


@pytest.mark.parametrize(("source", "recipe", "asked", "reached", "why"), BELOW)
def test_below_it_nothing_is_written(fixtures, tmp_path, crew, source, recipe, asked, reached, why):
    path = fixtures / source
    said = Options(recipe=str(path.parent / recipe) if recipe else None, require_evidence=asked)
    with pytest.raises(NotProved) as caught:
        pipeline.migrate(CKPT if recipe else H5, path, tmp_path / "out", said, crew=crew)
    assert caught.value.exit_code == 1
    text = error_text.render(caught.value)
    assert f"the evidence is {reached}, {asked} was required; nothing was written" in text
    assert why in text
    assert "--golden" in text
    assert list(tmp_path.iterdir()) == []


def test_recorded_without_a_recording_is_refused_before_anything_is_built(
    fixtures, tmp_path, crew, monkeypatch
):
    monkeypatch.setattr(type(crew), "start", lambda *_: pytest.fail("a worker was started"))
    source = fixtures / "keras2_mnist_cnn" / "model.h5"
    said = Options(require_evidence="recorded")
    with pytest.raises(NotProved) as caught:
        pipeline.migrate(H5, source, tmp_path / "out", said, crew=crew)
    text = error_text.render(caught.value)
    assert "no golden file was given; nothing was written" in text
    assert "`tfmigrate golden record SOURCE`" in text
    assert list(tmp_path.iterdir()) == []


def test_nothing_can_be_required_of_what_is_not_checked():
    with pytest.raises(UsageProblem) as caught:
        Options(verify=False, require_evidence="rebuilt")
    assert "it cannot be met" in caught.value.problems[0].what
    assert Options(verify=False, require_evidence="unverified")
