"""Plans for checkpoints that old runtimes wrote, from their names to their variables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tfmigrate.errors import MappingProblem
from tfmigrate.mapping import make_plan
from tfmigrate.recipe.model import Rule
from tfmigrate.results import Plan
from tfmigrate.sources import checkpoint
from tfmigrate.tensors import VariableInfo

HERE = Path(__file__).parent.parent / "fixtures" / "checkpoints"
MODEL = {
    "a/kernel": (4, 3), "a/bias": (3,), "bn/gamma": (3,), "bn/beta": (3,), "bn/moving_mean": (3,),
    "bn/moving_variance": (3,), "b/kernel": (3, 2), "b/bias": (2,),
}  # fmt: skip


def plan(case: str, model: dict[str, tuple[int, ...]], *rules: Any, **more: Any) -> Plan:
    folder = HERE / case
    source = checkpoint.describe(folder, checkpoint.identify(folder) or "")
    variables = [VariableInfo(n, s, "float32", leaf=n.rpartition("/")[2]) for n, s in model.items()]
    return make_plan(
        source.tensors, variables, [Rule.model_validate(r) for r in rules], where="r.yaml", **more
    )


def sources(found: Plan) -> dict[str, str]:
    return {a.targets[0]: a.sources[0] for a in found.assignments}


def test_the_variables_of_a_saved_model() -> None:
    rules = [
        {"from": f"layer_with_weights-{i}/{{v}}", "to": f"{layer}/{{v}}"}
        for i, layer in enumerate(("a", "bn", "b"))
    ]
    found = sources(plan("tf20/saved_model/variables", MODEL, *rules))
    assert found["bn/gamma"] == "layer_with_weights-1/gamma"


@pytest.mark.parametrize("case", ["tf28/save_weights", "tf28/write", "tf20/managed"])
def test_layers_of_the_names_that_the_checkpoint_keeps_need_no_rule(case: str) -> None:
    assert sources(plan(case, MODEL)).keys() == MODEL.keys()


@pytest.mark.parametrize("case", ["tf212/ema", "keras33/ema"])
def test_averages_of_keras_optimizers(case: str) -> None:
    taken = sources(plan(case, MODEL, averages="require"))
    raw = sources(plan(case, MODEL, averages="ignore"))
    statistics = {"bn/moving_mean", "bn/moving_variance"}
    assert {n for n in MODEL if taken[n] == raw[n]} == statistics
    assert all("/_variables/" in taken[n] for n in MODEL.keys() - statistics)
    with pytest.raises(MappingProblem, match="6 moving averages are stored beside"):
        plan(case, MODEL)


def test_averages_of_tf1() -> None:
    model = {"d/kernel": (4, 3), "d/bias": (3,), **{f"s/{n}": s for n, s in MODEL.items()
             if n.startswith("bn")}}  # fmt: skip
    taken = sources(plan("tf115/averages-v2", model, averages="prefer"))
    assert taken["d/kernel"] == "train/d/kernel/ExponentialMovingAverage"
    assert taken["s/bn/moving_mean"] == "s/bn/moving_mean"


def test_a_gan_says_which_of_its_nets_could_be_meant() -> None:
    with pytest.raises(MappingProblem) as caught:
        plan("tf212/gan", {f"{n}": s for n, s in MODEL.items()})
    told = " ".join(p.what for p in caught.value.problems)
    assert "no rule and no variable of its name takes this source tensor" in told
    rules = [
        {"from": f"generator/layer_with_weights-{i}/{{v}}", "to": f"{layer}/{{v}}"}
        for i, layer in enumerate(("a", "bn", "b"))
    ]
    rules += [{"from": "discriminator/{l}/{v}", "to": "d/{l}/{v}"}]
    model = MODEL | {
        f"d/layer_with_weights-{i}/{n.partition('/')[2]}": s
        for n, s in MODEL.items()
        for i, layer in enumerate(("a", "bn", "b"))
        if n.startswith(f"{layer}/")
    }
    found = plan("tf212/gan", model, *rules)
    assert sources(found)["a/kernel"] == "generator/layer_with_weights-0/kernel"
    assert {i.because.partition(" ")[0] for i in found.ignored} == {"optimizer", "training"}


def test_one_rule_takes_a_prefix_away_and_no_training_state() -> None:
    model = {f"generator/layer_with_weights-0/{n}": MODEL[f"a/{n}"] for n in ("kernel", "bias")}
    with pytest.raises(MappingProblem) as caught:
        plan("tf212/gan", model, {"from": "{**path}", "to": "{**path}"})
    assert {p.what for p in caught.value.problems} == {"rule 1: has no such target"}
    found = " ".join(p.found for p in caught.value.problems)
    assert "optimizer" not in found
    assert "discriminator/layer_with_weights-0/kernel" in found


def test_partitioned_variables_are_whole() -> None:
    shapes = {"emb": (11, 4), "wide": (3, 8), "plain": (3,)}
    rule = {"from": "half", "to": "half", "ops": [{"cast": "float32"}]}
    for case in ("tf14/partitioned-v1", "tf14/partitioned-v2"):
        assert sources(plan(case, shapes | {"half": (4, 2)}, rule)).keys() == {*shapes, "half"}
