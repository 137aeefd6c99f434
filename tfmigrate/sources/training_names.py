"""Which names of a TF1 checkpoint are training state: optimizer slots, counters, averages.

TF1 files hold names alone, so a name counts as state only when the variable that it belongs to is
stored too, or when it is exactly the name that TensorFlow gives its own bookkeeping.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

AVERAGE = "/ExponentialMovingAverage"
# tf.train optimizers: <variable>/<Optimizer>[_N]; feature columns put a "t_0" between (TF 1.15);
# BERT's own optimizer writes adam_m and adam_v.
_SLOT = re.compile(
    r"(?P<base>.+?)(/t_\d+)?/(Adam|AdaMax|AdamW|LAMB|LARS|LazyAdam|Nadam|Momentum|RMSProp|Adagrad"
    r"|AdagradDA|Adadelta|Ftrl|ProximalAdagrad|adam|lamb)(Optimizer|_m|_v)?(_\d+)?"
)
# Keras optimizers in a TF1 graph: [training/]Adam/<variable>/m.
_KERAS = r"(?:.+/)?(?:Adadelta|Adagrad|Adam|Adamax|Ftrl|Nadam|RMSprop|SGD)(?:_\d+)?"
_KERAS_SLOT = re.compile(
    _KERAS + r"/(?P<base>.+)/(m|v|vhat|momentum|rms|mg|accumulator|accum_grad|accum_var|linear)"
    r"(_\d+)?"
)
_KERAS_STATE = re.compile(
    _KERAS + r"/(beta_1|beta_2|decay|epsilon|iter|iterations|learning_rate|lr|momentum|rho)"
)
_COUNTER = re.compile(
    r"global_step|(.+/)?(beta[12]_power)(_\d+)?|(.+/)?(loss_scale|good_steps|save_counter)"
)


def training(name: str, shapes: Mapping[str, tuple[int, ...]]) -> str:
    """Why a tensor is no weight of the model, "" for a weight.

    Args:
        name: Its name.
        shapes: The shape of every tensor of the checkpoint.
    """
    for pattern in (_SLOT, _KERAS_SLOT):
        found = pattern.fullmatch(name)
        if found and found["base"] in shapes:
            return f"optimizer slot of {found['base']}"
    if shapes[name] == () and _COUNTER.fullmatch(name):
        return "training counter"
    if shapes[name] == () and _KERAS_STATE.fullmatch(name):
        return "optimizer state"
    return ""


def averages(names: Collection[str]) -> tuple[str, ...]:
    """The names of moving averages: ``<variable>/ExponentialMovingAverage``."""
    return tuple(name for name in names if name.endswith(AVERAGE))
