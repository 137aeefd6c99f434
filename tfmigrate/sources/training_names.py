"""Which names of a TF1 checkpoint are training state: optimizer slots, counters, averages, metrics.

TF1 files hold names alone, so a name counts as state only when the variable that it belongs to is
stored too, or when it is exactly the name that TensorFlow gives its own bookkeeping. A scope that
was open when the optimizer made its slots stands in front: ``train/dense/kernel/Adam``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

Shapes = Mapping[str, tuple[int, ...]]

AVERAGE = "/ExponentialMovingAverage"
_AVERAGE = re.compile(rf"(?P<base>.+){AVERAGE}(_\d+)?")
# tf.train and contrib.opt optimizers: <variable>/<Optimizer>[_N]; feature columns put a "t_0"
# between (TF 1.15); BERT's own optimizer writes adam_m and adam_v.
_SLOT = re.compile(
    r"(?P<base>.+?)(/t_\d+)?/(Adam|AdaMax|AdamW|LAMB|LARS|LazyAdam|Nadam|Momentum|MomentumW|RMSProp"
    r"|Adagrad|RegAdagrad|AdagradDA|Adadelta|Ftrl|ProximalAdagrad|AddSign|PowerSign|adam|lamb)"
    r"(Optimizer|_m|_v)?(_\d+)?"
)
# Slots that have another shape than their variable: factored or preconditioning.
_OTHER_SLOT = re.compile(
    r"(?P<base>.+?)(/(Shampoo|Adafactor)(Optimizer)?(_\d+)?|_slot_(vr|vc|v|m))"
)
# Keras optimizers in a TF1 graph: [training/]Adam/<variable>/m; since 2.11 Adam/m/<variable>.
_KERAS = r"(?:.+/)?(?:Adadelta|Adafactor|Adagrad|Adam|AdamW|Adamax|Ftrl|Lion|Nadam|RMSprop|SGD)"
_PART = (
    r"(m|v|vhat|momentum|velocity|velocity_hat|rms|mg|accumulator|accum_grad|accum_var"
    r"|accumulated_grad|accumulated_delta_var|linear|u)"
)
_KERAS_SLOT = re.compile(rf"{_KERAS}(?:_\d+)?/(?P<base>.+)/{_PART}(_\d+)?", re.IGNORECASE)
_KERAS_SLOT_211 = re.compile(rf"{_KERAS}(?:_\d+)?/{_PART}/(?P<base>.+)", re.IGNORECASE)
_KERAS_STATE = re.compile(
    _KERAS + r"(?:_\d+)?/(beta_1|beta_2|decay|epsilon|iter|iterations|learning_rate|lr|momentum"
    r"|momentum_cache|rho|l[12]_regularization_strength|learning_rate_power)"
)
_COUNTER = re.compile(
    r"global_step|(.+/)?(beta[12]_power)(_\d+)?"
    r"|(.+/)?(loss_scale|current_loss_scale|good_steps|bad_steps|save_counter)"
)
_DEBIAS = re.compile(r"(?P<base>.+)/(biased|local_step)")
_MEAN = {"total": "count", "count": "total"}
_CONFUSION = re.compile(r"(?P<metric>.+)/(true|false)_(positives|negatives)(?P<count>/count)?")


def training(name: str, shapes: Shapes) -> str:
    """Why a tensor is no weight of the model, "" for a weight.

    Args:
        name: Its name.
        shapes: The shape of every tensor of the checkpoint.
    """
    owner = _owner_of_slot(name, shapes)
    if owner:
        return f"optimizer slot of {owner}"
    if _debiased(name, shapes):
        return "state that corrects the bias in a moving average"
    if _is_metric(name, shapes):
        return "metric state"
    if shapes[name] == () and _COUNTER.fullmatch(name):
        return "training counter"
    if shapes[name] == () and (
        _KERAS_STATE.fullmatch(name) or name == "OptimizeLoss/learning_rate"
    ):
        return "optimizer state"
    return ""


def averages(names: Collection[str]) -> tuple[str, ...]:
    """The names of moving averages: ``<variable>/ExponentialMovingAverage``."""
    return tuple(name for name in names if _AVERAGE.fullmatch(name))


def averages_of(shapes: Shapes) -> dict[str, str]:
    """Each moving average, and the name of the variable that it is the average of.

    "" for one of a value that is no variable (a loss), in a file where others have theirs. Where
    none has, only the averages were saved, and their variables' full names are given.
    """
    bases = {m.string: m["base"] for m in map(_AVERAGE.fullmatch, shapes) if m}
    found = {name: _owner(base, shapes, shapes[name]) for name, base in bases.items()}
    return found if any(found.values()) else bases


def _owner(base: str, shapes: Shapes, shape: tuple[int, ...] | None) -> str:
    """The stored variable that a name means, scopes in front of it or not; "" where none is.

    Args:
        base: The name.
        shapes: Every tensor of the checkpoint.
        shape: The shape that the variable must have; None for any.
    """
    parts = base.split("/")
    for i in range(len(parts)):
        name = "/".join(parts[i:])
        if name in shapes and shape in (None, shapes[name]):
            return name
    return ""


def _owner_of_slot(name: str, shapes: Shapes) -> str:
    for pattern in (_SLOT, _KERAS_SLOT, _KERAS_SLOT_211):
        found = pattern.fullmatch(name)
        owner = _owner(found["base"], shapes, shapes[name]) if found else ""
        if owner:
            return owner
    found = _OTHER_SLOT.fullmatch(name)
    return _owner(found["base"], shapes, None) if found else ""


def _debiased(name: str, shapes: Shapes) -> bool:
    """Whether it is the state of ``zero_debias`` of a variable that is stored too."""
    found = _DEBIAS.fullmatch(name)
    if not found or {f"{found['base']}/biased", f"{found['base']}/local_step"} - shapes.keys():
        return False
    return bool(_owner(found["base"], shapes, None))


def _is_metric(name: str, shapes: Shapes) -> bool:
    """Whether it is a variable that ``tf.metrics`` makes, its siblings stored too."""
    scope, _, leaf = name.rpartition("/")
    other = f"{scope}/{_MEAN.get(leaf, '')}"
    if scope and shapes[name] == () and shapes.get(other) == ():
        return True
    found = _CONFUSION.fullmatch(name)
    if not found:
        return False
    kinds = (f"{a}_{b}" for a in ("true", "false") for b in ("positives", "negatives"))
    siblings = [f"{found['metric']}/{kind}{found['count'] or ''}" for kind in kinds]
    return sum(shapes.get(s) == shapes[name] for s in siblings) > 1
