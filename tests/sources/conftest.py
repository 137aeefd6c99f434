import gzip
import importlib.util
import pathlib
import shutil

import pytest

HERE = pathlib.Path(__file__).parent


@pytest.fixture(scope="session")
def craft():
    """The writer of hostile tables and bundles, ``craft.py``."""
    spec = importlib.util.spec_from_file_location("craft", HERE / "craft.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def case(tmp_path):
    """A copy of a folder of fixtures, its gzipped files unpacked."""

    def copied(name):
        folder = tmp_path / name
        shutil.copytree(HERE.parent / "fixtures" / "sources" / name, folder)
        for packed in folder.rglob("*.gz"):
            packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
            packed.unlink()
        return folder

    return copied
