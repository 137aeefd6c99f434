"""What a migrated SavedModel carries to be verified again: certificate, probes, outputs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tfmigrate.errors import Damaged, NotProved
from tfmigrate.parity import npz
from tfmigrate.parity.probes import Array, Probe, flat, make_probes
from tfmigrate.tensors import Hint, TensorSpec, from_json

FOLDER = Path("assets.extra", "tfmigrate")
CERTIFICATE, PROBES, EXPECTED = "certificate.json", "probes.npz", "expected.npz"
# Probes and expected outputs together; above it only the seed and hashes are kept.
LIMIT = 16 << 20


@dataclass(frozen=True)
class Stored:
    """How the probes of a certificate can be had again.

    Attributes:
        stored: Whether probes and expected outputs lie beside the certificate.
        seed: What they were made from; None where they were given.
        samples: How many there are.
        inputs: The signature's inputs.
        hints: What the inputs may hold.
        sha256: SHA-256 of every array, ``0/inputs/NAME`` and ``0/outputs/NAME``.
    """

    stored: bool
    seed: int | None
    samples: int
    inputs: tuple[TensorSpec, ...]
    hints: dict[str, Hint] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)


def write_probes(
    saved_model: Path,
    probes: Sequence[Probe],
    outputs: Sequence[Probe],
    made_from: tuple[Sequence[TensorSpec], Mapping[str, Hint], int | None],
    limit: int = LIMIT,
) -> Stored:
    """Store probes and expected outputs in a SavedModel, or only hashes where they are too big.

    Args:
        saved_model: The SavedModel, still in staging.
        probes: The inputs by public name.
        outputs: What was compared against, by public name.
        made_from: Input specs, hints and seed of :func:`make_probes`; no seed for given inputs.
        limit: How many bytes both files may have together.

    Returns:
        What the certificate says about them.
    """
    specs, hints, seed = made_from
    held = {PROBES: flat("inputs", probes), EXPECTED: flat("outputs", outputs)}
    hashes = {name: sha256(array) for arrays in held.values() for name, array in arrays.items()}
    small = sum(_size(a) for arrays in held.values() for a in arrays.values()) < limit
    files = {name: npz.to_bytes(arrays) for name, arrays in held.items()} if small else {}
    stored = small and sum(len(data) for data in files.values()) <= limit
    if stored:
        folder = saved_model / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    return Stored(stored, seed, len(probes), tuple(specs), dict(hints), hashes)


def read_probes(saved_model: Path, about: Stored) -> tuple[list[Probe], list[Probe] | None]:
    """The probes, and the expected outputs where they are stored.

    Raises:
        Damaged: A stored array is not the one that the certificate names.
        NotProved: The probes are not stored and cannot be made again.
        FileNotFoundError: A file is missing.
    """
    if about.stored:
        folder = saved_model / FOLDER
        arrays = {**npz.load(folder / PROBES), **npz.load(folder / EXPECTED)}
        if {name: sha256(array) for name, array in arrays.items()} != about.sha256:
            raise Damaged("stored probes or outputs are not those of the certificate")
        return _numbered(arrays, "inputs"), _numbered(arrays, "outputs")
    if about.seed is None:
        raise NotProved(
            "the probes were given with the migration and are too big to be stored",
            help="give the same inputs again with --inputs or --golden",
        )
    probes = list(make_probes(about.inputs, about.hints, about.seed, about.samples))
    made = {name: sha256(array) for name, array in flat("inputs", probes).items()}
    if any(about.sha256.get(name) != digest for name, digest in made.items()):
        raise NotProved(
            "this NumPy makes other probes from the seed than the one that migrated the model",
            help="the certificate names the NumPy version",
        )
    return probes, None


def write_certificate(saved_model: Path, certificate: Mapping[str, Any]) -> None:
    """Write the certificate: same content, same bytes."""
    folder = saved_model / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(certificate, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / CERTIFICATE).write_text(f"{text}\n", encoding="utf-8", newline="\n")


def read_certificate(saved_model: Path) -> dict[str, Any]:
    """The certificate of a migrated SavedModel.

    Raises:
        NotProved: It carries none.
        Damaged: It is no JSON object, or of a later format.
    """
    path = saved_model / FOLDER / CERTIFICATE
    if not path.exists():
        raise NotProved(
            "this SavedModel carries no certificate",
            where=saved_model.name,
            help="only what tfmigrate wrote can be verified again; `tfmigrate inspect` looks at it",
        )
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Damaged(f"the certificate is no JSON: {error}", where=CERTIFICATE) from error
    version = found.get("certificate") if isinstance(found, dict) else None
    if version != 1:
        raise Damaged(
            f"a certificate of format {version}, this tfmigrate reads format 1", where=CERTIFICATE
        )
    return dict(found)


def stored_from(certificate: Mapping[str, Any]) -> Stored:
    """What a certificate says about its probes.

    Raises:
        NotProved: It says nothing: the migration was not verified.
    """
    if not certificate.get("probes"):
        raise NotProved("the certificate holds no probes: the model was not verified when migrated")
    return from_json(Stored, certificate["probes"])


def sha256(array: Array) -> str:
    """The SHA-256 of an array's type, shape and values, strings included."""
    plain = npz.strings(array)
    digest = hashlib.sha256(f"{npz.dtype_name(plain)} {plain.shape}\n".encode())
    if plain.dtype.kind == "O":
        for value in plain.reshape(-1).tolist():
            digest.update(len(value).to_bytes(8, "little") + value)
    else:
        digest.update(plain.astype(plain.dtype.newbyteorder("<")).tobytes())
    return digest.hexdigest()


def _size(array: Array) -> int:
    if array.dtype.kind == "O":
        return sum(len(v) for v in array.reshape(-1).tolist())
    return array.nbytes


def _numbered(arrays: Mapping[str, Array], kind: str) -> list[Probe]:
    found: dict[int, Probe] = {}
    for key, array in arrays.items():
        number, held, name = key.split("/", 2)
        if held == kind:
            found.setdefault(int(number), {})[name] = array
    return [found[i] for i in range(len(found))]
