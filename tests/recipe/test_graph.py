from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tfmigrate.recipe import load_recipe
from tfmigrate.recipe.graph import Ref, outputs, ref, steps

FUNCTIONAL = str(Path(__file__).parent / "good" / "functional.yaml")


def test_calls_in_order() -> None:
    architecture = load_recipe(FUNCTIONAL).architecture
    assert architecture is not None
    found = {step.name: step for step in steps(architecture)}
    assert found["embedding"].inputs == Ref("tokens")
    assert found["rnn"].inputs == Ref("embedding")
    assert found["both"].inputs == Ref("rnn", 0)
    states = (Ref("rnn", 1), Ref("rnn", 2), Ref("rnn", 1), Ref("rnn", 2))
    assert found["stack"].inputs == {"inputs": Ref("embedding"), "initial_state": states}
    assert found["merged"].inputs == (Ref("both"), Ref("stack"))
    assert (found["again"].layer, found["again"].calls) == ("", "dense")
    assert outputs(architecture) == {"probabilities": Ref("enc/out"), "states": Ref("rnn", 1)}


def test_the_last_layer_is_the_output_where_none_is_named(write: Callable[..., str]) -> None:
    text = (
        "{tfmigrate: 1, architecture: {inputs: {x: {shape: [null, 2]}}, layers: "
        "[{name: a, layer: Flatten}, {name: b, layer: Dense, with: {units: 1}}]}}"
    )
    architecture = load_recipe(write(text)).architecture
    assert architecture is not None
    assert outputs(architecture) == {"b": Ref("b")}


def test_a_name_goes_before_a_number() -> None:
    assert ref("a.1", {"a", "a.1"}) == Ref("a.1")
    assert ref("a.1", {"a"}) == Ref("a", 1)
    assert ref("b.1", {"a"}) is None
