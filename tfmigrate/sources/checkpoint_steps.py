"""The steps of checkpoints: ``model.ckpt-9`` comes before ``model.ckpt-10``, as numbers do."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Keras's callback is often given cp-{epoch:04d}.ckpt.
_STEP = re.compile(r"(?P<base>.*)-(?P<step>\d{1,18})(?P<tail>\.ckpt)?", re.DOTALL)


def step_of(name: str) -> int | None:
    """The step in the name of a prefix; None where it has none."""
    found = _STEP.fullmatch(name)
    return int(found["step"]) if found else None


def base_of(name: str) -> str:
    """The name of a prefix without its step."""
    found = _STEP.fullmatch(name)
    return found["base"] if found else name


def highest(names: Iterable[str]) -> list[str]:
    """Those of the highest step; all of them where none has a step."""
    steps = {name: step for name in names if (step := step_of(name)) is not None}
    if not steps:
        return list(names)
    return [name for name, step in steps.items() if step == max(steps.values())]
