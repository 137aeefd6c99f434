"""Whole migrations with ``--prove``: faults planted into models of old runtimes."""

import json

import numpy as np
import pytest

from tfmigrate import pipeline
from tfmigrate.errors import UsageProblem
from tfmigrate.options import Options
from tfmigrate.report import as_text

# The kinds of fault that each model is big enough for.
KINDS = {
    "vision": {"kernel flip", "kernel transpose", "drop bias", "epsilon", "activation", "twins",
               "channel order", "moved weights"},
    "words": {"gate order", "embedding rows", "recurrent activation", "reset after", "epsilon",
              "kernel flip", "twins", "moved weights"},
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_fault_is_noticed(name, fixtures, tmp_path, crew):
    folder = fixtures / "diagnosis"
    asked = Options(
        recipe=str(folder / f"{name}.yaml"), golden=folder / f"{name}.golden.npz", prove=True
    )
    source = folder / f"{name}.index"
    done = pipeline.migrate("ckpt-to-savedmodel", source, tmp_path / "out", asked, crew=crew)
    power = done.parity.power
    assert done.parity.checks["sensitive"]
    assert {m.kind for m in power.mutations if m.outcome == "caught"} >= KINDS[name]
    assert power.count("missed") == 0
    held = json.loads((tmp_path / "out/assets.extra/tfmigrate/certificate.json").read_text())
    assert len(held["parity"]["power"]["mutations"]) == len(power.mutations)


def test_probes_that_are_blind_do_not_pass(fixtures, tmp_path, crew):
    """An image of zeros says nothing of the kernels that it goes through."""
    source = fixtures / "keras2_mnist_cnn" / "model.h5"
    with np.load(fixtures / "keras2_mnist_cnn" / "golden.npz") as golden:
        blind = {n: np.zeros_like(golden[n]) for n in golden.files if n.startswith("inputs/")}
    np.savez(tmp_path / "blind.npz", **blind)
    asked = Options(inputs=tmp_path / "blind.npz", prove=True)
    done = pipeline.migrate("h5-to-savedmodel", source, tmp_path / "out", asked, crew=crew)
    assert all(done.parity.outputs)
    assert not done.parity
    assert done.parity.checks["sensitive"] is False
    assert not done.output
    assert not (tmp_path / "out").exists()
    missed = {m.kind for m in done.parity.power.mutations if m.outcome == "missed"}
    assert "kernel flip" in missed
    assert "would not notice every fault" in done.parity.said
    assert "give more inputs with --inputs" in done.parity.notes[-1]
    assert "MISSED   kernel flip" in as_text.render(done)


def test_every_weight_is_tried_and_an_output_without_any_is_told_apart(fixtures, tmp_path, crew):
    """Kernels that are not square and have no twin can have no other fault."""
    folder = fixtures / "diagnosis"
    text = (folder / "vision.yaml").read_text()
    assert "{probs: probs}" in text
    recipe = tmp_path / "two.yaml"
    recipe.write_text(text.replace("{probs: probs}", "{probs: probs, padded: pad}"))
    asked = Options(recipe=str(recipe), prove=True)
    source = folder / "vision.index"
    done = pipeline.migrate("ckpt-to-savedmodel", source, tmp_path / "out", asked, crew=crew)
    assert done.parity.checks["sensitive"]
    tried = {m.where for m in done.parity.power.mutations if m.kind == "moved weights"}
    assert tried >= {v.name for v in done.variables if v.name.endswith("kernel")}
    assert "no change of the weights changes the output padded" in done.parity.notes


@pytest.mark.parametrize("other", [{"verify": False}, {"dry_run": True}])
def test_it_needs_a_check(other):
    with pytest.raises(UsageProblem) as caught:
        Options(prove=True, **other)
    assert caught.value.problems[0].where == "prove"
