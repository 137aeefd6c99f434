from __future__ import annotations

from pathlib import Path

import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.recipe import library, load_recipe


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("keras/small", "keras/twice", "slim/twice"):
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text("tfmigrate: 1\n", encoding="utf-8")
    monkeypatch.setattr(library, "folder", lambda: tmp_path)
    return tmp_path


@pytest.mark.usefixtures("shelf")
def test_by_full_name_and_by_short_name() -> None:
    assert load_recipe("keras/small").name == "small"
    assert library.find("small") == library.find("keras/small")
    assert list(library.recipes()) == ["keras/small", "keras/twice", "slim/twice"]


@pytest.mark.usefixtures("shelf")
def test_names_that_mean_none_or_two() -> None:
    with pytest.raises(RecipeProblem) as caught:
        load_recipe("smal")
    assert "small" in caught.value.help
    with pytest.raises(RecipeProblem, match="more than one"):
        load_recipe("twice")


def test_every_shipped_recipe_loads() -> None:
    for name in library.recipes():
        assert load_recipe(name).name


@pytest.mark.usefixtures("shelf")
def test_the_name_is_no_path_out_of_the_library() -> None:
    with pytest.raises(RecipeProblem):
        load_recipe("../keras/small")
