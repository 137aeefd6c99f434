from __future__ import annotations

from collections.abc import Callable

import pytest

from tfmigrate.errors import Problem


@pytest.fixture
def told() -> Callable[[tuple[Problem, ...]], list[str]]:
    """Problems, each as one text with all its facts."""

    def text(problems: tuple[Problem, ...]) -> list[str]:
        return [
            "; ".join(
                f"{key}={value}"
                for key, value in {
                    "where": p.where,
                    "what": p.what,
                    "found": p.found,
                    "expected": p.expected,
                    "nearest": ", ".join(p.nearest),
                    "help": p.help,
                }.items()
                if value
            )
            for p in problems
        ]

    return text
