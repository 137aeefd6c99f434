"""Which names could have been meant: the nearest by shape and by name, and a rule to paste."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from tfmigrate.tensors import TensorInfo, VariableInfo

Item = TensorInfo | VariableInfo

# Words of other libraries for what Keras calls otherwise.
_WORDS = {
    "weights": "kernel", "weight": "kernel", "w": "kernel", "biases": "bias", "b": "bias",
    "running_mean": "moving_mean", "running_std": "moving_variance",
    "running_var": "moving_variance", "embedding": "embeddings",
}  # fmt: skip

_SPLIT = re.compile(r"[/.:_\-]+|(?<=[a-z])(?=[0-9])")


def described(item: Item) -> str:
    """``dense/kernel (3, 4) float32``."""
    return f"{item.name} {fact(item)}"


def fact(item: Item) -> str:
    """``(3, 4) float32``."""
    return f"{item.shape} {item.dtype}"


def words(name: str) -> frozenset[str]:
    """The words of a name, spelt as Keras spells them."""
    head, _, leaf = name.rpartition("/")
    joined = f"{head}/{_WORDS.get(leaf.lower(), leaf)}".lower()
    return frozenset(_WORDS.get(w, w) for w in _SPLIT.split(joined) if w)


class Candidates:
    """A set of tensors or variables to look for likely ones in."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = [(item, words(item.name)) for item in items]

    def nearest(self, wanted: Item, count: int = 3) -> tuple[Item, ...]:
        """The most likely ones, the best first: of the same shape, then alike in name."""
        mine = words(wanted.name)
        rough = sorted(
            ((_score(wanted, mine, item, theirs), item) for item, theirs in self.items),
            key=lambda pair: (-pair[0], pair[1].name),
        )
        near = [
            (item.shape == wanted.shape, score + _alike(wanted.name, item.name), item)
            for score, item in rough[:20]
            if score > 0.3
        ]
        near.sort(key=lambda found: found[:2], reverse=True)
        return tuple(item for *_, item in near[:count])


def _score(wanted: Item, mine: frozenset[str], other: Item, theirs: frozenset[str]) -> float:
    together = len(mine | theirs)
    alike = len(mine & theirs) / together if together else 0.0
    if other.shape == wanted.shape:
        return 1.0 + alike
    return alike + (0.2 if sorted(other.shape) == sorted(wanted.shape) else 0.0)


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def rule_for(tensor: TensorInfo, variable: VariableInfo) -> str:
    """A rule that fills ``variable`` from ``tensor``, ready to paste; "" where shapes forbid it.

    A transpose is proposed only where the shapes leave no choice.
    """
    names = f"from: {_quoted(tensor.name)}, to: {_quoted(variable.name)}"
    if tensor.dtype != variable.dtype:
        return ""
    if tensor.shape == variable.shape:
        return f"- {{{names}}}"
    distinct = len(set(tensor.shape)) == len(tensor.shape)
    if distinct and sorted(tensor.shape) == sorted(variable.shape):
        perm = [tensor.shape.index(n) for n in variable.shape]
        return f"- {{{names}, ops: [{{transpose: {perm}}}]}}"
    return ""


def ignore_for(tensor: TensorInfo) -> str:
    """An ``ignore`` entry for a tensor, ready to paste."""
    return f'- {{names: {_quoted(tensor.name)}, because: "..."}}'


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{escaped}"'


def first_rule(pairs: Sequence[tuple[TensorInfo, VariableInfo]]) -> str:
    """The rule for the first pair that one can be written for."""
    return next((rule for pair in pairs if (rule := rule_for(*pair))), "")
