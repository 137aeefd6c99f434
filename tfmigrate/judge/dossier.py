"""What a migrated SavedModel carries: certificate, probes and expected answers."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfmigrate.export import durable
from tfmigrate.export.certificate import certificate, manifest
from tfmigrate.judge.probing import Probing
from tfmigrate.parity import stored
from tfmigrate.parity.probes import Probe
from tfmigrate.recipe import Recipe
from tfmigrate.results import Migration
from tfmigrate.tensors import Signature, as_json

_PACKAGES = ("tfmigrate", "tensorflow", "tf-keras", "keras", "numpy", "h5py")


@dataclass(frozen=True)
class Served:
    """A signature, what it was asked, and what it was compared with.

    Attributes:
        signature: As exported.
        probing: What it was asked.
        expected: The reference's answers.
        answered: Its own.
    """

    signature: Signature
    probing: Probing
    expected: Sequence[Probe]
    answered: Sequence[Probe]


def served(
    signatures: Sequence[Signature],
    probings: Sequence[Probing],
    expected: Sequence[Sequence[Probe]],
    answered: Sequence[Sequence[Probe]],
) -> tuple[Served, ...]:
    """The signatures, each with what it was asked and what came back."""
    return tuple(map(Served, signatures, probings, expected, answered))


def write(
    staging: Path,
    migration: Migration,
    recipe: Recipe | None,
    asked: Sequence[Served],
    known: Mapping[str, str],
) -> None:
    """Write certificate, probes and expected outputs into the staged SavedModel.

    Args:
        staging: The staged SavedModel.
        migration: What was done.
        recipe: The recipe that was used.
        asked: The signatures and their probes, none where nothing was compared.
        known: The SHA-256 of the files that were exported.
    """
    about = {one.signature.key: _stored(staging, one, i) for i, one in enumerate(asked)}
    said = None
    if recipe is not None:
        said = {"name": recipe.name, "text": recipe.source_text, "parameters": recipe.parameters}
        said |= {"extends": recipe.extended} if recipe.extended else {}
    text = certificate(migration, said, versions(), manifest(staging, known), about)
    stored.write_certificate(staging, text)


def _stored(staging: Path, one: Served, number: int) -> dict[str, Any]:
    """The probes of a signature beside the certificate; those of further ones in folders."""
    asked, folder = one.probing, str(number) if number else ""
    made_from = stored.MadeFrom(one.signature.inputs, asked.hints, asked.seed, asked.special)
    told: dict[str, Any] = as_json(
        stored.write_probes(staging, asked.probes, one.expected, made_from, folder=folder)
    )
    return told


def versions() -> dict[str, str]:
    """The versions that the bytes of the output depend on."""
    found = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {**found, "python": platform.python_version()}


def hashes(files: Sequence[str], given_up: threading.Event) -> dict[str, str]:
    """SHA-256 of each file, by its path; what is left when the run was given up is left out."""
    return {name: _digest(Path(name), given_up) for name in files if Path(name).is_file()}


def identities(files: Sequence[str]) -> dict[str, tuple[int, int, int]]:
    """What tells whether a file is still the one it was: inode, size and time of change."""
    found = {name: os.stat(name) for name in files}
    return {n: (s.st_ino, s.st_size, s.st_mtime_ns) for n, s in found.items()}


def settled(staging: Path) -> dict[str, str]:
    """Force the exported files to disk; their SHA-256 by path inside the SavedModel."""
    durable.settle(staging)
    return manifest(staging)


def _digest(path: Path, given_up: threading.Event) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while not given_up.is_set() and (block := stream.read(1 << 20)):
            digest.update(block)
    return digest.hexdigest()
