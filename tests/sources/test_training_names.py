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


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("train/net/w/Adam_1", (2, 3)),
        ("net/w/AddSignOptimizer", (2, 3)),
        ("net/w/lamb_v", (2, 3)),
        ("net/w/Adafactor", (2,)),
        ("net/w_slot_vr", (2,)),
        ("net/w_slot_vc", (3,)),
        ("net/w/Shampoo_1", (2, 2)),
        ("Adam/m/net/w", (2, 3)),
        ("training_2/RMSprop/net/w/rms", (2, 3)),
    ],
)
def test_slots_of_all_kinds(name, shape):
    shapes = {"net/w": (2, 3), name: shape}
    assert training_names.training(name, shapes) == "optimizer slot of net/w"


@pytest.mark.parametrize("name", ["train/net/w/Adam", "Adam/net/w/m", "x/net/w/Momentum"])
def test_a_slot_has_the_shape_of_its_variable(name):
    assert training_names.training(name, {"net/w": (2, 3), name: (3, 2)}) == ""


def test_metrics_need_their_siblings():
    names = ["acc/total", "acc/count", "auc/true_positives", "auc/false_negatives", "m/total"]
    shapes = {n: (9,) if n.startswith("auc") else () for n in names}
    reasons = [training_names.training(n, shapes) for n in names]
    assert reasons == ["metric state"] * 4 + [""]


def test_a_debiased_average_needs_both_of_its_parts():
    whole = {"bn/mean": (3,), "bn/bn/mean/biased": (3,), "bn/bn/mean/local_step": ()}
    told = "state that corrects the bias in a moving average"
    assert training_names.training("bn/bn/mean/biased", whole) == told
    del whole["bn/bn/mean/local_step"]
    assert training_names.training("bn/bn/mean/biased", whole) == ""


def test_averages_know_their_variables():
    name = "ExponentialMovingAverage"
    shapes = {"w": (2,), f"w/{name}": (2,), f"t/w/{name}_1": (2,), f"loss/{name}": (),
              f"s/w/{name}": (9,)}  # fmt: skip
    assert training_names.averages_of(shapes) == {
        f"w/{name}": "w", f"t/w/{name}_1": "w", f"loss/{name}": "", f"s/w/{name}": "",
    }  # fmt: skip
    assert training_names.averages_of({f"a/w/{name}": (2,)}) == {f"a/w/{name}": "a/w"}
