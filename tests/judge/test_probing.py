"""Which probes a migration gets: recorded, given, or made up."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tfmigrate.errors import UsageProblem
from tfmigrate.export.views import identity, view
from tfmigrate.judge.probing import probings
from tfmigrate.options import Options
from tfmigrate.tensors import Hint, Signature, TensorSpec

SIGNATURE = Signature(
    "serving_default",
    (TensorSpec("ids", (None, None), "int32"), TensorSpec("x", (None, 2), "float32")),
    (TensorSpec("y", (None, 1), "float32"),),
)
HINTS = {"ids": Hint(0, 50, (9,), rows=50, kind="padded"), "gone": Hint(0, 2)}


def probing_for(signature, hints, recipe, options):
    """The probes of a signature that is the function itself."""
    (found,) = probings(
        [view(identity(signature), signature, Path())], {signature.key: hints}, recipe, options
    )
    return found


def arrays(before: str, batch: int, outputs: bool = True):
    made = {
        f"{before}inputs/ids": np.ones((batch, 4 + batch), "int32"),
        f"{before}inputs/x": np.full((batch, 2), batch, "float32"),
    }
    return made | ({f"{before}outputs/y": np.ones((batch, 1), "float32")} if outputs else {})


def saved(folder, **more):
    path = folder / "given.npz"
    np.savez(path, **more)
    return path


def test_made_up_probes_end_with_the_special_one():
    found = probing_for(SIGNATURE, HINTS, None, Options(samples=2, seed=4))
    assert [p["x"].shape[0] for p in found.probes] == [1, 2, 3]
    assert (found.special, found.seed) == (1, 4)
    assert found.hints == {"ids": HINTS["ids"]}
    assert found.probes[-1]["ids"][0].tolist() == [1, *[0] * 8]


def test_the_range_of_a_recipe_wins_and_the_rows_stay_known():
    recipe = SimpleNamespace(input_ranges=lambda: {"ids": (7, 9), "x": (2.0, 3.0)})
    found = probing_for(SIGNATURE, HINTS, recipe, Options())
    assert found.hints == {"ids": Hint(7, 9, (9,), rows=50), "x": Hint(2.0, 3.0)}
    for probe in found.probes:
        assert set(np.unique(probe["ids"])) <= {7, 8}
        assert probe["x"].min() >= 2
        assert probe["x"].max() < 3


@pytest.mark.parametrize("option", ["inputs", "golden"])
def test_every_sample_of_a_file_is_asked(tmp_path, option):
    given = {**arrays("", 3), **arrays("more/1/", 2), **arrays("more/2/", 1)}
    found = probing_for(SIGNATURE, HINTS, None, Options(**{option: saved(tmp_path, **given)}))
    assert [p["ids"].shape for p in found.probes] == [(3, 7), (2, 6), (1, 5)]
    answered = [(3, 1), (2, 1), (1, 1)] if option == "golden" else []
    assert [o["y"].shape for o in found.recorded] == answered
    assert (found.special, found.seed) == (0, None)
    assert found.hints["ids"].rows == 50  # the coverage of what was given counts them


def test_inputs_alone_need_no_outputs(tmp_path):
    given = {**arrays("", 3, outputs=False), **arrays("more/1/", 2, outputs=False)}
    found = probing_for(SIGNATURE, {}, None, Options(inputs=saved(tmp_path, **given)))
    assert len(found.probes) == 2


def test_a_further_sample_that_does_not_fit_is_told(tmp_path):
    given = arrays("", 3, outputs=False) | {"more/1/inputs/x": np.ones((1, 5), "float32")}
    with pytest.raises(UsageProblem, match="does not fit"):
        probing_for(SIGNATURE, {}, None, Options(inputs=saved(tmp_path, **given)))


def test_steps_bring_examples_of_their_own_in_every_batch():
    function = Signature("s", (TensorSpec("x", (None, 4), "float32"),), SIGNATURE.outputs)
    example = {"example": {"feature": "x", "shape": [4]}}
    inputs = {"inputs": {"dtype": "string", "shape": [None], "to": {"x": [example]}}}
    asked = view(identity(function) | {"inputs": inputs}, function, Path())
    (found,) = probings([asked], {"s": {}}, None, Options(samples=3))
    assert [p["inputs"].shape for p in found.probes] == [(1,), (2,), (5,)]
    given = [asked.given(p)["x"] for p in found.probes]
    assert [g.shape for g in given] == [(1, 4), (2, 4), (5, 4)]
    assert len({float(v) for g in given for v in g.ravel()}) == 32  # each number is another one


def test_a_signature_of_constants_is_asked_once():
    function = Signature("s", (), (TensorSpec("version", (), "string"),))
    assert probing_for(function, {}, None, Options()).probes == ({},)
