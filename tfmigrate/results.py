"""What a run found: frozen values that text, JSON and the certificate read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tfmigrate.proof import Parity, Portability
from tfmigrate.tensors import Shape, Signature, TensorInfo, VariableInfo


@dataclass(frozen=True)
class Writer:
    """Who wrote a source, as far as it says.

    Attributes:
        name: ``Keras``, ``tf.keras``, ``TensorFlow`` ...
        version: Its version, "" where the source does not say.
        backend: Keras's backend (``tensorflow``, ``theano``), "" where the source does not say.
    """

    name: str = ""
    version: str = ""
    backend: str = ""


@dataclass(frozen=True)
class LayerInfo:
    """A layer as the source describes it, and the tensors filed under it."""

    name: str
    class_name: str = ""
    weights: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hazard:
    """Something about a source that makes its migration hard.

    Attributes:
        code: A stable short name (``lambda``, ``custom-layer``, ``unknown-backend``, ``cudnn``).
        what: The sentence.
        where: The layer or tensor.
        exit_code: The exit code of a migration that cannot get past it; 0 for a mere warning.
        help: What the user can do about it.
        needs: The name that code of the author's (``--trust-code``) would have to define, "" where
            code is no way out.
    """

    code: str
    what: str
    where: str = ""
    exit_code: int = 0
    help: str = ""
    needs: str = ""


@dataclass(frozen=True)
class Source:
    """A source as its reader describes it; no values, nothing executed.

    Attributes:
        path: The path that was given.
        kind: The exact variant, a key of ``sources.SOURCES``.
        title: The variant in words.
        files: The files that belong to it.
        size: Their bytes.
        writer: Who wrote it.
        tensors: Every tensor in it.
        layers: Its layers, where it names them.
        architecture: The model config as stored, parsed but not changed; None where it has none.
        signatures: The signatures it declares.
        hazards: What will be hard.
        notes: What else a person should know.
        next_command: The command to run next, "" where there is none.
    """

    path: str
    kind: str
    title: str
    files: tuple[str, ...] = ()
    size: int = 0
    writer: Writer = Writer()
    tensors: tuple[TensorInfo, ...] = ()
    layers: tuple[LayerInfo, ...] = ()
    architecture: dict[str, Any] | None = None
    signatures: tuple[Signature, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    notes: tuple[str, ...] = ()
    next_command: str = ""


@dataclass(frozen=True)
class Assignment:
    """Source tensors that become model variables, and the ops between them.

    Attributes:
        sources: Names of source tensors.
        targets: Names of model variables.
        ops: Each op as ``{name: arguments}``, applied in order.
        rule: Why: "name", or the rule and its line.
    """

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    ops: tuple[dict[str, Any], ...] = ()
    rule: str = "name"


@dataclass(frozen=True)
class Ignored:
    """A source tensor that is left out on purpose, and the reason."""

    name: str
    because: str


@dataclass(frozen=True)
class Plan:
    """What goes where; names, shapes and ops, no values. Every tensor appears exactly once."""

    assignments: tuple[Assignment, ...]
    ignored: tuple[Ignored, ...] = ()


@dataclass(frozen=True)
class LedgerEntry:
    """The fate of the tensors of one assignment, or of one ignored tensor.

    Attributes:
        status: ``restored`` or ``ignored``.
        sources: Source tensor names, with the SHA-256 of each one's bytes as read from the file.
        targets: Variable names, with the SHA-256 of each one's bytes in the exported files.
        expected: The SHA-256 that each target must have: the source after its ops.
        ops: The ops between them.
        rule: The rule that decided it, or the reason for ignoring it.
    """

    status: str
    sources: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    expected: dict[str, str] = field(default_factory=dict)
    ops: tuple[dict[str, Any], ...] = ()
    rule: str = ""


@dataclass(frozen=True)
class Walls:
    """What a probe inside a worker found of the walls around it; not what was intended."""

    found: dict[str, bool] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelLayer:
    """A layer of the rebuilt model.

    Attributes:
        name: Its name, with those of the models it stands in before it.
        class_name: What it is.
        inputs: The layers that feed it.
        shape: The shape of its (first) output, None where dimensions are free.
        parameters: How many values its variables hold.
    """

    name: str
    class_name: str
    inputs: tuple[str, ...] = ()
    shape: Shape = ()
    parameters: int = 0


@dataclass(frozen=True)
class RecipeUsed:
    """The recipe of a migration.

    Attributes:
        name: Its name.
        sha256: The file's SHA-256.
        parameters: The values that its parameters had.
    """

    name: str
    sha256: str
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Migration:
    """The result of one migration.

    Attributes:
        source: The source, as its reader described it.
        output: Where the SavedModel is ("" after a dry run).
        engine: What rebuilt the model.
        variables: The rebuilt model's variables.
        layers: The rebuilt model's layers, in the order of the computation; none for a graph.
        plan: What went where.
        ledger: Every tensor's fate, with hashes.
        signatures: The exported signatures.
        renamed: Input and output names that had to change, old to new.
        parity: The verdict; None after a dry run.
        walls: What each kind of worker found around itself.
        hashes: SHA-256 of each source file.
        trusted: SHA-256 of each file of the author's code that was run, by its name.
        declared: What a recipe declared in place of code, by what it declares.
        seconds: Wall time per step, for people and JSON only; never in the certificate.
        notes: What else a person should know.
        recipe: The recipe, None without one.
        processing: The steps of each signature between its callers and the model, by its key: with
            every default filled in, and the version of their meaning.
        portability: Its ops, and which TensorFlow has them; None where nobody looked.
        requests: A request over REST to each signature and the answer to it, by its key.
    """

    source: Source
    output: str
    engine: str
    variables: tuple[VariableInfo, ...]
    plan: Plan
    ledger: tuple[LedgerEntry, ...] = ()
    signatures: tuple[Signature, ...] = ()
    renamed: dict[str, str] = field(default_factory=dict)
    parity: Parity | None = None
    walls: dict[str, Walls] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    trusted: dict[str, str] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    layers: tuple[ModelLayer, ...] = ()
    recipe: RecipeUsed | None = None
    processing: dict[str, Any] = field(default_factory=dict)
    portability: Portability | None = None
    requests: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TensorMismatch:
    """An exported tensor that is not the one of the certificate.

    Attributes:
        name: The variable's name; the key in the bundle where the ledger knows no such variable.
        what: What is wrong with it.
        found: The SHA-256 of its bytes, "" where there are none.
        expected: The SHA-256 that the ledger names.
    """

    name: str
    what: str
    found: str = ""
    expected: str = ""


@dataclass(frozen=True)
class Verification:
    """What checking a migrated SavedModel again found.

    Attributes:
        path: The SavedModel.
        parity: The stored probes answered once more, against the stored outputs.
        changed: Files that are not the ones of the certificate.
        extra: Files that the certificate does not know.
        missing: Files that the certificate knows and that are gone.
        source: What the SavedModel was migrated from, as the certificate says.
        level: The level of evidence that the certificate claims.
        certificate: The SHA-256 of the certificate itself, which nothing in the folder vouches for.
        tensors: How many tensors were read again; None where that was not asked for.
        mismatches: Those that are not the ledger's.
    """

    path: str
    parity: Parity
    changed: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    source: str = ""
    level: str = ""
    certificate: str = ""
    tensors: int | None = None
    mismatches: tuple[TensorMismatch, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.parity) and self.intact

    @property
    def intact(self) -> bool:
        """Everything that is in the folder is what the certificate names."""
        return not (self.changed or self.extra or self.missing or self.mismatches)
