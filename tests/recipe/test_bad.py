"""Every recipe in bad/ is refused with the whole text that lies beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.recipe import load_recipe

BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))


@pytest.mark.parametrize("path", BAD, ids=lambda p: p.stem)
def test_every_mistake_is_told_at_once(path: Path, told: Callable[..., str]) -> None:
    with pytest.raises(RecipeProblem) as caught:
        load_recipe(str(path))
    assert {p.where for p in caught.value.problems} == {str(path)}
    assert told(caught.value.problems) == path.with_suffix(".txt").read_text("utf-8")


def test_a_recipe_with_ten_mistakes_reports_ten() -> None:
    (path,) = (p for p in BAD if p.stem == "11_ten_mistakes")
    with pytest.raises(RecipeProblem, match="the recipe has 10 mistakes") as caught:
        load_recipe(str(path))
    assert len(caught.value.problems) == 10


def test_the_cases_are_there() -> None:
    assert len(BAD) >= 29
