"""How alike two names are, in words: what a renaming leaves standing."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

# The leaf of a name -> what it is for. Two leaves with different roles are never the same weight.
ROLES = {
    **dict.fromkeys(("kernel", "weights", "weight", "w", "filter", "filters"), "kernel"),
    **dict.fromkeys(("bias", "biases", "b"), "bias"),
    "gamma": "gamma",
    "beta": "beta",
    **dict.fromkeys(("moving_mean", "running_mean", "pop_mean", "mean"), "mean"),
    **dict.fromkeys(
        ("moving_variance", "running_var", "running_std", "pop_variance", "variance", "var"),
        "variance",
    ),
    **dict.fromkeys(("embeddings", "embedding", "embedding_table"), "embeddings"),
    **dict.fromkeys(("depthwise_kernel", "depthwise_weights"), "depthwise"),
    **dict.fromkeys(("pointwise_kernel", "pointwise_weights"), "pointwise"),
    "recurrent_kernel": "recurrent",
}

# Words of other libraries for one thing.
_WORDS = {
    "weights": "kernel", "weight": "kernel", "w": "kernel", "biases": "bias", "b": "bias",
    "fc": "dense", "bn": "norm", "batchnorm": "norm", "layernorm": "norm", "ln": "norm",
    "emb": "embedding", "embed": "embedding", "embeddings": "embedding", "fw": "forward",
    "bw": "backward", "running": "moving", "var": "variance", "conv2d": "conv",
}  # fmt: skip
_NORM = re.compile(r"(batch|layer)_?norm(alization)?", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PIECES = re.compile(r"[A-Za-z]+|[0-9]+")


def leaf(name: str) -> str:
    """The last part of a name, as one writes it today: ``a/b_W:0`` has the leaf ``w``."""
    last = name.rpartition("/")[2].partition(":")[0].lower()
    return last if last in ROLES else last.rpartition("_")[2] if "_" in last else last


def role(name: str) -> str:
    """What a weight of this name is for, "" where the name does not say."""
    return ROLES.get(name.rpartition("/")[2].partition(":")[0].lower()) or ROLES.get(leaf(name), "")


def features(name: str) -> frozenset[str]:
    """The words of a name, and its path segments as wholes; the leaf is not among them."""
    *path, _ = name.partition(":")[0].split("/")
    found = set()
    for segment in path:
        words = _words(segment)
        found |= {*words, "".join(words)}
    return frozenset(found)


def _words(segment: str) -> list[str]:
    plain = _NORM.sub("norm", segment)
    words = _PIECES.findall(_CAMEL.sub("_", plain))
    return [_WORDS.get(w.lower(), w.lower()) for w in words]


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of words that two names have in common, 0 to 1."""
    together = len(one | other)
    return len(one & other) / together if together else 0.0


def misspelt(mine: Iterable[str], theirs: Iterable[str]) -> dict[str, str]:
    """Words of one side that nearly are a word of the other: ``dens`` is ``dense``.

    Only words that neither side has in common, of four letters or more, and without numbers.
    """
    one, other = set(mine), set(theirs)
    free = [w for w in sorted(other - one) if w.isalpha() and len(w) > 3]
    found = {}
    for word in sorted(one - other):
        if word.isalpha() and len(word) > 3:
            near = difflib.get_close_matches(word, free, 2, 0.8)
            if len(near) == 1:
                found[word] = near[0]
    return found
