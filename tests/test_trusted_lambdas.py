"""Lambdas that are more than an expression, by the functions of their author."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfmigrate.errors import NotSupported, UnsafeContent
from tfmigrate.options import Options
from tfmigrate.pipeline import migrate

FOLDER = Path(__file__).parent / "fixtures/trusted_lambdas"


def migrated(output: Path, **asked):
    options = Options(golden=FOLDER / "golden.npz", **asked)
    return migrate("h5-to-savedmodel", FOLDER / "model.h5", output, options)


def test_without_them_it_is_refused_with_what_the_code_says(tmp_path):
    with pytest.raises(UnsafeContent) as caught:
        migrated(tmp_path / "out")
    assert [p.where for p in caught.value.problems] == ["sq", "twice"]


def test_a_function_is_found_by_its_own_name_or_by_that_of_its_layer(tmp_path):
    found = migrated(tmp_path / "out", trust_code=(FOLDER / "functions.py",))
    assert found.parity.level == "recorded"
    assert found.parity
    assert list(found.trusted) == ["functions.py"]
    assert not any("never run" in note for note in found.notes)


def test_a_file_that_lacks_one_of_them_is_refused_by_its_name(tmp_path):
    text = (FOLDER / "functions.py").read_text().replace("def twice", "def thrice")
    (tmp_path / "functions.py").write_text(text)
    with pytest.raises(NotSupported, match="twice"):
        migrated(tmp_path / "out", trust_code=(tmp_path / "functions.py",))
