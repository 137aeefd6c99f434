from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tfmigrate.errors import Problem


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    """Writes a text to a file and gives its path."""

    def writer(text: str, name: str = "recipe.yaml") -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return writer


@pytest.fixture
def told() -> Callable[[tuple[Problem, ...]], str]:
    """Problems as the text that is kept beside each bad recipe."""

    def text(problems: tuple[Problem, ...]) -> str:
        lines = []
        for p in problems:
            lines.append(f"{p.line or '-'} {p.path}: {p.what}")
            facts = {"found": p.found, "expected": p.expected, "nearest": ", ".join(p.nearest)}
            lines += [f"    {k}: {v}" for k, v in {**facts, "help": p.help}.items() if v]
        return "\n".join(lines) + "\n"

    return text
