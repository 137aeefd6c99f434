"""What a migrated SavedModel carries: certificate, probes and expected answers."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfmigrate.export.certificate import certificate, manifest
from tfmigrate.judge.probing import Probing
from tfmigrate.recipe import Recipe
from tfmigrate.results import Migration
from tfmigrate.tensors import as_json
from tfmigrate.verify import stored
from tfmigrate.verify.probes import Probe

_PACKAGES = ("tfmigrate", "tensorflow", "tf-keras", "keras", "numpy", "h5py")


def write(
    staging: Path,
    migration: Migration,
    recipe: Recipe | None,
    probing: Probing | None,
    expected: Sequence[Probe],
) -> None:
    """Write certificate, probes and expected outputs into the staged SavedModel."""
    about: dict[str, Any] = {}
    if probing is not None:
        signature = migration.signatures[0]
        made_from = (signature.inputs, probing.hints, probing.seed)
        about = as_json(stored.write_probes(staging, probing.probes, expected, made_from))
    said = None
    if recipe is not None:
        said = {"name": recipe.name, "text": recipe.source_text, "parameters": recipe.parameters}
    text = certificate(migration, said, versions(), manifest(staging), about)
    stored.write_certificate(staging, text)


def versions() -> dict[str, str]:
    """The versions that the bytes of the output depend on."""
    found = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {**found, "python": platform.python_version()}


def hashes(files: Sequence[str]) -> dict[str, str]:
    """SHA-256 of each file, by its base name."""
    found = {}
    for name in files:
        path = Path(name)
        if path.is_file():
            found[path.name] = _digest(path)
    return found


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
