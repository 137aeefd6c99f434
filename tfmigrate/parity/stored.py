"""What a migrated SavedModel carries to be verified again: certificate, probes, outputs."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tfmigrate.errors import Damaged, NotProved, Problem, UsageProblem, shown
from tfmigrate.parity import npz
from tfmigrate.parity.probes import Array, Probe, flat, load, make_probes
from tfmigrate.proof import LEVELS, OutputComparison
from tfmigrate.tensors import Hint, Signature, TensorSpec

FOLDER = Path("assets.extra", "tfmigrate")
CERTIFICATE, PROBES, EXPECTED = "certificate.json", "probes.npz", "expected.npz"
# Probes and expected outputs together; above it only the seed and hashes are kept.
LIMIT = 16 << 20


@dataclass(frozen=True)
class MadeFrom:
    """What probes were made from.

    Attributes:
        inputs: The signature's inputs.
        hints: What they may hold.
        seed: What chance started from; None for given inputs, or examples of steps.
        special: How many of the probes, the last, are not random.
    """

    inputs: Sequence[TensorSpec]
    hints: Mapping[str, Hint]
    seed: int | None
    special: int = 0


@dataclass(frozen=True)
class Stored:
    """How the probes of a certificate can be had again.

    Attributes:
        stored: Whether probes and expected outputs lie beside the certificate.
        seed: What they were made from; None where they were given.
        samples: How many there are.
        special: How many of them, the last, are zeros, ones and extremes and not random; none in
            certificates that were written before there were any.
        inputs: The signature's inputs.
        hints: What the inputs may hold.
        sha256: SHA-256 of every array, ``0/inputs/NAME`` and ``0/outputs/NAME``.
        folder: Where they lie, below the certificate's own folder.
    """

    stored: bool
    seed: int | None
    samples: int
    inputs: tuple[TensorSpec, ...]
    hints: dict[str, Hint] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)
    special: int = 0
    folder: str = ""


def write_probes(
    saved_model: Path,
    probes: Sequence[Probe],
    outputs: Sequence[Probe],
    made_from: MadeFrom,
    limit: int = LIMIT,
    folder: str = "",
) -> Stored:
    """Store probes and expected outputs in a SavedModel, or only hashes where they are too big.

    Args:
        saved_model: The SavedModel, still in staging.
        probes: The inputs by public name.
        outputs: What was compared against, by public name.
        made_from: What :func:`make_probes` needs to make them again.
        limit: How many bytes both files may have together.
        folder: A folder of their own below the certificate's.

    Returns:
        What the certificate says about them.
    """
    held = {PROBES: flat("inputs", probes), EXPECTED: flat("outputs", outputs)}
    hashes = {name: sha256(array) for arrays in held.values() for name, array in arrays.items()}
    small = sum(_size(a) for arrays in held.values() for a in arrays.values()) < limit
    files = {name: npz.to_bytes(arrays) for name, arrays in held.items()} if small else {}
    stored = small and sum(len(data) for data in files.values()) <= limit
    if stored:
        place = saved_model / FOLDER / folder
        place.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (place / name).write_bytes(data)
    made, count = made_from, len(probes)
    specs, hints = tuple(made.inputs), dict(made.hints)
    return Stored(stored, made.seed, count, specs, hints, hashes, made.special, folder)


def read_probes(saved_model: Path, about: Stored) -> tuple[list[Probe], list[Probe] | None]:
    """The probes, and the expected outputs where they are stored.

    Raises:
        Damaged: A stored array is not the one that the certificate names, a file is missing, or
            the certificate describes inputs that cannot be.
        NotProved: The probes are not stored and cannot be made again.
    """
    if about.folder and not about.folder.isdigit():  # it is out of a file
        raise Damaged("the certificate names a folder that is none of ours", where=CERTIFICATE)
    if about.stored:
        place = saved_model / FOLDER / about.folder
        asked, expected = load(place / PROBES)[0], load(place / EXPECTED)[1]
        arrays = {**flat("inputs", asked), **flat("outputs", expected)}
        hashes = {name: sha256(array) for name, array in arrays.items()}
        if hashes != about.sha256 or not len(asked) == len(expected) == about.samples:
            raise Damaged("stored probes or outputs are not those of the certificate")
        return list(asked), list(expected)
    if about.seed is None:
        raise NotProved(
            "the probes were given with the migration and are too big to be stored",
            help="give the same inputs again with --inputs or --golden",
        )
    try:
        probes = list(_made(about, about.seed))
    except (UsageProblem, ValueError, OverflowError) as error:
        text = f"the certificate describes probes that cannot be made: {shown(error)}"
        raise Damaged(text, where=CERTIFICATE) from error
    made = {name: sha256(array) for name, array in flat("inputs", probes).items()}
    if made != {n: h for n, h in about.sha256.items() if n.split("/")[1:2] == ["inputs"]}:
        raise NotProved(
            "this NumPy or tfmigrate makes other probes from the seed than the one that migrated"
            " the model",
            help="the certificate names the versions",
        )
    return probes, None


def _made(about: Stored, seed: int) -> tuple[Probe, ...]:
    random = about.samples - about.special
    return make_probes(about.inputs, about.hints, seed, random, about.special > 0)


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
        Damaged: It is no JSON object, of another format, or lacks something that it must say.
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
    except (OSError, ValueError, RecursionError) as error:
        raise Damaged(f"the certificate is no JSON: {shown(error)}", where=CERTIFICATE) from error
    version = found.get("certificate") if isinstance(found, dict) else None
    if version != 1:
        raise Damaged(
            f"a certificate of format {shown(version)}, this tfmigrate reads format 1",
            where=CERTIFICATE,
        )
    _refuse_odd(found)
    return dict(found)


@dataclass(frozen=True)
class _Source:
    name: str


@dataclass(frozen=True)
class _Verdict:
    checks: dict[str, bool]
    outputs: tuple[OutputComparison, ...]


@dataclass(frozen=True)
class _Entry:
    targets: dict[str, str]
    expected: dict[str, str]


# Of these, certificates say more than the fields.
_PARTIAL = (_Source, _Verdict, _Entry)
# What certificates that were written before there was such a thing do not say.
_LATER = {"further_probes"}
# What others read out of a certificate.
_KEYS: dict[str, Any] = {
    "source": _Source,
    "evidence": str,
    "files": dict[str, str],
    "signatures": tuple[Signature, ...],
    "recipe": dict[str, Any] | None,
    "probes": Stored | None,
    "further_probes": dict[str, Stored],
    "parity": _Verdict | None,
    "ledger": tuple[_Entry, ...],
}


def _refuse_odd(certificate: Mapping[str, Any]) -> None:
    wrong = [
        Problem("it is missing" if key not in certificate else "it is not what it must be", key)
        for key, kind in _KEYS.items()
        if (key not in certificate and key not in _LATER)
        or (key in certificate and not _is(kind, certificate[key]))
    ]
    if not wrong:
        if certificate["evidence"] not in LEVELS:
            wrong.append(Problem("there is no such level", "evidence", expected=", ".join(LEVELS)))
        if not certificate["signatures"]:
            wrong.append(Problem("there is none", "signatures"))
    if wrong:
        raise Damaged(
            "the certificate lacks what it must say",
            wrong,
            where=CERTIFICATE,
            help="migrate the model again",
        )


def _is(kind: Any, data: Any) -> bool:
    """Whether JSON data is the form of a type."""
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        must = {f.name for f in dataclasses.fields(kind) if _required(f)}
        return (
            isinstance(data, dict)
            and must <= data.keys()
            and (kind in _PARTIAL or data.keys() <= hints.keys())
            and all(_is(hints[k], v) for k, v in data.items() if k in hints)
        )
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return any(_is(a, data) for a in args)
    if origin is tuple:
        return isinstance(data, list) and all(_is(args[0], v) for v in data)
    if origin is dict:
        return isinstance(data, dict) and all(_is(args[1], v) for v in data.values())
    if kind is float:
        return type(data) in (int, float)
    return kind is Any or type(data) is kind


def _required(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


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
