import pytest

from tfmigrate.sources import training_names

SHAPES = {
    "conv/kernel": (3, 3),
    "conv/kernel/Adam": (3, 3),
    "conv/kernel/Adam_1": (3, 3),
    "conv/kernel/adam_m": (3, 3),
    "conv/kernel/t_0/Adagrad": (3, 3),
    "conv/kernel/RMSProp_1": (3, 3),
    "conv/kernel/ExponentialMovingAverage": (3, 3),
    "training/Adam/conv/kernel/m": (3, 3),
    "Adam/iterations": (),
    "training/Adam/beta_1": (),
    "encoder/Adam": (3, 3),
    "encoder/Momentum/kernel": (3,),
    "block/Adam/kernel/v": (3,),
    "beta1_power": (),
    "beta2_power_1": (),
    "train_d/beta1_power": (),
    "global_step": (),
    "net/global_step": (),
    "global_step_embedding": (3,),
    "loss/good_steps": (),
    "decay/beta1_power": (4,),
    "head/momentum": (),
}


def _reason(name):
    return training_names.training(name, SHAPES)


@pytest.mark.parametrize(
    "name",
    [
        "conv/kernel/Adam", "conv/kernel/Adam_1", "conv/kernel/adam_m", "conv/kernel/t_0/Adagrad",
        "conv/kernel/RMSProp_1", "training/Adam/conv/kernel/m",
    ],
)  # fmt: skip
def test_a_slot_belongs_to_a_stored_variable(name):
    assert _reason(name) == "optimizer slot of conv/kernel"


@pytest.mark.parametrize(
    "name",
    ["beta1_power", "beta2_power_1", "train_d/beta1_power", "global_step", "loss/good_steps"],
)
def test_counters(name):
    assert _reason(name) == "training counter"


@pytest.mark.parametrize("name", ["Adam/iterations", "training/Adam/beta_1"])
def test_state_of_keras_optimizers(name):
    assert _reason(name) == "optimizer state"


@pytest.mark.parametrize(
    "name",
    [
        "conv/kernel", "encoder/Adam", "encoder/Momentum/kernel", "block/Adam/kernel/v",
        "net/global_step", "global_step_embedding", "head/momentum", "decay/beta1_power",
        "conv/kernel/ExponentialMovingAverage",
    ],
)  # fmt: skip
def test_what_only_looks_like_state_is_a_weight(name):
    assert _reason(name) == ""


def test_averages():
    assert training_names.averages(SHAPES) == ("conv/kernel/ExponentialMovingAverage",)
